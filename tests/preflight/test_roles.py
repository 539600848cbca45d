"""Which roles count as too wide."""

from typing import Any

import pytest

from local.preflight.intrinsics import resolved
from local.preflight.roles import names
from local.preflight.width import findings

HOME = "us-east-1:123456789012"


def role(*statements: dict[str, Any], managed: list[str] | None = None) -> dict[str, Any]:
    policy = {"PolicyName": "Own", "PolicyDocument": {"Statement": list(statements)}}
    properties = {"Policies": [policy], "ManagedPolicyArns": managed or []}
    return {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, "Other": {"Type": "T"}}}


def allow(action: str, resource: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


@pytest.mark.parametrize(
    "resource",
    [
        f"arn:aws:dynamodb:{HOME}:table/rollcall-dev-PartyTable",
        f"arn:aws:dynamodb:{HOME}:table/rollcall-dev-PartyTable/stream/*",
        "arn:aws:s3:::bucket/*",
        f"arn:aws:sqs:{HOME}:queue",
        f"arn:aws:events:{HOME}:event-bus/default",
        f"arn:aws:logs:{HOME}:log-group:/rollcall/dev/roster:*",
        f"arn:aws:execute-api:{HOME}:abcdefghij/dev/POST/@connections/*",
        f"arn:aws:secretsmanager:{HOME}:secret:rollcall-abcdef",
    ],
)
def test_one_resource_of_the_own_account_and_what_is_in_it_is_accepted(resource: str) -> None:
    assert list(findings(role(allow("any:Action", resource)))) == []


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        f"arn:aws:dynamodb:{HOME}:table/*",
        f"arn:aws:dynamodb:{HOME}:*",
        f"arn:aws:dynamodb:{HOME}:table/rollcall*",
        "arn:aws:dynamodb:*:123456789012:table/own",
        "arn:aws:dynamodb:us-east-1:*:table/own",
        "arn:aws:dynamodb:us-east-1:210987654321:table/own",
        "arn:aws:s3:::*",
        "arn:aws:s3:::*/*",
        f"arn:aws:sqs:{HOME}:*",
        f"arn:aws:sqs:{HOME}:",
        f"arn:aws:logs:{HOME}:log-group:*",
        f"arn:aws:execute-api:{HOME}:*/dev/POST/@connections/*",
        "arn:aws:sqs",
        {"Ref": "Unknown"},
    ],
)
def test_more_than_one_resource_or_an_unknown_one_is_found(resource: Any) -> None:
    (finding,) = findings(role(allow("any:Action", resource)))
    assert (finding.rule, finding.where) == ("too-wide", "Role/Own")


def test_an_action_for_which_iam_knows_no_resource_is_accepted_on_anything() -> None:
    assert list(findings(role(allow("dynamodb:ListStreams", "*")))) == []


def test_a_list_on_anything_is_found_but_for_what_has_no_resource() -> None:
    (finding,) = findings(role({"Effect": "Allow", "Action": ["dynamodb:ListStreams", "s3:List"], "Resource": ["*"]}))
    assert finding.message == "s3:List is allowed on *"


@pytest.mark.parametrize("action", ["*", "s3:*", "s3:Get*", "s3:GetObjec?"])
def test_a_wildcard_in_an_action_is_found(action: str) -> None:
    (finding,) = findings(role(allow(action, "arn:aws:s3:::bucket")))
    assert action in finding.message


def test_everything_but_something_is_found() -> None:
    statement = {"Effect": "Allow", "NotAction": "s3:Get", "NotResource": "arn:aws:s3:::bucket"}
    assert len(list(findings(role(statement)))) == 2


def test_what_is_denied_may_be_denied_on_everything() -> None:
    assert list(findings(role({"Effect": "Deny", "Action": "logs:*", "Resource": "*"}))) == []


def test_a_managed_policy_that_is_not_listed_is_found() -> None:
    aws = "arn:aws:iam::aws:policy/"
    managed = [f"{aws}service-role/AWSLambdaBasicExecutionRole", f"{aws}AdministratorAccess"]
    (finding,) = findings(role(managed=managed))
    assert "AdministratorAccess" in finding.message


def test_a_managed_policy_of_the_template_may_be_had_and_is_looked_at_itself() -> None:
    policy = {"Statement": [allow("s3:*", "arn:aws:s3:::bucket")]}
    read = {
        "Resources": {
            "Own": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": [{"Ref": "Own"}]}},
        },
        "Parameters": {},
    }
    (finding,) = findings(resolved(read, {}, names(read)))
    assert (finding.where, finding.message) == ("Own", "the action s3:* has a wildcard")


def test_references_become_arns_of_the_own_account() -> None:
    kinds = {"Table": "AWS::DynamoDB::Table", "Secret": "AWS::SecretsManager::Secret", "Api": "AWS::ApiGatewayV2::Api"}
    lookup = names({"Resources": {name: {"Type": kind} for name, kind in kinds.items()}})
    assert lookup("Table", "Arn") == f"arn:aws:dynamodb:{HOME}:table/rollcall-dev-Table"
    assert lookup("Secret", "Id") == f"arn:aws:secretsmanager:{HOME}:secret:rollcall-dev-Secret-abcdef"
    assert lookup("Api", "Ref") == "api0000000"
    assert lookup("Secret", "Ref") == lookup("Secret", "Id")
    assert lookup("Table", "StreamArn") is None
