"""The deletion of a stack: which resources outlive it, and in which order CloudFormation deletes the others."""

from collections.abc import Iterator
from typing import Any

from tests.support.template import Deployment, read_template

READ = read_template()
STORES = ("DynamoDB::Table", "Logs::LogGroup", "S3::Bucket", "SecretsManager::Secret", "SQS::Queue")


def test_nothing_that_holds_data_outlives_the_stack() -> None:
    for name, resource in Deployment(READ, Production="true", CustomerKey="true").resources.items():
        if resource["Type"].removeprefix("AWS::") in STORES:
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete"), name


def test_the_key_outlives_the_stack_and_can_be_found_again() -> None:
    """Without it nobody could read what it encrypted. CloudFormation deletes it only after a failed creation."""
    resources = Deployment(READ, Production="true", CustomerKey="true").resources
    kept = {name for name, it in resources.items() if it.get("DeletionPolicy", "Delete") != "Delete"}
    assert kept == {"DataKey"}
    key = resources["DataKey"]
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    assert key["Properties"]["Tags"] == [{"Key": "rollcall:stack", "Value": {"Ref": "AWS::StackName"}}]
    assert READ["Outputs"]["DataKeyArn"] == {
        "Condition": "HasCustomerKey",
        "Description": READ["Outputs"]["DataKeyArn"]["Description"],
        "Value": {"Fn::GetAtt": ["DataKey", "Arn"]},
    }


def test_no_function_may_create_a_log_group() -> None:
    """Not even one that is added later: every function must have the policy."""
    deployment = Deployment(READ, ConsoleClientId="sample")
    functions = dict(deployment.of_type("AWS::Serverless::Function"))
    without = [name for name, it in functions.items() if {"Ref": "NoLogGroups"} not in it.get("Policies", [])]
    assert without == []
    # With a role of its own, SAM would attach none of a function's policies.
    assert [name for name, function in functions.items() if "Role" in function] == []
    (statement,) = deployment.resources["NoLogGroups"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement == {"Effect": "Deny", "Action": "logs:CreateLogGroup", "Resource": "*"}


def test_log_groups_are_deleted_after_the_roles_that_could_write_to_them() -> None:
    """CloudFormation deletes what depends on something before that. A role depends on the policy that it names."""
    deployment = Deployment(READ)
    functions = deployment.of_type("AWS::Serverless::Function")
    logs = {function["LoggingConfig"]["LogGroup"]["Ref"] for _, function in functions}
    assert set(deployment.resources["NoLogGroups"]["DependsOn"]) == logs


def _rules_of(function: str) -> Iterator[dict[str, Any]]:
    for resource in Deployment(READ).resources.values():
        targets = resource.get("Properties", {}).get("Targets", [])
        if {"Fn::GetAtt": [function, "Arn"]} in [target["Arn"] for target in targets]:
            yield resource


def test_the_rules_are_deleted_before_the_subscription_is_ended() -> None:
    """So no scheduled run makes a subscription again after the custom resource has ended it."""
    rules = list(_rules_of("SubscriptionFunction"))
    assert len(rules) == 2
    assert [rule["DependsOn"] for rule in rules] == ["SubscriptionAfterDeployment"] * 2
    assert "Events" not in READ["Resources"]["SubscriptionFunction"]["Properties"]
