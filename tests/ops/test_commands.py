"""What all commands have in common: where they look, and what they say when they can't."""

import boto3
import pytest

from ops.errors import OpsError
from ops.stack import Stack
from tests.ops.conftest import STACK, World


@pytest.mark.parametrize("command", ["quarantine", "deferred"])
def test_an_unknown_stack_is_one_line(world: World, command: str) -> None:
    done = world.run(command, "list", stack="nowhere")
    assert (done.status, done.out, done.err.count("\n")) == (1, b"", 1)
    assert done.err.startswith(f"{command}: ")
    assert "does not exist" in done.err


def test_a_stack_without_the_output_is_one_line(world: World) -> None:
    template = '{"Resources": {"Some": {"Type": "AWS::SQS::Queue"}}}'
    boto3.client("cloudformation").create_stack(StackName="other", TemplateBody=template)
    done = world.run("quarantine", "list", stack="other")
    assert (done.status, done.err) == (1, "quarantine: the stack other has no output QuarantineBucketName\n")


def test_missing_credentials_are_one_line(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.delenv("AWS_REGION", raising=False)
    done = world.run("deferred", "list")
    assert (done.status, done.err) == (1, "deferred: You must specify a region.\n")


@pytest.mark.parametrize("arguments", [["replay"], ["delete"], ["replay", "--all", "k"], ["delete", "k", "--all"], []])
def test_some_or_all_must_be_chosen(world: World, arguments: list[str]) -> None:
    world.quarantine("k", b"{}")
    with pytest.raises(SystemExit) as ended:
        world.run("quarantine", *arguments)
    assert ended.value.code == 2
    assert world.keys() == ["k"]


def test_several_at_once_and_one_twice(world: World) -> None:
    for key in ("a", "b", "c"):
        world.quarantine(key, b"{}")
    done = world.run("quarantine", "replay", "a", "x", "b", "a")
    assert done == (1, b"replayed a\nreplayed b\n", "x: there is no such thing here\n")
    assert world.keys() == ["c"]


def test_an_endpoint_is_used_for_every_service() -> None:
    stack = Stack(STACK, "http://127.0.0.1:9")
    clients = (stack.s3, stack.sqs, stack.secretsmanager, stack.functions, stack.cloudformation)
    assert {client.meta.endpoint_url for client in clients} == {"http://127.0.0.1:9"}


def test_a_resource_that_the_stack_lacks(world: World) -> None:
    with pytest.raises(OpsError, match="no resource Nothing"):
        Stack(STACK).physical_id("Nothing")
