"""`sam build` for a runtime and an architecture that need not be this machine's."""

import os
import subprocess
from pathlib import Path

from local.artefacts.target import Target
from local.stack import environments
from local.stack.errors import StackError
from local.stack.places import TEMPLATE, TOOLS, places_in
from local.stack.sam import reason_in

_SECONDS = 300.0


def build(target: Target, python: Path, state_dir: Path) -> Path:
    """Build for the target, and return the folder with what was built. Raises a `StackError` if SAM fails.

    `python` is the target's Python. SAM fetches wheels for the target's processor itself.
    """
    places = places_in(state_dir)
    places.make()
    folder = places.sam / f"{target.runtime}-{target.architecture}"
    command: list[str | Path] = [TOOLS / "sam", "build", "--template-file", TEMPLATE, "--build-dir", folder]
    command += ["--cache-dir", places.sam / "cache", "--cached", "--parallel"]
    command += ["--parameter-overrides", f"Runtime={target.runtime}", f"Architecture={target.architecture}"]
    environment = environments.of_sam(os.environ, places, aws_url="")
    # SAM takes the first command with the runtime's name.
    environment["PATH"] = os.pathsep.join([str(python.parent), environment["PATH"]])
    log = places.log(f"build-{target.runtime}-{target.architecture}")
    with log.open("wb") as output:
        try:
            ran = subprocess.run(
                command,
                cwd=places.sam,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise StackError(f"sam build was not done after {_SECONDS:.0f} s", log) from None
    if ran.returncode != 0:
        raise StackError(f"sam build failed: {reason_in(log.read_text(errors='replace'))}", log)
    return folder
