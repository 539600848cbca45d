"""The targets that are neither the template's default nor this machine."""

from collections.abc import Mapping
from typing import Any

from local.artefacts.target import Target


def others(parameters: Mapping[str, Any], here: Target) -> list[Target]:
    """Every other target that the template allows, the most different ones first; `here` is this machine."""
    runtime, architecture = parameters["Runtime"], parameters["Architecture"]
    default = Target(runtime["Default"], architecture["Default"])
    allowed = [Target(one, other) for one in runtime["AllowedValues"] for other in architecture["AllowedValues"]]
    left = [target for target in allowed if target not in (default, here)]
    return sorted(left, key=lambda it: (it.architecture == default.architecture, it.runtime in (default[0], here[0])))
