"""Taking an installation down: nothing is left, wherever it was interrupted, and what can't be deleted is told."""

import io
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from ops.__main__ import main
from ops.errors import OpsError
from ops.protect import Protected, Protection
from ops.uninstall import DELETE_SECONDS, DELETIONS, Uninstall
from tests.ops.cloud import KEY, Cloud, Killed, NotThere
from tests.ops.installed import STACK, refusal


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
    assert commanded(cloud, monkeypatch, "", "uninstall") == 1
    assert "run protect --off first" in capsys.readouterr().err
    assert commanded(cloud, monkeypatch, STACK, "protect", "--off") == 0
    assert commanded(cloud, monkeypatch, STACK, "uninstall") == 0
    assert cloud.left() == []


def test_json_is_for_check_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        commanded(Cloud(), monkeypatch, None, "--json", "uninstall", "--yes")
    assert ended.value.code == 2
    assert "uninstall has no --json" in capsys.readouterr().err
