"""The operator's check on a real local stack: all is well after a deployment, and each planted fault is found.

Shown here is what the local AWS can show. tests/ops has the rest: certificates, sizes and times of responses, what a
production stack is warned of, and what AWS refuses an operator who may not do everything.
"""

import json
import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from local.simulator import service_login
from local.stack.environments import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.stack.stack import Stack
from ops.__main__ import main
from ops.check import deployed
from ops.check.clock import utc_now
from ops.stack import Stack as OpsStack
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws
from tests.e2e.own_stack import own_stack
from tests.e2e.waiting import eventually

Rule = AbstractContextManager[None]
ANOTHER_FILTER = "/restapi/v1.0/account/~/telephony/sessions?direction=Inbound"
HARMLESS = {"alarm-shared"}
"""What a stack on this machine may be warned of when all is well."""

WRONG = {"clientId": "x", "clientSecret": "y", "jwt": "z"}


class Report(NamedTuple):
    """What the command said."""

    status: int
    ok: bool
    rows: dict[str, dict[str, Any]]

    def codes(self, *statuses: str) -> set[str]:
        return {code for code, row in self.rows.items() if row["status"] in statuses}


class World:
    """The stack, and an operator's hand in it."""

    def __init__(self, stack: Stack, aws: Aws, capture: pytest.CaptureFixture[str]) -> None:
        self.stack = stack
        self.aws = aws
        self._capture = capture

        def client(service: Any) -> Any:
            return stack.session.client(service, endpoint_url=stack.aws_endpoint_url)

        self.apis, self.events, self.alarms = client("apigatewayv2"), client("events"), client("cloudwatch")
        self.sns, self.lambdas, self.cloudformation = client("sns"), client("lambda"), client("cloudformation")

    def check(self, *arguments: str) -> Report:
        self._capture.readouterr()
        where = ["--stack", self.stack.stack_name, "--endpoint-url", self.stack.aws_endpoint_url]
        status = main([*where, "check", "--json", *arguments])
        said = json.loads(self._capture.readouterr().out)
        return Report(status, said["ok"], {row["code"]: row for row in said["checks"]})

    def function(self, name: str) -> str:
        return f"{self.stack.stack_name}-{name}"

    def physical_id(self, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(
            StackName=self.stack.stack_name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def subscriptions(self) -> list[dict[str, Any]]:
        """All there are, as the simulator knows them."""
        answer = httpx.get(f"{self.stack.ringcentral_url}/simulator/subscriptions", trust_env=False)
        return list(answer.raise_for_status().json())

    def subscription(self) -> dict[str, Any]:
        """The active one."""
        (one,) = [found for found in self.subscriptions() if found["status"] == "Active"]
        return one

    def harm(self, how: str) -> None:
        url = f"{self.stack.ringcentral_url}/simulator/subscriptions/{self.subscription()['id']}/{how}"
        httpx.post(url, trust_env=False).raise_for_status()

    def update_subscription(self, *filters: str) -> None:
        """As if somebody had changed it with the service's login."""
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        auth = (service_login.CLIENT_ID, service_login.CLIENT_SECRET)
        with httpx.Client(base_url=self.stack.ringcentral_url, trust_env=False) as client:
            token = client.post("/restapi/oauth/token", data=form, auth=auth).raise_for_status().json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            path = f"/restapi/v1.0/subscription/{self.subscription()['id']}"
            client.put(path, headers=headers, json={"eventFilters": list(filters)}).raise_for_status()
            client.post("/restapi/oauth/revoke", data={"token": token}, auth=auth).raise_for_status()

    def subscribe_anew(self) -> None:
        Agent.set_faults(self.stack)
        self.aws.forget_penalties()
        for found in self.subscriptions():
            url = f"{self.stack.ringcentral_url}/simulator/subscriptions/{found['id']}/remove"
            httpx.post(url, trust_env=False).raise_for_status()
        self.aws.run("subscription")
        self.subscription()


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with own_stack("check") as stack:
        yield stack


@pytest.fixture(scope="module")
def aws(stack: Stack) -> Aws:
    return Aws(stack)


@pytest.fixture
def world(
    stack: Stack, aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[World]:
    for name, value in (("ACCESS_KEY_ID", ACCESS_KEY_ID), ("SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    world = World(stack, aws, capsys)
    # RingCentral takes five token requests a minute of one user, and a check makes two.
    httpx.post(f"{stack.ringcentral_url}/simulator/reset", trust_env=False).raise_for_status()
    yield world
    # Each test has put its fault right: otherwise the next one would find it, too.
    httpx.post(f"{stack.ringcentral_url}/simulator/reset", trust_env=False).raise_for_status()
    assert world.check().codes("error", "not-run", "warning") <= HARMLESS


def test_all_is_well_after_a_deployment(world: World) -> None:
    report = world.check()
    assert (report.status, report.ok) == (0, True)
    assert report.codes("error", "not-run", "warning") <= HARMLESS
    assert report.codes("ok") >= {
        "stack", "webhook-handshake", "webhook-token", "http-api", "websocket", "ringcentral-login",
        "ringcentral-permissions", "subscription", "functions", "event-sources", "schedules", "failures", "quarantine",
        "clock", "protection",
    }  # fmt: skip
    assert all((row["cure"] is None) == (row["status"] == "ok") for row in report.rows.values())


def test_a_check_leaves_no_session_behind(world: World) -> None:
    for _ in range(2):
        world.check()
    served = httpx.get(f"{world.stack.ringcentral_url}/simulator/requests", trust_env=False).json()
    ends = [request["path"].rpartition("/")[2] for request in served if "/oauth/" in request["path"]]
    assert ends == ["token", "revoke"] * 2


# ---- planting faults: each is put right again at the end


@contextmanager
def no_webhook_route(world: World) -> Iterator[None]:
    (api,) = [api["ApiId"] for api in world.apis.get_apis()["Items"] if api["Name"].endswith("-http")]
    (route,) = [one for one in world.apis.get_routes(ApiId=api)["Items"] if one["RouteKey"] == "POST /webhook"]
    world.apis.delete_route(ApiId=api, RouteId=route["RouteId"])
    yield
    world.apis.create_route(ApiId=api, RouteKey=route["RouteKey"], Target=route["Target"])


def throttled(function: str) -> Callable[[World], Rule]:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        world.lambdas.put_function_concurrency(FunctionName=world.function(function), ReservedConcurrentExecutions=0)
        yield
        world.lambdas.delete_function_concurrency(FunctionName=world.function(function))

    return plant


def broken(function: str, **environment: str) -> Callable[[World], Rule]:
    return lambda world: world.aws.changed_environment(function, **environment)


@contextmanager
def no_verification_secret(world: World) -> Iterator[None]:
    secret = world.aws.secret("VerificationSecret")
    world.aws.secrets.delete_secret(SecretId=secret)
    yield
    world.aws.secrets.restore_secret(SecretId=secret)


def secret_with(logical_id: str, value: object) -> Callable[[World], Rule]:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        secret = world.aws.secret(logical_id)
        good = world.aws.secrets.get_secret_value(SecretId=secret)["SecretString"]
        world.aws.secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(value))
        yield
        world.aws.secrets.put_secret_value(SecretId=secret, SecretString=good)

    return plant


@contextmanager
def unfinished_rotation(world: World) -> Iterator[None]:
    # With the token that is in force: a function that reads another one believes it for a minute.
    with secret_with("VerificationSecret", {"current": world.aws.verification_token(), "next": "later"})(world):
        yield


@contextmanager
def disabled_rule(world: World, logical_id: str = "ReconcileFunctionEvery") -> Iterator[None]:
    rule = world.physical_id(logical_id)
    world.events.disable_rule(Name=rule)
    yield
    world.events.enable_rule(Name=rule)


def subscription_that(harmed: Callable[[World], None]) -> Callable[[World], Rule]:
    """Without the schedule, which would put it right within a minute."""

    @contextmanager
    def plant(world: World) -> Iterator[None]:
        with disabled_rule(world, "SubscriptionFunctionEvery"):
            harmed(world)
            yield
            world.subscribe_anew()

    return plant


def with_filters_disabled(world: World) -> None:
    Agent.set_faults(world.stack, disableFilters=["telephony"])
    with suppress(httpx.HTTPStatusError):
        world.update_subscription(*service_filters())
    Agent.set_faults(world.stack, disableFilters=["subscription/~"])
    world.update_subscription(*service_filters())


def service_filters() -> tuple[str, str]:
    reminder = "/restapi/v1.0/subscription/~?threshold=864000&interval=86400"
    return "/restapi/v1.0/account/~/telephony/sessions", reminder


@contextmanager
def ended_subscription(world: World) -> Iterator[None]:
    function = world.function("subscription")
    world.lambdas.invoke(FunctionName=function, Payload=b'{"RequestType": "Delete"}')
    yield
    world.lambdas.invoke(FunctionName=function, Payload=b'{"RequestType": "Update"}')


def without_permission(name: str, *, with_subscription: bool = True) -> Callable[[World], Rule]:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        with disabled_rule(world, "SubscriptionFunctionEvery"):
            if not with_subscription:
                world.harm("remove")
            Agent.set_faults(world.stack, missingPermissions=[name])
            yield
            world.subscribe_anew()

    return plant


@contextmanager
def disabled_mapping(world: World) -> Iterator[None]:
    mapping = world.physical_id("PartyRecordsMapping")
    world.lambdas.update_event_source_mapping(UUID=mapping, Enabled=False)
    yield
    world.lambdas.update_event_source_mapping(UUID=mapping, Enabled=True)

    def enabled() -> bool:
        return bool(world.lambdas.get_event_source_mapping(UUID=mapping)["State"] == "Enabled")

    eventually(enabled, "the mapping is enabled again")


def message_in(logical_id: str) -> Callable[[World], Rule]:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        url = world.physical_id(logical_id)
        world.aws.sqs.send_message(QueueUrl=url, MessageBody="{}")
        yield
        world.aws.sqs.purge_queue(QueueUrl=url)

    return plant


@contextmanager
def quarantined(world: World) -> Iterator[None]:
    bucket, key = world.aws.outputs["QuarantineBucketName"], "2026-03-04/malformed/1"
    world.aws.s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    yield
    world.aws.s3.delete_object(Bucket=bucket, Key=key)


def changed_alarm(change: Callable[[World, dict[str, Any]], None]) -> Callable[[World], Rule]:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        name = world.physical_id("LoginAlarm")
        (found,) = world.alarms.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        kept = {key: value for key, value in found.items() if not key.startswith(("State", "AlarmArn", "AlarmConf"))}
        changed = json.loads(json.dumps(kept))
        change(world, changed)
        world.alarms.put_metric_alarm(**changed)
        yield
        world.alarms.put_metric_alarm(**kept)

    return plant


def watching_another_stack(_world: World, alarm: dict[str, Any]) -> None:
    alarm["Dimensions"] = [{"Name": "service", "Value": "another-stack"}]


def telling_a_topic_without_subscribers(world: World, alarm: dict[str, Any]) -> None:
    alarm["AlarmActions"] = [world.sns.create_topic(Name="alarms")["TopicArn"]]


@contextmanager
def firing_alarm(world: World) -> Iterator[None]:
    name = world.physical_id("LoginAlarm")
    world.alarms.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="planted")
    yield
    world.alarms.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")


FAULTS: list[tuple[str, str, Callable[[World], Rule]]] = [
    ("webhook-response", "404", no_webhook_route),
    ("function-throttled", "ingest", throttled("ingest")),
    ("webhook-response", "status", throttled("ingest")),
    ("http-api-response", "401 unauthenticated", throttled("authorizer")),
    ("secret-missing", "VerificationSecret", no_verification_secret),
    ("secret-malformed", "current", secret_with("VerificationSecret", {"current": ""})),
    ("rotation-unfinished", "rotation", unfinished_rotation),
    ("login-refused", "OAU-1", secret_with("RingCentralSecret", WRONG)),
    ("login-incomplete", "jwt", secret_with("RingCentralSecret", WRONG | {"jwt": ""})),
    ("login-missing", "empty", secret_with("RingCentralSecret", {})),
    ("ringcentral-unreachable", "127.0.0.1:9", broken("subscription", RINGCENTRAL_SERVER="http://127.0.0.1:9")),
    ("permission-call-control", "CallControl", without_permission("CallControl")),
    ("permission-read-accounts", "ReadAccounts", without_permission("ReadAccounts")),
    (
        "permission-subscription-webhook",
        "SubscriptionWebhook",
        without_permission("SubscriptionWebhook", with_subscription=False),
    ),
    ("subscription-missing", "no webhook", subscription_that(lambda world: world.harm("remove"))),
    ("subscription-not-active", "Blacklisted", subscription_that(lambda world: world.harm("suspend"))),
    ("subscription-filters", "filters", subscription_that(lambda world: world.update_subscription(ANOTHER_FILTER))),
    ("subscription-filters-disabled", "CMN-401", subscription_that(with_filters_disabled)),
    ("subscription-ended", "ended", ended_subscription),
    ("rule-disabled", "ReconcileFunctionEvery", disabled_rule),
    ("event-source-disabled", "PartyRecordsMapping", disabled_mapping),
    ("deferred-dead-letters", "1 messages", message_in("DeferredDeadLetters")),
    ("stream-failures", "1 messages", message_in("StreamFailures")),
    ("subscription-failures", "1 messages", message_in("SubscriptionFailures")),
    ("reconcile-failures", "1 messages", message_in("ReconcileFailures")),
    ("quarantine-entries", "1 notifications", quarantined),
    ("alarm-dimension", "LoginAlarm", changed_alarm(watching_another_stack)),
    ("alarm-subscriber-unconfirmed", "nobody", changed_alarm(telling_a_topic_without_subscribers)),
    ("alarm-without-action", "tell nobody", changed_alarm(telling_a_topic_without_subscribers)),
    ("alarm-firing", "LoginAlarm", firing_alarm),
    ("tickets-refused", "POST /tickets", broken("tickets", CONNECTION_TABLE="nowhere")),
    ("websocket-refused", "good ticket", broken("connections", CONNECTION_TABLE="nowhere")),
]
WARNINGS = {"rotation-unfinished", "login-missing", "quarantine-entries", "alarm-without-action"}


@pytest.mark.parametrize(("code", "said", "plant"), FAULTS, ids=[f"{code}-{said}" for code, said, _ in FAULTS])
def test_a_planted_fault_is_found_with_its_cure(
    world: World, code: str, said: str, plant: Callable[[World], Rule]
) -> None:
    with plant(world):
        report = world.check()
    row = report.rows[code]
    assert said in row["message"]
    assert row["status"] == ("warning" if code in WARNINGS else "error")
    assert row["cure"] == f"docs/operations.md#{code}"
    assert report.ok == (report.status == 0) == (not report.codes("error", "not-run"))


def test_a_token_that_ringcentral_refuses_is_found(world: World) -> None:
    report = world.check("--token", "nobodys")
    assert report.status == 1
    assert report.rows["token-refused"]["status"] == "error"


def test_a_users_own_token_is_taken_from_the_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    user = {"accountId": "700100001", "extensionId": "700200042", "name": "Alice", "phoneNumber": "+12055550142"}
    answer = httpx.post(f"{world.stack.ringcentral_url}/simulator/users", json=user, trust_env=False)
    with monkeypatch.context() as patched:
        patched.setenv("ROLLCALL_TOKEN", answer.raise_for_status().json()["accessToken"])
        assert "the given token" in world.check().rows["websocket"]["message"]


@pytest.mark.parametrize(("seconds", "status"), [(400, "error"), (-400, "error"), (60, "warning"), (5, "ok")])
def test_a_clock_that_is_wrong_is_found(world: World, seconds: int, status: str) -> None:
    stack = OpsStack(world.stack.stack_name, world.stack.aws_endpoint_url)
    found = deployed.check(stack, now=lambda: utc_now() + timedelta(seconds=seconds))
    (row,) = [finding for finding in found if finding.code in ("clock-skew", "clock")]
    assert (row.code, row.status) == ("clock" if status == "ok" else "clock-skew", status)


def test_without_a_login_what_needs_none_is_checked_all_the_same(world: World) -> None:
    with secret_with("RingCentralSecret", {})(world):
        report = world.check()
    assert (report.status, report.codes("error", "not-run")) == (0, set())
    assert "simulated user" in report.rows["websocket"]["message"]
    assert report.rows.keys().isdisjoint({"subscription", "ringcentral-login", "ringcentral-permissions"})


def test_when_the_login_fails_what_depends_on_it_is_not_run_and_never_ok(world: World) -> None:
    with secret_with("RingCentralSecret", WRONG)(world):
        report = world.check()
    assert report.codes("not-run") == {"subscription", "ringcentral-permissions"}
    assert {report.rows[code]["cure"] for code in report.codes("not-run")} == {"docs/operations.md#not-run"}
    assert report.status == 1


def test_people_are_told_line_by_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    where = shlex.split(f"--stack {world.stack.stack_name} --endpoint-url {world.stack.aws_endpoint_url}")
    with disabled_rule(world):
        assert main([*where, "check"]) == 1
    out = capsys.readouterr().out
    assert "ERROR" in out
    assert "docs/operations.md#rule-disabled" in out
    assert out.splitlines()[-1].startswith("Not all is well: 1 error")


def test_before_a_deployment_the_local_aws_tells_what_it_can(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    said = main(["--stack", "another", "--endpoint-url", world.stack.aws_endpoint_url, "check", "--before", "--json"])
    rows = {row["code"]: row for row in json.loads(capsys.readouterr().out)["checks"]}
    assert {code for code in rows if rows[code]["status"] == "ok"} >= {"aws-credentials", "stack", "log-groups", "name"}
    # It has no registry of types. So that is not known, and not all is well.
    assert (rows["region"]["status"], said) == ("not-run", 1)
