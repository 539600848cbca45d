"""The policies of the functions' roles, as IAM will hold them: with names instead of references."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from local.preflight.intrinsics import ACCOUNT, STACK_NAME, Lookup
from local.preflight.template import REGION

_ARNS = {
    "AWS::ApiGatewayV2::Api": "arn:aws:apigateway:{region}::/apis/{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{stack}-{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{stack}-{name}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{stack}-{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:/{stack}/{name}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{stack}-{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{stack}-{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{stack}-{name}",
    "AWS::SecretsManager::Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{stack}-{name}-abcdef",
}
"""Formats as in the Service Authorization Reference, "Resource types" of each service."""
_ARN_ATTRIBUTES = {"Arn", "Id", "TopicArn"}
"""`Id` of a secret, which is its ARN, and `TopicArn` of a topic. The other resources call it `Arn`."""


class Policy(NamedTuple):
    """One inline policy of a role."""

    role: str
    name: str
    document: dict[str, Any]

    @property
    def where(self) -> str:
        """For a finding."""
        return f"{self.role}/{self.name}"


def names(template: Mapping[str, Any]) -> Lookup:
    """The ARNs that the template's resources will have, with invented random parts."""

    def lookup(logical_id: str, attribute: str) -> str | None:
        kind = template["Resources"].get(logical_id, {}).get("Type")
        if attribute in _ARN_ATTRIBUTES and kind in _ARNS:
            name = logical_id.lower() if kind == "AWS::S3::Bucket" else logical_id
            return _ARNS[kind].format(region=REGION, account=ACCOUNT, stack=STACK_NAME, name=name)
        # What else stands in a policy is the id of an API.
        return f"{logical_id.lower()[:10]:0<10}" if attribute == "Ref" else None

    return lookup


def policies(deployment: Mapping[str, Any]) -> list[Policy]:
    """The inline policies of all roles of a deployment whose references are names."""
    return [
        Policy(role, policy["PolicyName"], policy["PolicyDocument"])
        for role, properties in _roles(deployment)
        for policy in properties.get("Policies", [])
    ]


def managed_policies(deployment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each role with the ARN of each managed policy that it has."""
    return [(role, arn) for role, properties in _roles(deployment) for arn in properties.get("ManagedPolicyArns", [])]


def _roles(deployment: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (name, resource["Properties"])
        for name, resource in deployment["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    ]
