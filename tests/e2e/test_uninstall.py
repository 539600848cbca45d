"""Uninstalling: afterwards nothing is left, also after an interruption, and the same name can be deployed again."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.stack import aws as local_aws
from local.stack.environments import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.stack.sam import Sam
from local.stack.stack import Stack
from local.stack.subscription import wait_until_subscribed
from local.stack.warming import warm
from ops import uninstall
from ops.__main__ import main
from ops.check import deployed
from ops.check.report import is_ok
from ops.errors import OpsError
from ops.protect import Protected
from ops.stack import Stack as OpsStack
from ops.uninstall import Uninstall
from tests.e2e.aws import Aws
from tests.e2e.operators import an_operator_who_may, documented
from tests.e2e.own_stack import own_stack


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with own_stack("uninstall") as stack:
        yield stack


@pytest.fixture
def operator(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> OpsStack:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setattr(uninstall, "LATE_LOG_SECONDS", 1.0)
    monkeypatch.setattr(uninstall, "POLL_SECONDS", 0.5)
    return OpsStack(stack.stack_name, stack.aws_endpoint_url)


def deploy_again(stack: Stack) -> None:
    """Until it serves. The simulator and the local AWS are the same, everything else is new."""
    reset(stack)
    Sam(stack.processes, stack.places).deploy(stack.ports)
    info = local_aws.describe(stack.session, stack.ports)
    warm(info, stack.session)
    wait_until_subscribed(info.ringcentral_url, info.webhook_url)


def reset(stack: Stack) -> None:
    """RingCentral takes five token requests a minute of one user; here many installations have the same one."""
    httpx.post(f"{stack.ringcentral_url}/simulator/reset", trust_env=False).raise_for_status()


def subscriptions(stack: Stack) -> list[dict[str, Any]]:
    found = httpx.get(f"{stack.ringcentral_url}/simulator/subscriptions", trust_env=False).raise_for_status()
    return list(found.json())


def everything(stack: Stack) -> dict[str, list[str]]:
    """What there is in the whole AWS that may be the stack's, but for SAM's own bucket."""

    def client(service: Any) -> Any:
        return stack.session.client(service, endpoint_url=stack.aws_endpoint_url)

    functions, logs, alarms, apis = client("lambda"), client("logs"), client("cloudwatch"), client("apigatewayv2")
    secrets, buckets, roles = client("secretsmanager"), client("s3"), client("iam")
    return {
        "functions": [one["FunctionName"] for one in functions.list_functions()["Functions"]],
        "layers": [one["LayerName"] for one in functions.list_layers()["Layers"]],
        "mappings": [one["UUID"] for one in functions.list_event_source_mappings()["EventSourceMappings"]],
        "logs": [one["logGroupName"] for one in logs.describe_log_groups()["logGroups"]],
        "tables": client("dynamodb").list_tables()["TableNames"],
        "queues": client("sqs").list_queues().get("QueueUrls", []),
        "secrets": [one["Name"] for one in secrets.list_secrets()["SecretList"]],
        "rules": [one["Name"] for one in client("events").list_rules()["Rules"]],
        "apis": [one["Name"] for one in apis.get_apis()["Items"]],
        "alarms": [one["AlarmName"] for one in alarms.describe_alarms()["MetricAlarms"]],
        "buckets": [one["Name"] for one in buckets.list_buckets()["Buckets"] if "sam-cli" not in one["Name"]],
        "roles": [one["RoleName"] for one in roles.list_roles()["Roles"] if stack.stack_name in one["RoleName"]],
    }


def test_nothing_is_left_and_the_same_name_can_be_deployed_again(
    stack: Stack, operator: OpsStack, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Aws(stack)
    for output in ("QuarantineBucketName", "RecordingBucketName"):
        aws.s3.put_object(Bucket=aws.outputs[output], Key="2026-03-04/x", Body=b"{}")
    aws.logs.create_log_group(logGroupName=f"/rollcall/{stack.stack_name}/late")
    assert all(everything(stack).values())
    assert subscriptions(stack) != []

    where = ["--stack", stack.stack_name, "--endpoint-url", stack.aws_endpoint_url]
    assert main([*where, "uninstall", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "Nothing is left." in said
    assert said.count("is empty; 1 object deleted") == 2
    assert {what: found for what, found in everything(stack).items() if found} == {}
    assert subscriptions(stack) == []

    deploy_again(stack)
    assert is_ok(deployed.check(operator))
    assert len(subscriptions(stack)) == 1


def test_a_protected_stack_is_refused_before_anything_is_touched(
    stack: Stack, operator: OpsStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ["--stack", stack.stack_name, "--endpoint-url", stack.aws_endpoint_url]
    with an_operator_who_may(stack, documented("protect"), monkeypatch):
        assert main([*where, "protect"]) == 0
    with pytest.raises(Protected):
        Uninstall(operator).run()
    with pytest.raises(Exception, match="TerminationProtection"):
        operator.cloudformation.delete_stack(StackName=stack.stack_name)
    assert is_ok(deployed.check(operator))
    assert main([*where, "protect", "--off"]) == 0


class Killed(Exception):
    """The command is interrupted here."""


def test_an_interrupted_run_is_run_again(stack: Stack, operator: OpsStack, monkeypatch: pytest.MonkeyPatch) -> None:
    def say(text: str) -> None:
        if "is ended" in text:
            raise Killed

    with pytest.raises(Killed):
        Uninstall(operator, say=say).run()
    reset(stack)
    # In between the installation is stopped, and says so; no run makes the subscription again.
    Aws(stack).run("subscription")
    assert subscriptions(stack) == []
    codes = {finding.code for finding in deployed.check(operator) if finding.status == "error"}
    assert codes == {"subscription-ended", "rule-disabled"}

    # And now with the rights that the documentation says it takes. What CloudFormation deletes, it does here by itself.
    with an_operator_who_may(stack, documented("uninstall"), monkeypatch):
        assert Uninstall(OpsStack(stack.stack_name, stack.aws_endpoint_url)).run() == []
    assert {what: found for what, found in everything(stack).items() if found} == {}
    assert Uninstall(operator).run() == []


def test_the_subscription_is_ended_also_if_its_function_can_not_be_run(stack: Stack, operator: OpsStack) -> None:
    deploy_again(stack)
    function = operator.physical_id("SubscriptionFunction")
    operator.functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    said = list[str]()

    def say(text: str) -> None:
        said.append(text)
        if "is ended" in text:
            # Else CloudFormation waits for its own request to the function, for a minute and a half.
            operator.functions.delete_function_concurrency(FunctionName=function)

    assert Uninstall(operator, say=say).run() == []
    assert "The webhook subscription at RingCentral is ended, with the service's login." in said
    assert subscriptions(stack) == []


def test_what_can_not_be_ended_is_told_and_holds_up_nothing(stack: Stack, operator: OpsStack) -> None:
    deploy_again(stack)
    fault = {"method": "DELETE", "pathPattern": "/subscription/", "status": 503, "times": 99}
    httpx.put(f"{stack.ringcentral_url}/simulator/faults", json={"api": [fault]}, trust_env=False).raise_for_status()
    (left,) = Uninstall(operator, wait=lambda _seconds: None).run()
    assert "503" in left
    assert {what: found for what, found in everything(stack).items() if found} == {}
    assert len(subscriptions(stack)) == 1


def test_a_stack_that_never_was_leaves_nothing(operator: OpsStack, stack: Stack) -> None:
    assert Uninstall(OpsStack("never-was", stack.aws_endpoint_url)).run() == []
    with pytest.raises(OpsError, match="does not exist"):
        OpsStack("never-was", stack.aws_endpoint_url).describe()
