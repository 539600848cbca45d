"""Taking an installation down: nothing is left, wherever it was interrupted, and what can't be deleted is told."""

import io
import json
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from ops.__main__ import main
from ops.errors import OpsError
from ops.protect import Protected, Protection
from ops.stack import Resource, Stack
from ops.uninstall import DELETE_SECONDS, DELETIONS, Uninstall
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
        self.status = "DELETE_FAILED" if self.buckets["bucket"] or waits else "DELETE_COMPLETE"
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
        return {"Versions": self.buckets[Bucket][:2], "DeleteMarkers": self.buckets[Bucket][2:]}

    def _delete_objects(self, Bucket: str, Delete: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.buckets[Bucket] = [one for one in self.buckets[Bucket] if one not in Delete["Objects"]]
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


def test_nothing_is_left_but_the_key_and_what_that_costs_is_told() -> None:
    cloud = Cloud()
    (left,) = cloud.uninstall()
    assert cloud.left() == []
    assert KEY in left
    assert "1 US dollar a month" in left
    assert f"aws kms schedule-key-deletion --key-id {KEY}" in left
    assert cloud.logs == {f"/rollcall/{STACK}-dev/ingest"}


def test_the_key_is_deleted_if_that_is_asked_for_also_later() -> None:
    cloud = Cloud()
    cloud.uninstall()
    assert cloud.key == "Enabled"
    assert cloud.uninstall(delete_key=True) == []
    assert (cloud.key, cloud.uninstall()) == ("PendingDeletion", [])
    cloud.key = ""
    assert cloud.uninstall() == []


STEPS = 40
"""More than there are, which a test makes sure of."""


@pytest.mark.parametrize("steps", range(1, STEPS))
def test_wherever_it_is_interrupted_it_goes_on_from_there(steps: int) -> None:
    cloud = Cloud()
    cloud.steps_until_killed = steps
    try:
        cloud.uninstall()
    except Killed:
        cloud.steps_until_killed = 10**6
        cloud.uninstall()
    assert cloud.left() == []


def test_the_interruptions_reach_the_end() -> None:
    cloud = Cloud()
    cloud.uninstall()
    assert len(cloud.calls) < STEPS
    assert 10**6 - cloud.steps_until_killed < STEPS


def test_the_order_keeps_what_was_ended_from_coming_back() -> None:
    cloud = Cloud()
    cloud.uninstall()
    wanted = ["disable_rule", "invoke", "delete_objects", "delete_stack", "delete_log_group"]
    assert [call for call in dict.fromkeys(cloud.calls) if call in wanted] == wanted


@pytest.mark.parametrize("what", ["stack", "table"])
def test_what_is_protected_is_refused_before_anything_is_touched(what: str) -> None:
    cloud = Cloud()
    if what == "stack":
        cloud.protected = True
    else:
        cloud.tables["table"] = True
    with pytest.raises(Protected, match=f"the {what}.*run protect --off first"):
        cloud.uninstall()
    assert set(cloud.calls) <= {"describe_stacks", "describe_table"}
    Protection(cloud.stack(), say=lambda _text: None).off()
    cloud.uninstall()
    assert cloud.left() == []


@pytest.mark.parametrize(("production", "tables"), [("true", True), ("false", False)])
def test_protecting_takes_in_the_tables_in_production(production: str, *, tables: bool) -> None:
    cloud = Cloud()
    cloud.parameters["Production"] = production
    for _ in range(2):
        Protection(cloud.stack(), say=lambda _text: None).on()
    assert (cloud.protected, cloud.tables["table"]) == (True, tables)
    Protection(cloud.stack(), say=lambda _text: None).off()
    assert (cloud.protected, cloud.tables["table"]) == (False, False)


def test_in_production_the_backups_that_stay_are_told() -> None:
    cloud = Cloud()
    cloud.parameters["Production"] = "true"
    assert any("35 days" in left for left in cloud.uninstall())


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "CREATE_IN_PROGRESS"])
def test_a_stack_that_is_being_changed_is_left_alone(status: str) -> None:
    cloud = Cloud()
    cloud.status = status
    with pytest.raises(OpsError, match=status):
        cloud.uninstall()
    assert cloud.calls == ["describe_stacks"]


def test_what_comes_into_a_bucket_meanwhile_is_deleted_as_well() -> None:
    cloud = Cloud()
    cloud.stays_in_bucket = DELETIONS - 1
    cloud.uninstall()
    assert cloud.left() == []


