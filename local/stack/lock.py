"""One command at a time has a stack in its hands: it starts it, uses it, or stops it."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from local.stack.errors import StackError
from local.stack.places import Places

_EVICTION_SECONDS = 60.0


@contextmanager
def locked(places: Places, *, evict: bool = False) -> Iterator[None]:
    """Keep others off the stack meanwhile.

    If another command has it: raise a `StackError`, or (`evict`) ask that one to clean up and end, and wait for it.
    """
    places.make()
    with places.lock_file.open("a+") as file:
        if not _take(file):
            if not evict:
                raise StackError(f"another command (process {_holder(file)}) is starting, using or stopping this stack")
            _evict(file)
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _take(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _evict(file: TextIO) -> None:
    deadline = time.monotonic() + _EVICTION_SECONDS
    asked = None
    while not _take(file):
        # The system lets go of the lock when its holder ends, so whoever stands in the file is alive and means it.
        holder = _holder(file)
        if holder and holder != asked:
            asked = holder
            with suppress(ProcessLookupError):
                os.kill(holder, signal.SIGTERM)
        if time.monotonic() > deadline:
            raise StackError(f"the command that has this stack (process {holder}) does not end")
        time.sleep(0.1)


def _holder(file: TextIO) -> int:
    file.seek(0)
    text = file.read()
    return int(text) if text.isdigit() else 0
