"""The template's own tables, made in moto: keys, indexes and streams are read from template.yaml."""

from pathlib import Path
from typing import Any

import boto3
import yaml

from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.dynamodb import Table

ROOT = Path(__file__).parents[2]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values."""


_Loader.add_multi_constructor("!", lambda loader, suffix, node: {suffix: node.value})


def template() -> dict[str, Any]:
    content: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)
    return content


def create_table(logical_id: str) -> Table:
    """Make the table, named by its logical id."""
    properties = template()["Resources"][logical_id]["Properties"]
    known = {"AttributeDefinitions", "KeySchema", "BillingMode", "LocalSecondaryIndexes", "GlobalSecondaryIndexes"}
    client: Any = boto3.client("dynamodb")
    client.create_table(TableName=logical_id, **{key: properties[key] for key in known & set(properties)})
    client.close()
    return Table(AwsService("dynamodb", BACKGROUND), logical_id)
