"""The SAM template as CloudFormation would see it with chosen parameters: read, and without its conditions."""

from collections.abc import Iterator, Mapping
from typing import Any

from local.preflight.template import read
from local.stack.places import TEMPLATE

__all__ = ["TEMPLATE", "Deployment", "read_template"]

_NO_VALUE = {"Ref": "AWS::NoValue"}


def read_template() -> dict[str, Any]:
    """The template as it stands."""
    return read(TEMPLATE)


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