def test_a_stack_that_can_not_be_deleted_is_told_with_cloudformations_reason() -> None:
    cloud = Cloud()
    cloud.stays_in_bucket = DELETIONS
    with pytest.raises(OpsError, match="The bucket is not empty"):
        cloud.uninstall()
    assert cloud.calls.count("delete_stack") == DELETIONS


def test_a_custom_resource_that_nobody_answers_holds_up_nothing() -> None:
    cloud = Cloud()
    cloud.unanswered = True
    (left,) = cloud.uninstall()
    assert (cloud.left(), cloud.retained) == ([], ["AfterDeployment"])
    assert KEY in left  # and not the custom resource, which is no thing


def test_a_deletion_that_never_ends_is_not_waited_for_for_ever() -> None:
    cloud, now = Cloud(), [0.0]
    cloud.polls = 10**6

    def wait(seconds: float) -> None:
        now[0] += seconds

    with pytest.raises(OpsError, match="after 30 minutes; run this again"):
        Uninstall(cloud.stack(), say=lambda _text: None, wait=wait, clock=lambda: now[0]).run()
    assert DELETE_SECONDS <= now[0] < DELETE_SECONDS + 10


def refuses(error: Exception) -> Callable[[], dict[str, Any]]:
    def call() -> dict[str, Any]:
        raise error

    return call


@pytest.mark.parametrize(
    "function",
    [
        refuses(NotThere()),
        refuses(refusal("TooManyRequestsException")),
        lambda: {"Payload": io.BytesIO(b'{"ended": false}')},
        lambda: {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")},
    ],
)
def test_a_subscription_that_can_not_be_ended_is_told_and_holds_up_nothing(
    function: Callable[[], dict[str, Any]],
) -> None:
    cloud = Cloud()
    cloud.function = function  # and no RingCentral is there to log in at
    left = cloud.uninstall()
    assert cloud.left() == ["subscription"]
    assert left[0].startswith("the webhook subscription at RingCentral, which could not be ended: ")


def test_the_function_gets_another_chance() -> None:
    cloud = Cloud()
    answers = [b'{"ended": false}', b'{"ended": false}']

    def function() -> dict[str, Any]:
        return {"Payload": io.BytesIO(answers.pop())} if answers else cloud._end()

    cloud.function = function
    cloud.uninstall()
    assert cloud.left() == []


def test_without_a_login_there_is_no_subscription_to_end() -> None:
    cloud = Cloud()
    cloud.credentials, cloud.subscribed = "{}", False
    assert len(cloud.uninstall()) == 1  # the key
    assert "invoke" not in cloud.calls


def commanded(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, typed: str | None, *arguments: str) -> int:
    stack = cloud.stack()
    stack._clients["sts"] = SimpleNamespace(get_caller_identity=lambda: {"Account": "123456789012"})
    monkeypatch.setattr("ops.__main__.Stack", lambda *_arguments: stack)
    monkeypatch.setattr("ops.lifecycle_commands.Uninstall", partial(Uninstall, wait=cloud.wait))

    def answer(_question: str) -> str:
        if typed is None:
            raise EOFError
        return typed

    monkeypatch.setattr("builtins.input", answer)
    return main(["--stack", STACK, *arguments])


@pytest.mark.parametrize(("typed", "done"), [(STACK, True), ("yes", False), ("", False), (None, False)])
def test_it_is_confirmed_by_typing_the_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str | None, *, done: bool
) -> None:
    cloud = Cloud()
    assert commanded(cloud, monkeypatch, typed, "uninstall") == (0 if done else 1)
    assert (cloud.left() == []) == done
    assert "account 123456789012" in capsys.readouterr().out
    assert done or set(cloud.calls) <= {"describe_stacks", "describe_table"}


def test_without_asking_and_with_the_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Cloud()
    assert commanded(cloud, monkeypatch, None, "uninstall", "--yes", "--delete-key") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing is left."
    assert cloud.key == "PendingDeletion"


def test_a_protected_stack_is_not_even_asked_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud = Cloud()
    assert commanded(cloud, monkeypatch, STACK, "protect") == 0
    assert commanded(cloud, monkeypatch, STACK, "uninstall") == 1
    assert "run protect --off first" in capsys.readouterr().err
    assert commanded(cloud, monkeypatch, STACK, "protect", "--off") == 0
    assert commanded(cloud, monkeypatch, STACK, "uninstall") == 0
    assert cloud.left() == []


def test_json_is_for_check_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        commanded(Cloud(), monkeypatch, None, "--json", "uninstall", "--yes")
    assert ended.value.code == 2
    assert "uninstall has no --json" in capsys.readouterr().err
