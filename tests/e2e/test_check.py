"""The operator's check on a real local stack: all is well after a deployment, and each planted fault is found.

Shown here is what the local AWS can show. tests/ops has the rest: certificates, sizes and times of responses, what a
production stack is warned of, and what AWS refuses an operator who may not do everything.
"""

import json
import shlex
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from local.stack.environments import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.stack.stack import Stack
from ops.__main__ import main
from ops.check import deployed
from ops.check.clock import utc_now
from ops.stack import Stack as OpsStack
from tests.e2e import planted
from tests.e2e.aws import Aws
from tests.e2e.checked import World
from tests.e2e.operators import an_operator_who_may, documented
from tests.e2e.own_stack import own_stack
from tests.e2e.planted import Plant

ANOTHER_FILTER = "/restapi/v1.0/account/~/telephony/sessions?direction=Inbound"
HARMLESS = {"alarm-shared"}
"""What a stack on this machine may be warned of when all is well."""

WRONG = {"clientId": "x", "clientSecret": "y", "jwt": "z"}


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with own_stack("check") as stack:
        yield stack


@pytest.fixture(scope="module")
def aws(stack: Stack) -> Aws:
    return Aws(stack)


@pytest.fixture
def world(stack: Stack, aws: Aws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    for name, value in (("ACCESS_KEY_ID", ACCESS_KEY_ID), ("SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    world = World(stack, aws, capsys)
    # RingCentral takes five token requests a minute of one user, and a check makes two.
    httpx.post(f"{stack.ringcentral_url}/simulator/reset", trust_env=False).raise_for_status()
    return world


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


FAULTS: list[tuple[str, str, Plant]] = [
    ("webhook-response", "404", planted.no_webhook_route),
    ("function-throttled", "IngestFunction", planted.throttled("ingest")),
    ("webhook-response", "status", planted.throttled("ingest")),
    ("http-api-response", "401 unauthenticated", planted.throttled("authorizer")),
    ("secret-missing", "VerificationSecret", planted.no_verification_secret),
    ("secret-malformed", "current", planted.secret_with("VerificationSecret", {"current": ""})),
    ("rotation-unfinished", "rotation", planted.unfinished_rotation),
    ("login-refused", "OAU-1", planted.secret_with("RingCentralSecret", WRONG)),
    ("login-incomplete", "jwt", planted.secret_with("RingCentralSecret", WRONG | {"jwt": ""})),
    ("login-missing", "empty", planted.secret_with("RingCentralSecret", {})),
    ("ringcentral-unreachable", "127.0.0.1:9", planted.broken("subscription", RINGCENTRAL_SERVER="http://127.0.0.1:9")),
    ("permission-call-control", "CallControl", planted.without_permission("CallControl")),
    ("permission-read-accounts", "ReadAccounts", planted.without_permission("ReadAccounts")),
    (
        "permission-subscription-webhook",
        "SubscriptionWebhook",
        planted.without_permission("SubscriptionWebhook", with_subscription=False),
    ),
    ("subscription-missing", "no webhook", planted.subscription_that(lambda world: world.harm("remove"))),
    ("subscription-not-active", "Blacklisted", planted.subscription_that(lambda world: world.harm("suspend"))),
    (
        "subscription-filters",
        "filters",
        planted.subscription_that(lambda world: world.update_subscription(ANOTHER_FILTER)),
    ),
    ("subscription-filters-disabled", "CMN-401", planted.subscription_that(planted.with_filters_disabled)),
    ("subscription-ended", "ended", planted.ended_subscription),
    ("rule-disabled", "ReconcileFunctionEvery", planted.disabled_rule),
    ("event-source-disabled", "PartyRecordsMapping", planted.disabled_mapping),
    ("deferred-dead-letters", "1 message in", planted.message_in("DeferredDeadLetters")),
    ("stream-failures", "1 message in", planted.message_in("StreamFailures")),
    ("subscription-failures", "1 message in", planted.message_in("SubscriptionFailures")),
    ("reconcile-failures", "1 message in", planted.message_in("ReconcileFailures")),
    ("quarantine-entries", "1 notification", planted.quarantined),
    ("alarm-dimension", "LoginAlarm", planted.changed_alarm(planted.watching_another_stack)),
    ("alarm-subscriber-unconfirmed", "nobody", planted.changed_alarm(planted.telling_a_topic_without_subscribers)),
    ("alarm-without-action", "tell nobody", planted.changed_alarm(planted.telling_a_topic_without_subscribers)),
    ("alarm-firing", "LoginAlarm", planted.firing_alarm),
    ("tickets-refused", "POST /tickets", planted.broken("tickets", CONNECTION_TABLE="nowhere")),
    ("websocket-refused", "good ticket", planted.broken("connections", CONNECTION_TABLE="nowhere")),
]
WARNINGS = {"rotation-unfinished", "login-missing", "quarantine-entries", "alarm-without-action"}


@pytest.mark.parametrize(("code", "said", "plant"), FAULTS, ids=[f"{code}-{said}" for code, said, _ in FAULTS])
def test_a_planted_fault_is_found_with_its_cure(world: World, code: str, said: str, plant: Plant) -> None:
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
    with planted.secret_with("RingCentralSecret", {})(world):
        report = world.check()
    assert (report.status, report.codes("error", "not-run")) == (0, set())
    assert "simulated user" in report.rows["websocket"]["message"]
    assert report.rows.keys().isdisjoint({"subscription", "ringcentral-login", "ringcentral-permissions"})


def test_when_the_login_fails_what_depends_on_it_is_not_run_and_never_ok(world: World) -> None:
    with planted.secret_with("RingCentralSecret", WRONG)(world):
        report = world.check()
    assert report.codes("not-run") == {"subscription", "ringcentral-permissions"}
    assert {report.rows[code]["cure"] for code in report.codes("not-run")} == {"docs/operations.md#not-run"}
    assert report.status == 1


def test_people_are_told_line_by_line(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    where = shlex.split(f"--stack {world.stack.stack_name} --endpoint-url {world.stack.aws_endpoint_url}")
    with planted.disabled_rule(world):
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


def test_the_documented_permissions_are_enough(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with an_operator_who_may(world.stack, documented("check"), monkeypatch):
        report = world.check()
    assert [row["message"] for row in report.rows.values() if row["status"] in ("error", "not-run")] == []


@pytest.mark.parametrize(
    ("action", "check"),
    [
        ("sqs:GetQueueAttributes", "failures"),
        ("cloudwatch:DescribeAlarms", "alarms"),
        ("events:DescribeRule", "schedules"),
        ("lambda:GetEventSourceMapping", "event-sources"),
        ("s3:ListBucket", "quarantine"),
        ("dynamodb:GetItem", "subscription"),
    ],
)
def test_a_permission_that_is_missing_takes_away_its_checks_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, action: str, check: str
) -> None:
    others = [other for other in documented("check") if other != action]
    with an_operator_who_may(world.stack, others, monkeypatch):
        report = world.check()
    assert check in report.codes("not-run")
    assert report.codes("error") == set()
    assert (report.status, "webhook-handshake" in report.codes("ok")) == (1, True)


def test_all_faults_were_put_right_so_none_was_found_for_another(world: World) -> None:
    assert world.check().codes("error", "not-run", "warning") <= HARMLESS
