"""The combinations of parameters that are checked."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

_NOT_ON_AWS = {"LocalEndpoint"}
"""Parameters that keep their default: another value means that the stack is not on AWS."""

_SAMPLES = (
    "sample",
    "arn:aws:sns:us-east-1:123456789012:operators",
    "operators@example.com",
    "https://phone.example",
)
"""Candidates for a parameter without allowed values. The first one that its pattern accepts is used."""


def variants(template: Mapping[str, Any]) -> list[dict[str, str]]:
    """The chosen parameters of each deployment to check. Each parameter that is not named has its default.

    These are all combinations of the values that make the template's conditions true and false. Each further allowed
    value of a parameter follows once, with the defaults of the others. Raises a `ValueError` if no sample value fits a
    parameter's pattern.
    """
    parameters: Mapping[str, Mapping[str, Any]] = template["Parameters"]
    compared = {
        name: _values(name, parameters[name], literals)
        for name, literals in _comparisons(template["Conditions"], parameters).items()
    }
    combined = [dict(zip(compared, values, strict=True)) for values in itertools.product(*compared.values())]
    single = [
        {name: value}
        for name, parameter in parameters.items()
        if name not in compared.keys() | _NOT_ON_AWS
        for value in parameter.get("AllowedValues", [])
        if value != parameter["Default"]
    ]
    return combined + single


def label(chosen: Mapping[str, str], template: Mapping[str, Any]) -> str:
    """A readable name of the deployment: the parameters that do not have their default."""
    defaults = {name: parameter.get("Default") for name, parameter in template["Parameters"].items()}
    return " ".join(f"{name}={value}" for name, value in chosen.items() if value != defaults[name]) or "all defaults"


def _comparisons(conditions: Any, parameters: Mapping[str, Any]) -> dict[str, list[str]]:
    """Each parameter that a condition uses, with the literals to which conditions compare it."""
    found: dict[str, list[str]] = {}
    for left, right in _equations(conditions):
        for operand, other in ((left, right), (right, left)):
            name = operand.get("Ref", "") if isinstance(operand, dict) else ""
            if name in parameters and name not in _NOT_ON_AWS:
                if not isinstance(other, str):
                    raise ValueError(f"{name} is compared with {other}, which is no literal")
                found.setdefault(name, []).append(other)
    return found


def _equations(node: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::Equals":
                yield value[0], value[1]
            else:
                yield from _equations(value)
    elif isinstance(node, list):
        for value in node:
            yield from _equations(value)


def _values(name: str, parameter: Mapping[str, Any], literals: list[str]) -> list[str]:
    if allowed := parameter.get("AllowedValues"):
        return list(allowed)
    pattern = parameter.get("AllowedPattern", ".*")
    other = next((sample for sample in _SAMPLES if sample not in literals and re.fullmatch(pattern, sample)), None)
    if other is None:
        raise ValueError(f"no sample value fits the pattern of {name}: {pattern}")
    return list(dict.fromkeys([*literals, other]))
