"""Finding the Python of a runtime, which SAM needs to build for it."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

_SECONDS = 20.0


def python_of(runtime: str, environment: Mapping[str, str]) -> Path | None:
    """The command of this name, such as python3.13, that is one and has pip; None if there is none.

    It is looked for on the PATH and among pyenv's versions. It is tried, as a command of that name may be a version
    manager's that only complains.
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
