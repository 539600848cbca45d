"""Finds the Python of a runtime. SAM needs it to build for the runtime."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

_SECONDS = 20.0


def python_of(runtime: str, environment: Mapping[str, str]) -> Path | None:
    """The first working command with the name of the runtime, such as python3.13, that has pip; None without one.

    The search covers the PATH and pyenv's versions. Each command is tried, because a version manager may provide one
    that only prints an error.
    """
    return next((folder / runtime for folder in _folders(environment) if _is_one(folder / runtime, environment)), None)


def _folders(environment: Mapping[str, str]) -> Iterator[Path]:
    for folder in environment.get("PATH", os.defpath).split(os.pathsep):
        yield Path(folder)
    versions = Path(environment.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    yield from sorted(versions.glob("*/bin"))


def _is_one(command: Path, environment: Mapping[str, str]) -> bool:
    if not os.access(command, os.X_OK):
        return False
    code = "import pip, sys; print('python%d.%d' % sys.version_info[:2])"
    try:
        ran = subprocess.run(
            [str(command), "-c", code],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ran.returncode == 0 and ran.stdout.strip() == command.name
