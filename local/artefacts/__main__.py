"""Builds for Lambda, and checks the result: python -m local.artefacts default | other.

"default" is the build without parameters. "other" is a build for another pair of runtime and architecture, neither the
default one nor this machine's, which the tests on the stack run.
"""

import os
import platform
import sys
from pathlib import Path

from local.artefacts.building import build
from local.artefacts.check import check_build
from local.artefacts.finish import compile_sources
from local.artefacts.others import others
from local.artefacts.pythons import python_of
from local.artefacts.target import Target
from local.outcome import skipped
from local.preflight.template import read
from local.stack import environments
from local.stack.errors import StackError
from local.stack.places import DEFAULT_STATE_DIR, TEMPLATE
from local.stack.sam import architecture_of, this_runtime

_SHOWN = 20


def main() -> int:
    """Build for one target and check the result. Returns the exit status: SKIPPED if the Python is missing."""
    try:
        return {"default": _default, "other": _other}[sys.argv[1]]()
    except StackError as error:
        print(error)
        return 1


def _default() -> int:
    parameters = read(TEMPLATE)["Parameters"]
    target = Target(parameters["Runtime"]["Default"], parameters["Architecture"]["Default"])
    python = python_of(target.runtime, _environment())
    if python is None:
        return skipped(f"there is no {target.runtime} with pip here, without which SAM does not build for it")
    return _checked(target, python)


def _other() -> int:
    parameters = read(TEMPLATE)["Parameters"]
    here = Target(this_runtime(), architecture_of(platform.machine()))
    for target in others(parameters, here):
        if python := python_of(target.runtime, _environment()):
            return _checked(target, python)
    return skipped("there is no other Python with pip here, without which SAM does not build for it")


def _checked(target: Target, python: Path) -> int:
    folder = build(target, python, DEFAULT_STATE_DIR / "artefacts")
    compile_sources(folder, python)
    problems = check_build(folder, target.runtime, target.architecture)
    shown = [*problems[:_SHOWN], *(["…"] if len(problems) > _SHOWN else [])]
    print("\n".join([*shown, f"{target.runtime} on {target.architecture}: {len(problems)} problems"]))
    return 1 if problems else 0


def _environment() -> dict[str, str]:
    return environments.of_tools(os.environ)


if __name__ == "__main__":
    sys.exit(main())
