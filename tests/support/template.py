"""The SAM template as CloudFormation would see it with chosen parameters: read, and without its conditions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"

_NO_VALUE = {"Ref": "AWS::NoValue"}


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as the objects for which they stand."""


def _function(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _function)


def read_template() -> dict[str, Any]:
    """The template as it stands."""
    template: dict[str, Any] = yaml.load(TEMPLATE.read_text(), _Loader)
    return template


class Deployment:
    """What stands in the template for these parameters: no condition, and no resource whose condition does not hold."""

    def __init__(self, template: dict[str, Any], **chosen: str) -> None:
        self._conditions = template["Conditions"]
        self._parameters = {name: given.get("Default") for name, given in template["Parameters"].items()} | chosen
        self.resources: dict[str, dict[str, Any]] = {
            name: self._resolved(resource)
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Names and properties of the resources of a type."""
        return ((name, it["Properties"]) for name, it in self.resources.items() if it["Type"] == kind)

    def _holds(self, condition: str | Mapping[str, Any]) -> bool:
        test = self._conditions[condition] if isinstance(condition, str) else condition
        ((kind, value),) = test.items()
        match kind:
            case "Fn::Equals":
                left, right = (self._parameters[it["Ref"]] if isinstance(it, dict) else it for it in value)
                return bool(left == right)
            case "Fn::Not":
                return not self._holds(value[0])
        raise AssertionError(kind)

    def _resolved(self, node: Any) -> Any:
        if isinstance(node, dict):
            if node.keys() == {"Fn::If"}:
                condition, yes, no = node["Fn::If"]
                return self._resolved(yes if self._holds(condition) else no)
            members = ((key, self._resolved(value)) for key, value in node.items())
            return {key: value for key, value in members if value != _NO_VALUE}
        if isinstance(node, list):
            return [value for value in map(self._resolved, node) if value != _NO_VALUE]
        return node
