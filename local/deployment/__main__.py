"""The commands for AWS: python -m local.deployment build | deploy [--stage NAME] [--saved]."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from local.artefacts.finish import compile_sources, pin_target
from local.artefacts.pythons import python_of
from local.deployment.settings import target_in
from local.stack.errors import StackError
from local.stack.places import ROOT, TOOLS

SAMCONFIG = ROOT / "samconfig.toml"
BUILD = ROOT / ".aws-sam" / "build"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.deployment", description="Rollcall on AWS.")
    parser.add_argument("command", choices=["build", "deploy"])
    parser.add_argument("--stage", default="default", help="a table of samconfig.toml, such as prod")
    parser.add_argument("--saved", action="store_true", help="deploy with the saved answers, without questions")
    chosen = parser.parse_args(arguments)
    try:
        _build(chosen.stage)
        if chosen.command == "deploy":
            _sam("deploy", chosen.stage, [TOOLS], *([] if chosen.saved else ["--guided"]))
    except StackError as error:
        print(f"{chosen.command}: {error}", file=sys.stderr)
        return 1
    return 0


def _build(stage: str) -> None:
    """Build for the target of the stage, with bytecode, into the folder from which SAM deploys."""
    target = target_in(SAMCONFIG, stage)
    python = python_of(target.runtime, os.environ)
    if python is None:
        raise StackError(f"SAM needs {target.runtime} to build; install it, or change Runtime in samconfig.toml")
    # SAM takes the first command with the runtime's name.
    _sam("build", stage, [python.parent, TOOLS], "--build-dir", str(BUILD))
    compile_sources(BUILD, python)
    pin_target(BUILD / "template.yaml", target)


def _sam(command: str, stage: str, first: Sequence[Path], *arguments: str) -> None:
    path = os.pathsep.join([*map(str, first), os.environ.get("PATH", os.defpath)])
    called = [str(TOOLS / "sam"), command, "--config-env", stage, *arguments]
    ran = subprocess.run(called, cwd=ROOT, env=dict(os.environ) | {"PATH": path}, check=False)
    if ran.returncode != 0:
        raise StackError(f"sam {command} failed; its messages above say why")


if __name__ == "__main__":
    sys.exit(main())
