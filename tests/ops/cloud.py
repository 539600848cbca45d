"""An AWS with one installation, which is taken down call by call."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ops.stack import Resource, Stack
from ops.uninstall import Uninstall
from tests.ops.installed import STACK, refusal

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
STACK_ID = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{STACK}/1"


class Killed(Exception):
    """The command is interrupted here."""


class NotThere(Exception):
    """What boto3's clients raise for a thing that is gone."""


class Cloud:
    """An AWS with one installation. Each call is a step; the command dies after so many of them."""

    def __init__(self) -> None:
        self.status = "CREATE_COMPLETE"
        self.protected = False
        self.parameters = {"Production": "false", "CustomerKey": "true"}
        self.rules = {"rule": True}
        self.buckets = {"bucket": [{"Key": str(number), "VersionId": "null"} for number in range(3)]}
        self.markers = [{"Key": "deleted", "VersionId": "1"}]
        self.tables = {"table": False}
        self.logs = {f"/rollcall/{STACK}/ingest", f"/rollcall/{STACK}-dev/ingest"}
        self.key = "Enabled"
        self.subscribed = True
        self.function: Callable[[], dict[str, Any]] = self._end
        self.credentials = '{"clientId": "id", "clientSecret": "secret", "jwt": "jwt"}'
        self.polls = 2
        self.late: list[str] = [f"/rollcall/{STACK}/subscription"]
        self.stays_in_bucket = 0
        self.unanswered = False
        self.retained: list[str] = []
        self.calls: list[str] = []
        self.steps_until_killed = 10**6

    def stack(self) -> Stack:
        stack = Stack(STACK)
        gone = SimpleNamespace(ResourceNotFoundException=NotThere)
        stack._clients |= {
            "cloudformation": self._client(
                "describe_stacks", "delete_stack", "update_termination_protection", exceptions=gone
            ),
            "events": self._client("disable_rule", exceptions=gone),
            "s3": self._client("delete_objects"),
            "dynamodb": self._client("describe_table", "update_table", exceptions=gone),
            "lambda": self._client("invoke", exceptions=gone),
            "secretsmanager": self._client("get_secret_value"),
            "logs": self._client("delete_log_group", exceptions=gone),
            "kms": self._client("describe_key", "schedule_key_deletion"),
        }
        return stack

    def uninstall(self, *, delete_key: bool = False) -> list[str]:
        return Uninstall(self.stack(), say=lambda _text: None, wait=self.wait).run(delete_key=delete_key)

    def left(self) -> list[str]:
        """What there still is of the installation, the key left aside."""
        there = [] if self.status == "DELETE_COMPLETE" else ["stack", *self.rules, *self.buckets, *self.tables]
        there += ["subscription"] if self.subscribed else []
        return there + [name for name in self.logs if name.startswith(f"/rollcall/{STACK}/")]

    def wait(self, seconds: float) -> None:
        if seconds == 30 and self.late:
            self.logs.add(self.late.pop())
        self._step("wait")

    def _client(self, *operations: str, exceptions: Any = None) -> Any:
        calls = {name: self._stepping(name) for name in operations}
        return SimpleNamespace(get_paginator=self._paginator, exceptions=exceptions, **calls)

    def _stepping(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls.append(name)
            answer = getattr(self, f"_{name}")(**request)
            self._step(name)
            return answer

        return call

    def _step(self, _name: str) -> None:
        self.steps_until_killed -= 1
        if self.steps_until_killed == 0:
            raise Killed

    def _paginator(self, operation: str) -> Any:
        def paginate(**request: Any) -> Any:
            yield getattr(self, f"_{operation}")(**request)

        return SimpleNamespace(paginate=paginate)

    # ---- CloudFormation

    def _described(self) -> dict[str, Any]:
        return {
            "StackName": STACK,
            "StackId": STACK_ID,
            "StackStatus": self.status,
            "StackStatusReason": "The bucket is not empty.",
            "EnableTerminationProtection": self.protected,
            "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in self.parameters.items()],
        }

    def _describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803  # AWS's own names, here and below
        if StackName not in (STACK, STACK_ID) or (self.status == "DELETE_COMPLETE" and StackName == STACK):
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist")
        if self.status == "DELETE_IN_PROGRESS":
            self.polls -= 1
            if self.polls <= 0:
                self._finish_deletion()
        return {"Stacks": [self._described()]}

    def _list_stack_resources(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        there = [(name, "AWS::Events::Rule", name) for name in self.rules]
        there += [(name, "AWS::S3::Bucket", name) for name in self.buckets]
        there += [(name, "AWS::DynamoDB::Table", name) for name in self.tables]
        there.append(("SubscriptionFunction", "AWS::Lambda::Function", "subscription"))
        there.append(("RingCentralSecret", "AWS::SecretsManager::Secret", "app"))
        custom = "DELETE_FAILED" if self.status == "DELETE_FAILED" and self.unanswered else "CREATE_COMPLETE"
        found = [Resource(*one, "CREATE_COMPLETE") for one in there]
        found.append(Resource("AfterDeployment", "AWS::CloudFormation::CustomResource", "x", custom))
        if self.status == "DELETE_COMPLETE":
            found = []
        return {
            "StackResourceSummaries": [
                {"LogicalResourceId": a, "ResourceType": b, "PhysicalResourceId": c, "ResourceStatus": d}
                for a, b, c, d in found
            ]
        }

    def _delete_stack(self, StackName: str, RetainResources: tuple[str, ...] = ()) -> None:  # noqa: N803
        assert StackName == STACK_ID
        assert not RetainResources or self.status == "DELETE_FAILED"
        self.retained = list(RetainResources)
        if self.status != "DELETE_COMPLETE":
            self.status = "DELETE_IN_PROGRESS"

    def _finish_deletion(self) -> None:
        assert not any(self.rules.values()), "a rule is deleted while it may still run its function"
        if self.stays_in_bucket:
            self.stays_in_bucket -= 1
            self.buckets["bucket"] = [{"Key": "late", "VersionId": "null"}]
        waits = self.unanswered and "AfterDeployment" not in self.retained
        fails = self.buckets["bucket"] or self.markers or waits
        self.status = "DELETE_FAILED" if fails else "DELETE_COMPLETE"
        self.logs -= {f"/rollcall/{STACK}/ingest"}

    def _list_stacks(self, **_request: Any) -> dict[str, Any]:
        mine = {"StackName": STACK, "StackId": STACK_ID}
        others = {"StackName": f"{STACK}-dev", "StackId": "another"}
        return {"StackSummaries": [others, *([mine] if self.status == "DELETE_COMPLETE" else [])]}

    def _describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        assert StackName == STACK_ID
        kept = [("AWS::KMS::Key", KEY)] + [("AWS::CloudFormation::CustomResource", one) for one in self.retained]
        return {
            "StackEvents": [
                {"ResourceStatus": "DELETE_COMPLETE", "ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "q"},
                *(
                    {"ResourceStatus": "DELETE_SKIPPED", "ResourceType": kind, "PhysicalResourceId": name}
                    for kind, name in kept
                ),
            ]
        }

    def _update_termination_protection(self, EnableTerminationProtection: bool, **_request: Any) -> None:  # noqa: N803
        self.protected = EnableTerminationProtection

    # ---- the rest

    def _disable_rule(self, Name: str) -> None:  # noqa: N803
        if Name not in self.rules:
            raise NotThere
        self.rules[Name] = False

    def _list_object_versions(self, Bucket: str) -> dict[str, Any]:  # noqa: N803
        return {"Versions": self.buckets[Bucket], "DeleteMarkers": self.markers}

    def _delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.buckets[Bucket] = [one for one in self.buckets[Bucket] if one not in Delete["Objects"]]
        self.markers = [one for one in self.markers if one not in Delete["Objects"]]
        return {}

    def _describe_table(self, TableName: str) -> dict[str, Any]:  # noqa: N803
        return {"Table": {"DeletionProtectionEnabled": self.tables[TableName]}}

    def _update_table(self, TableName: str, DeletionProtectionEnabled: bool) -> None:  # noqa: N803
        self.tables[TableName] = DeletionProtectionEnabled

    def _invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        assert (FunctionName, json.loads(Payload)) == ("subscription", {"RequestType": "Delete"})
        return self.function()

    def _end(self) -> dict[str, Any]:
        assert not any(self.rules.values()), "a scheduled run could make it again"
        self.subscribed = False
        return {"Payload": io.BytesIO(b'{"ended": true}')}

    def _get_secret_value(self, **_request: Any) -> dict[str, str]:
        return {"SecretString": self.credentials}

    def _describe_log_groups(self, logGroupNamePrefix: str) -> dict[str, Any]:  # noqa: N803
        return {"logGroups": [{"logGroupName": name} for name in self.logs if name.startswith(logGroupNamePrefix)]}

    def _delete_log_group(self, logGroupName: str) -> None:  # noqa: N803
        self.logs.remove(logGroupName)

    def _describe_key(self, KeyId: str) -> dict[str, Any]:  # noqa: N803
        if not self.key:
            raise refusal("NotFoundException")
        return {"KeyMetadata": {"KeyState": self.key}}

    def _schedule_key_deletion(self, KeyId: str, PendingWindowInDays: int) -> None:  # noqa: N803
        self.key = "PendingDeletion"
