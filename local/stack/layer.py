"""Making the built layer run on this machine.

SAM fetches the packages that Lambda runs, which are Linux's. Where they can't be loaded, as on macOS, the same packages
in the same versions, but this machine's, take their place.
"""

import os
import subprocess
from pathlib import Path

from local.stack.environments import of_tools
from local.stack.errors import StackError
from local.stack.places import AWS_TOOLS, Places
from local.stack.processes import Processes

_SECONDS = 120.0
_COMPILED = "msgspec"
"""The one package of the layer that can't do without its compiled part."""


def fit_layer(processes: Processes, places: Places) -> None:
    """Make sure that the layer can be loaded here. Raises a `StackError` if this machine's packages can't be had."""
    layer = places.sam / "build" / "RollcallLayer" / "python"
    if _loads(layer):
        return
    command = [str(AWS_TOOLS / "python"), "-m", "pip", "install", "--target", str(layer), "--upgrade", "--no-deps"]
    log = places.log("layer")
    process = processes.start(
        "build", [*command, "--requirement", str(layer / "requirements.txt")], of_tools(os.environ), log
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        processes.end("build")
    if not _loads(layer):
        raise StackError("the layer's packages can't be had for this machine", log)


def _loads(layer: Path) -> bool:
    environment = {**of_tools(os.environ), "PYTHONPATH": str(layer)}
    command = [str(AWS_TOOLS / "python"), "-c", f"import {_COMPILED}"]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
