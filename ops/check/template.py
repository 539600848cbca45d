"""What the template and samconfig.toml say about a deployment before there is one."""

import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE, SAMCONFIG = ROOT / "template.yaml", ROOT / "samconfig.toml"

_STACK_NAME = "${AWS::StackName}"

# What SAM makes of its own types here (SAM developer guide, Generated CloudFormation resources).
_BECOMES = {
    "AWS::Serverless::Function": ("AWS::Lambda::Function", "AWS::IAM::Role"),
    "AWS::Serverless::LayerVersion": ("AWS::Lambda::LayerVersion",),
    "AWS::Serverless::WebSocketApi": (
        "AWS::ApiGatewayV2::Api",
        "AWS::ApiGatewayV2::Route",
        "AWS::ApiGatewayV2::Integration",
        "AWS::ApiGatewayV2::Stage",
    ),
}
_NOT_MADE = "AWS::CloudFormation::CustomResource"
"""Of CloudFormation itself, in every region."""


class _Loader(yaml.SafeLoader):
    """Takes CloudFormation's short forms for what they hold: `!Sub text` is the text."""


def _held(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:  # noqa: ANN401  # what YAML holds
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _held)


class Template(msgspec.Struct, frozen=True):
    """The template's facts.

    `suffixes` of functions' names after the stack's; `reserved`: concurrent executions that production reserves in all;
    `types` of resources, as CloudFormation makes them; `defaults` of the parameters.
    """

    suffixes: tuple[str, ...]
    reserved: int
    types: frozenset[str]
    defaults: Mapping[str, str]


def read_template(path: Path = TEMPLATE) -> Template:
    """Read the template. Raises `OSError` or `yaml.YAMLError`."""
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506  # a safe loader
    resources: list[dict[str, Any]] = list(template["Resources"].values())
    properties = [resource.get("Properties", {}) for resource in resources]
    names = [str(found["FunctionName"]) for found in properties if "CodeUri" in found and "FunctionName" in found]
    return Template(
        suffixes=tuple(name.removeprefix(_STACK_NAME) for name in names if name.startswith(_STACK_NAME)),
        reserved=sum(_number(found.get("ReservedConcurrentExecutions")) for found in properties),
        types=frozenset(made for resource in resources for made in _made(resource["Type"])),
        defaults={
            name: str(parameter["Default"])
            for name, parameter in template["Parameters"].items()
            if "Default" in parameter
        },
    )


def chosen(stack_name: str, path: Path = SAMCONFIG) -> dict[str, str]:
    """The parameters that samconfig.toml chooses for the stack of this name; none if it does not name the stack."""
    config = tomllib.loads(path.read_text()) if path.exists() else {}
    for environment in config.values():
        if not isinstance(environment, dict):
            continue
        parameters = [environment.get(of, {}).get("parameters", {}) for of in ("global", "build", "deploy")]
        if stack_name in [these.get("stack_name") for these in parameters]:
            overrides = [these.get("parameter_overrides", "") for these in parameters]
            return {name: value for override in overrides for name, value in _pairs(override)}
    return {}


def _number(value: Any) -> int:  # noqa: ANN401  # a number, or a condition with one
    candidates = value if isinstance(value, list) else [value]
    return next((one for one in candidates if isinstance(one, int)), 0)


def _made(resource_type: str) -> tuple[str, ...]:
    return () if resource_type == _NOT_MADE else _BECOMES.get(resource_type, (resource_type,))


def _pairs(override: str | list[str]) -> Iterator[tuple[str, str]]:
    """`Name=value`, or `ParameterKey=name,ParameterValue=value` (SAM CLI, parameter-overrides)."""
    for word in shlex.split(override) if isinstance(override, str) else override:
        if long := re.fullmatch("ParameterKey=([^,]+),ParameterValue=(.*)", word):
            yield long[1], long[2]
        elif "=" in word:
            name, _, value = word.partition("=")
            yield name, value
