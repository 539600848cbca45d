"""The policies of the functions' roles as IAM receives them, with ARNs instead of references."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from local.preflight.intrinsics import ACCOUNT, STACK_NAME, Lookup
from local.preflight.template import REGION

_ARNS = {
    "AWS::ApiGatewayV2::Api": "arn:aws:apigateway:{region}::/apis/{name}",
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{stack}-{name}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{stack}-{name}",
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
_ARN_ATTRIBUTES = {"Arn", "Id", "PolicyArn", "TopicArn"}
"""The attributes that return an ARN. `Id` is the one of a secret."""
_REF_IS_ARN = {"AWS::IAM::ManagedPolicy", "AWS::SNS::Topic", "AWS::SecretsManager::Secret"}
"""Resource types for which Ref returns the ARN."""


class Policy(NamedTuple):
    """An inline policy of a role, or a managed policy that the template defines."""

    where: str
    document: dict[str, Any]


def names(template: Mapping[str, Any]) -> Lookup:
    """A lookup of the ARNs that the template's resources will have, with invented random parts."""

    def lookup(logical_id: str, attribute: str) -> str | None:
        kind = template["Resources"].get(logical_id, {}).get("Type")
        if kind in _ARNS and (attribute in _ARN_ATTRIBUTES or (attribute == "Ref" and kind in _REF_IS_ARN)):
            name = logical_id.lower() if kind == "AWS::S3::Bucket" else logical_id
            return _ARNS[kind].format(region=REGION, account=ACCOUNT, stack=STACK_NAME, name=name)
        # The other references in policies are ids of APIs.
        return f"{logical_id.lower()[:10]:0<10}" if attribute == "Ref" else None

    return lookup


def policies(deployment: Mapping[str, Any]) -> list[Policy]:
    """All policies of a deployment whose references are resolved."""
    inline = [
        Policy(f"{role}/{policy['PolicyName']}", policy["PolicyDocument"])
        for role, properties in _of_type(deployment, "AWS::IAM::Role")
        for policy in properties.get("Policies", [])
    ]
    managed = _of_type(deployment, "AWS::IAM::ManagedPolicy")
    return inline + [Policy(name, properties["PolicyDocument"]) for name, properties in managed]


def foreign_policies(deployment: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each role, paired with the ARN of each of its managed policies that the template does not define."""
    own = f"arn:aws:iam::{ACCOUNT}:policy/{STACK_NAME}-"
    return [
        (role, arn)
        for role, properties in _of_type(deployment, "AWS::IAM::Role")
        for arn in properties.get("ManagedPolicyArns", [])
        if not str(arn).startswith(own)
    ]


def _of_type(deployment: Mapping[str, Any], kind: str) -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (name, resource["Properties"]) for name, resource in deployment["Resources"].items() if resource["Type"] == kind
    ]
