"""The commands for AWS: python -m local.deployment build | deploy [--stage NAME] [--saved]."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from local.deployment.artifacts import compile_sources, pin_target
from local.deployment.errors import DeploymentError
from local.deployment.target import python_for, target_in
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
        build(chosen.stage)
        if chosen.command == "deploy":
            _sam("deploy", chosen.stage, *([] if chosen.saved else ["--guided"]))
    except DeploymentError as error:
        print(f"{chosen.command}: {error}", file=sys.stderr)
        return 1
    return 0


def build(stage: str) -> None:
    """Build for the target of the stage, with bytecode. Raises `DeploymentError`."""
    target = target_in(SAMCONFIG, stage)
    python = python_for(target.runtime)
    _sam("build", stage, "--build-dir", str(BUILD))
    compile_sources(BUILD, python)
    pin_target(BUILD / "template.yaml", target)


def _sam(command: str, stage: str, *arguments: str) -> None:
    environment = dict(os.environ) | {"PATH": os.pathsep.join([str(TOOLS), os.environ.get("PATH", os.defpath)])}
    # `sam build` looks for the runtime's own name first, so this PATH does not hide another Python.
    ran = subprocess.run(
        [TOOLS / "sam", command, "--config-env", stage, *arguments], cwd=ROOT, env=environment, check=False
    )
    if ran.returncode != 0:
        raise DeploymentError(f"sam {command} failed; its messages above say why")


if __name__ == "__main__":
    sys.exit(main())
