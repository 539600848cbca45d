"""Reads the template, and expands it with SAM's transform."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import yaml
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

REGION = "us-east-1"
_LOCAL_CODE = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}


class _Loader(yaml.SafeLoader):
    """Reads the short forms of CloudFormation's functions as the long forms."""


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


def read(path: Path) -> dict[str, Any]:
    """The template in this file, as it is written."""
    template: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506 - a safe loader
    return template


def expanded(template: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, Any]:
    """The template after SAM's transform, which CloudFormation runs with the deployment's parameters.

    Conditions and references are still in it. Raises samtranslator's `InvalidDocumentException` for a template that the
    transform refuses.
    """
    packaged = copy.deepcopy(dict(template))
    for name, resource in packaged["Resources"].items():
        # `sam deploy` uploads local code and writes its S3 address into the template.
        if code := _LOCAL_CODE.get(resource["Type"]):
            resource["Properties"][code] = f"s3://sam-artifacts/{name}"
    # The session only provides the region. The translator sends no request to AWS.
    translator = Translator(None, Parser(), boto_session=boto3.Session(region_name=REGION))
    translated: dict[str, Any] = translator.translate(packaged, dict(parameters))
    translator.metrics.publish()  # otherwise the translator logs a complaint; the publisher does nothing
    return translated
