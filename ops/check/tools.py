"""What a deployment needs on this machine: SAM, and a Python of the functions' version to build with."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from ops.check.finding import Finding, NotRun, error, ok
from ops.check.template import ROOT

SAM, PYTHON = "sam-cli", "build-python"

_SECONDS = 20.0
_VERSION = re.compile(r"(\d+)\.(\d+)")


def sam_cli(pyproject: Path = ROOT / "pyproject.toml") -> Iterator[Finding]:
    """Whether SAM is here, and as new as pyproject.toml asks for: older ones don't know every type of the template."""
    wanted = _wanted(pyproject)
    command = shutil.which("sam") or shutil.which("sam", path=str(Path(sys.executable).parent))
    if command is None:
        yield error("sam-missing", f"There is no command sam; version {_dotted(wanted)} or later is needed")
        return
    found = _version_in(_run(command, "--version"))
    if found is None:
        raise NotRun(f"{command} does not tell its version")
    if found < wanted:
        yield error("sam-old", f"{command} is version {_dotted(found)}; {_dotted(wanted)} or later is needed")
    else:
        yield ok(SAM, f"{command} is version {_dotted(found)}")


def build_python(runtime: str) -> Iterator[Finding]:
    """Whether the Python is here with which SAM builds for this runtime. `runtime`: Lambda's name, like python3.13.

    SAM looks for a command of that very name, then for a python of that version.
    """
    for command in (runtime, "python3", "python"):
        path = shutil.which(command)
        if path and f"python{_dotted(_version_in(_run(path, '--version')) or (0, 0))}" == runtime:
            yield ok(PYTHON, f"{path} builds for the runtime {runtime}")
            return
    yield error("build-python-missing", f"No Python of the runtime {runtime} is on the PATH, and sam build needs one")


def _wanted(pyproject: Path) -> tuple[int, int]:
    groups = tomllib.loads(pyproject.read_text())["dependency-groups"]
    (requirement,) = [one for one in groups["dev"] if one.startswith("aws-sam-cli")]
    return _version_in(requirement) or (0, 0)


def _run(command: str, argument: str) -> str:
    try:
        ran = subprocess.run(  # noqa: S603  # found on the PATH, as the operator's shell would
            [command, argument], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise NotRun(f"{command} can't be run: {type(failure).__name__}") from None
    return ran.stdout + ran.stderr


def _version_in(text: str) -> tuple[int, int] | None:
    match = _VERSION.search(text)
    return (int(match[1]), int(match[2])) if match else None


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
