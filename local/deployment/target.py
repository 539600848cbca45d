"""For which Python and which processor the layer is built: samconfig.toml says it once, for build and deployment."""

import os
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from local.deployment.errors import DeploymentError

_VERSION = "import sys; print('python%d.%d' % sys.version_info[:2])"


class Target(NamedTuple):
    """`runtime` and `architecture` are Lambda's names, such as "python3.13" and "arm64"."""

    runtime: str
    architecture: str


def target_in(samconfig: Path, stage: str) -> Target:
    """The target of one stage: the parameter overrides of its global table. Raises `DeploymentError`."""
    tables = tomllib.loads(samconfig.read_text("utf-8"))
    try:
        overrides = tables[stage]["global"]["parameters"]["parameter_overrides"]
        chosen = dict(pair.split("=", 1) for pair in shlex.split(overrides))
        target = Target(chosen["Runtime"], chosen["Architecture"])
    except (KeyError, ValueError) as error:
        table = f"[{stage}.global.parameters] in {samconfig.name}"
        raise DeploymentError(f"{table} needs parameter_overrides with Runtime=… and Architecture=…") from error
    again = tables[stage].get("deploy", {}).get("parameters", {}).get("parameter_overrides")
    if again is not None:
        _check_agreement(dict(pair.split("=", 1) for pair in shlex.split(_as_text(again))), target, stage)
    return target


def python_for(runtime: str, environment: Mapping[str, str] = os.environ) -> str:
    """The path of a Python of exactly this version. Raises `DeploymentError` if there is none on the PATH.

    A command of that name may be a version manager's that only complains, so each one is asked for its version.
    """
    for name in (runtime, "python3", "python"):
        found = shutil.which(name, path=environment.get("PATH"))
        if found and _version_of(found) == runtime:
            return found
    raise DeploymentError(
        f"`sam build` needs {runtime} on the PATH; install it, or choose another Runtime in samconfig.toml"
    )


def _version_of(python: str) -> str:
    asked = subprocess.run([python, "-c", _VERSION], capture_output=True, text=True, check=False, timeout=30)
    return asked.stdout.strip()


def _check_agreement(deployed: Mapping[str, str], built: Target, stage: str) -> None:
    """A line that `sam deploy --guided` has saved replaces the global one and may name another target."""
    named = Target(deployed.get("Runtime", built.runtime), deployed.get("Architecture", built.architecture))
    if named != built:
        raise DeploymentError(
            f"samconfig.toml builds for {built.runtime} on {built.architecture}, but its [{stage}.deploy.parameters] "
            f"deploys for {named.runtime} on {named.architecture}; make both the same"
        )


def _as_text(overrides: object) -> str:
    """SAM takes one line or a list of pairs."""
    return " ".join(map(str, overrides)) if isinstance(overrides, list) else str(overrides)
