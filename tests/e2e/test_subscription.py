"""The tie to RingCentral: made without hand work, mended whatever happens to it."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from local.simulator.service_login import ACCOUNT_ID as SERVICE
from local.stack.stack import Stack
from tests.e2e.actors import Agent, Hook, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually

SCHEDULE_SECONDS = 60


class Tie:
    """RingCentral's side of it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def all(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self._stack.ringcentral_url}/simulator/subscriptions", trust_env=False)
        subscriptions: list[dict[str, Any]] = answer.raise_for_status().json()
        return subscriptions

    def ours(self) -> list[dict[str, Any]]:
        """The active ones for our webhook."""
        return [one for one in self.all() if one["address"] == self._stack.webhook_url and one["status"] == "Active"]

    def harm(self, how: str) -> str:
        """Let the one that there is expire, be suspended or removed. Returns its id."""
        (one,) = self.ours()
        url = f"{self._stack.ringcentral_url}/simulator/subscriptions/{one['id']}/{how}"
        httpx.post(url, trust_env=False).raise_for_status()
        assert self.ours() == []
        return str(one["id"])

    def requests(self, path: str) -> int:
        """How many requests with this end of a path RingCentral has served."""
        served = httpx.get(f"{self._stack.ringcentral_url}/simulator/requests", trust_env=False).json()
        return sum(request["path"].endswith(path) for request in served)


@pytest.fixture
def tie(stack: Stack, aws: Aws) -> Iterator[Tie]:
    tie = Tie(stack)
    yield tie
    Agent.set_faults(stack)
    aws.forget_penalties()
    for _ in range(2):
        aws.run("subscription")
    assert len(tie.ours()) == 1


def test_after_a_deployment_there_is_one_and_events_flow(tie: Tie, aws: Aws, agent: Agent) -> None:
    (one,) = tie.ours()
    assert one["verificationToken"] == aws.verification_token()
    assert one["disabledFilters"] == []
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    eventually(lambda: people_in(agent, conference) == sorted([agent.name, "Anna"]), "the roster follows")


def people_in(agent: Agent, conference: str) -> list[str]:
    answer = agent.get(f"/conferences/{conference}")
    return people(answer.json()) if answer.status_code == 200 else []


@pytest.mark.parametrize("how", ["expire", "suspend", "remove"])
def test_one_that_expired_was_suspended_or_deleted_is_replaced_and_nothing_else_is_touched(
    tie: Tie, aws: Aws, agent: Agent, stack: Stack, how: str
) -> None:
    mode = {"transportType": "WebHook", "address": stack.webhook_url + "?another"}
    foreign = httpx.post(
        f"{stack.ringcentral_url}/restapi/v1.0/subscription",
        headers=agent.auth,
        json={"eventFilters": ["/restapi/v1.0/account/~/telephony/sessions"], "deliveryMode": mode},
        trust_env=False,
    ).raise_for_status()
    harmed = tie.harm(how)
    aws.run("subscription")
    (one,) = tie.ours()
    assert one["id"] != harmed
    assert foreign.json()["id"] in {other["id"] for other in tie.all() if other["status"] == "Active"}


def test_a_changed_address_takes_the_subscription_along(tie: Tie, aws: Aws, stack: Stack) -> None:
    name = aws.function("subscription")
    environment = aws.functions.get_function_configuration(FunctionName=name)["Environment"]
    changed = environment["Variables"] | {"WEBHOOK_URL": stack.webhook_url + "?moved"}
    aws.functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        for _ in range(2):  # the second run deletes what the first one replaced
            aws.run("subscription")
        assert {one["address"] for one in tie.all() if one["accountId"] == SERVICE and one["status"] == "Active"} == {
            stack.webhook_url + "?moved"
        }
    finally:
        aws.functions.update_function_configuration(FunctionName=name, Environment=environment)


def test_the_schedule_mends_it_without_anybody(tie: Tie) -> None:
    tie.harm("remove")
    started = time.monotonic()
    while not tie.ours():
        assert time.monotonic() - started < SCHEDULE_SECONDS + 20
        time.sleep(0.5)


def test_a_reminder_mends_it_at_once(tie: Tie, stack: Stack) -> None:
    tie.harm("remove")
    Hook(stack).post(b'{"event": "/restapi/v1.0/subscription/~?threshold=864000&interval=86400"}')
    eventually(tie.ours, "the reminder reaches the subscription function")


def test_a_run_with_nothing_to_do_asks_once_and_changes_nothing(tie: Tie, aws: Aws) -> None:
    (one,) = tie.ours()
    before = tie.requests("/subscription")
    aws.run("subscription")
    assert tie.requests("/subscription") == before + 1
    assert tie.ours() == [one]


def test_ten_at_once_log_in_once_and_make_one(tie: Tie, aws: Aws) -> None:
    tie.harm("remove")
    aws.secrets.put_secret_value(SecretId=aws.secret("ServiceTokenSecret"), SecretString="{}")
    before = tie.requests("/oauth/token")
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(aws.run, ["subscription"] * 10))
    assert tie.requests("/oauth/token") - before <= 1
    assert len(tie.ours()) == 1


def test_after_a_429_ringcentral_is_left_alone(tie: Tie, aws: Aws, stack: Stack) -> None:
    fault = {"method": "GET", "pathPattern": "/subscription$", "status": 429, "retryAfter": 30, "times": 1}
    Agent.set_faults(stack, api=[fault])
    aws.run("subscription")
    before = tie.requests("/subscription")
    for _ in range(3):
        aws.run("subscription")
    assert tie.requests("/subscription") == before


@pytest.mark.parametrize(
    ("metric", "stored"),
    [
        ("CredentialsMissing", "{}"),
        ("LoginsRefused", json.dumps({"clientId": "x", "clientSecret": "y", "jwt": "z"})),
    ],
)
def test_without_good_credentials_the_webhook_goes_on_and_the_log_says_why(
    tie: Tie, aws: Aws, stack: Stack, metric: str, stored: str
) -> None:
    app, token = aws.secret("RingCentralSecret"), aws.secret("ServiceTokenSecret")
    good = aws.secrets.get_secret_value(SecretId=app)["SecretString"]
    aws.secrets.put_secret_value(SecretId=app, SecretString=stored)
    aws.secrets.put_secret_value(SecretId=token, SecretString="{}")
    # A function that keeps running knows the token still; RingCentral refuses it, as it does one that has run out.
    fault = {"method": "GET", "pathPattern": "/subscription$", "status": 401, "times": 1}
    Agent.set_faults(stack, api=[fault])
    before = aws.log_of("subscription").count(metric)
    try:
        aws.run("subscription")
        eventually(lambda: aws.log_of("subscription").count(metric) > before, "the log says why")
        assert Hook(stack).post(b"").status_code == 200
    finally:
        aws.secrets.put_secret_value(SecretId=app, SecretString=good)
