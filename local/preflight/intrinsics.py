"""Evaluates CloudFormation's intrinsic functions as far as that is possible before a deployment.

The functions are described in the CloudFormation template reference, "Intrinsic function reference".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from local.preflight.template import REGION

ACCOUNT = "123456789012"
STACK_NAME = "rollcall-dev"
PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": STACK_NAME,
    "AWS::URLSuffix": "amazonaws.com",
}

Lookup = Callable[[str, str], str | None]
"""A resource's attribute by logical id and name ("Ref" for what Ref returns); None if it is not known."""

_NO_VALUE: Final = object()
_PLACEHOLDER = re.compile(r"\$\{([^!}]+)\}")


def resolved(
    template: Mapping[str, Any], chosen: Mapping[str, str], lookup: Lookup = lambda _id, _name: None
) -> dict[str, Any]:
    """The template of one deployment, without parameters, conditions and the resources that conditions remove.

    References to resources stay as they are where `lookup` knows no value. Raises a `ValueError` for a condition that
    can't be worked out.
    """
    worker = _Worker(template, chosen, lookup)
    resources = {
        name: worker.value({key: value for key, value in resource.items() if key not in ("Condition", "Metadata")})
        for name, resource in template["Resources"].items()
        if worker.holds(resource.get("Condition"))
    }
    for resource in resources.values():
        # CloudFormation ignores a dependency on a resource whose condition is false.
        depends = resource.get("DependsOn", [])
        kept = [name for name in ([depends] if isinstance(depends, str) else depends) if name in resources]
        resource.pop("DependsOn", None)
        if kept:
            resource["DependsOn"] = kept
    outputs = {
        name: worker.value({key: value for key, value in output.items() if key != "Condition"})
        for name, output in template.get("Outputs", {}).items()
        if worker.holds(output.get("Condition"))
    }
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, "Outputs": outputs}


class _Worker:
    def __init__(self, template: Mapping[str, Any], chosen: Mapping[str, str], lookup: Lookup) -> None:
        self._conditions: Mapping[str, Any] = template.get("Conditions", {})
        self._lookup = lookup
        self._values: dict[str, Any] = dict(PSEUDO_PARAMETERS)
        for name, parameter in template["Parameters"].items():
            given = chosen.get(name, parameter.get("Default"))
            self._values[name] = given.split(",") if parameter["Type"] == "CommaDelimitedList" else given
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._reference,
            "Fn::GetAtt": self._attribute,
            "Fn::If": lambda argument: self.value(argument[1] if self.holds(argument[0]) else argument[2]),
            "Fn::Join": lambda argument: _joined(argument[0], self.value(argument[1])),
            "Fn::Select": lambda argument: _selected(argument[0], self.value(argument[1])),
            "Fn::Split": lambda argument: _split(argument[0], self.value(argument[1])),
            "Fn::Sub": self._substituted,
        }
        self._tests: dict[str, Callable[[Any], bool]] = {
            "Condition": self.holds,
            "Fn::And": lambda conditions: all(map(self.holds, conditions)),
            "Fn::Equals": self._equal,
            "Fn::Not": lambda conditions: not self.holds(conditions[0]),
            "Fn::Or": lambda conditions: any(map(self.holds, conditions)),
        }

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds: a name, a function, or None for no condition."""
        if condition is None:
            return True
        if isinstance(condition, str):
            return self.holds(self._conditions[condition])
        ((function, argument),) = condition.items()
        if function not in self._tests:
            raise ValueError(f"unknown function in a condition: {function}")
        return self._tests[function](argument)

    def value(self, node: Any) -> Any:
        """The node, with every function evaluated whose arguments are known."""
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not _NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and (function := self._functions.get(next(iter(node)))):
            return function(*node.values())
        values = ((key, self.value(value)) for key, value in node.items())
        return {key: value for key, value in values if value is not _NO_VALUE}

    def _equal(self, operands: list[Any]) -> bool:
        left, right = map(self.value, operands)
        if any(isinstance(operand, dict) for operand in (left, right)):
            raise ValueError(f"a condition compares what is not known before the deployment: {operands}")
        return bool(left == right)

    def _reference(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self._values:
            return self._values[name]
        known = self._lookup(name, "Ref")
        return {"Ref": name} if known is None else known

    def _attribute(self, argument: str | list[str]) -> Any:
        logical_id, name = argument.split(".", 1) if isinstance(argument, str) else argument
        known = self._lookup(logical_id, name)
        return {"Fn::GetAtt": [logical_id, name]} if known is None else known

    def _substituted(self, argument: Any) -> Any:
        text, given = (argument, {}) if isinstance(argument, str) else argument
        given = {name: self.value(value) for name, value in given.items()}

        def replacement(found: "re.Match[str]") -> str:
            name = found[1]
            value = given.get(name, self._values.get(name))
            if value is None:
                value = self._lookup(*(name.split(".", 1) if "." in name else (name, "Ref")))
            return value if isinstance(value, str) else found[0]

        replaced = _PLACEHOLDER.sub(replacement, text)
        if not _PLACEHOLDER.search(replaced):
            return replaced.replace("${!", "${")
        left = {name: value for name, value in given.items() if f"${{{name}}}" in replaced}
        return {"Fn::Sub": [replaced, left] if left else replaced}


def _joined(delimiter: str, values: Any) -> Any:
    if isinstance(values, list) and all(isinstance(value, str) for value in values):
        return delimiter.join(values)
    return {"Fn::Join": [delimiter, values]}


def _selected(index: int | str, values: Any) -> Any:
    return values[int(index)] if isinstance(values, list) else {"Fn::Select": [index, values]}


def _split(delimiter: str, text: Any) -> Any:
    return text.split(delimiter) if isinstance(text, str) else {"Fn::Split": [delimiter, text]}
