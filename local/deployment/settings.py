"""For which Python and which processor the layer is built: samconfig.toml says it once, for build and deployment."""

import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path

from local.artefacts.target import Target
from local.stack.errors import StackError


def target_in(samconfig: Path, stage: str) -> Target:
    """The target of one stage: the parameter overrides of its global table. Raises `StackError`."""
    tables = tomllib.loads(samconfig.read_text("utf-8"))
    try:
        overrides = tables[stage]["global"]["parameters"]["parameter_overrides"]
        chosen = dict(pair.split("=", 1) for pair in shlex.split(overrides))
        target = Target(chosen["Runtime"], chosen["Architecture"])
    except (KeyError, ValueError) as error:
        table = f"[{stage}.global.parameters] in {samconfig.name}"
        raise StackError(f"{table} needs parameter_overrides with Runtime=… and Architecture=…") from error
    again = tables[stage].get("deploy", {}).get("parameters", {}).get("parameter_overrides")
    if again is not None:
        _check_agreement(dict(pair.split("=", 1) for pair in shlex.split(_as_text(again))), target, stage)
    return target


def _check_agreement(deployed: Mapping[str, str], built: Target, stage: str) -> None:
    """A line that `sam deploy --guided` has saved replaces the global one and may name another target."""
    named = Target(deployed.get("Runtime", built.runtime), deployed.get("Architecture", built.architecture))
    if named != built:
        raise StackError(
            f"samconfig.toml builds for {built.runtime} on {built.architecture}, but its [{stage}.deploy.parameters] "
            f"deploys for {named.runtime} on {named.architecture}; make both the same"
        )


def _as_text(overrides: object) -> str:
    """SAM takes one line or a list of pairs."""
    return " ".join(map(str, overrides)) if isinstance(overrides, list) else str(overrides)
