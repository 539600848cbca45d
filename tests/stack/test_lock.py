"""One command at a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.stack.errors import StackError
from local.stack.lock import locked
from local.stack.places import places_in


def test_nobody_else_gets_in_meanwhile(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    with locked(places), pytest.raises(StackError, match="another command"), locked(places):
        pass
    with locked(places):
        pass


def test_who_evicts_gets_in_once_the_other_has_cleaned_up(tmp_path: Path) -> None:
    code = f"""
import signal, sys
import subprocess
import sys
from pathlib import Path
from local.stack.lock import locked
from local.stack.places import places_in
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
with locked(places_in(Path({str(tmp_path)!r}))):
    try:
        print("locked", flush=True)
        signal.pause()
    finally:
        Path({str(tmp_path / "cleaned-up")!r}).touch()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "locked\n"
        with pytest.raises(StackError, match=f"process {holder.pid}"), locked(places_in(tmp_path)):
            pass
        with locked(places_in(tmp_path), evict=True):
            assert (tmp_path / "cleaned-up").exists()
    assert holder.returncode == 0
