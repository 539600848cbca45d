"""The verification token is rotated while calls go on: nobody is refused, and nothing is lost."""

import threading
import time

import httpx

from local.stack.stack import Stack
from ops.rotate_token import Rotation
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually

PAUSE_SECONDS = 0.25


def test_a_rotation_under_load_refuses_nobody_and_loses_nothing(stack: Stack, aws: Aws, agent: Agent) -> None:
    refused = aws.log_of("ingest").count("RequestsRefused")
    failed = delivery_failures(stack)
    called: list[str] = []
    over = threading.Event()

    def keep_calling() -> None:
        while not over.is_set():
            leg = agent.call(f"Caller {len(called)}")
            agent.hang_up(leg)
            called.append(leg[0])
            time.sleep(PAUSE_SECONDS)

    calling = threading.Thread(target=keep_calling)
    calling.start()
    try:
        secret = aws.secret("VerificationSecret")
        Rotation(aws.secrets, aws.functions, secret_id=secret, function_name=aws.function("subscription")).run()
    finally:
        over.set()
        calling.join()

    (token,) = {
        one["verificationToken"]
        for one in subscriptions(stack)
        if one["status"] == "Active" and one["address"] == stack.webhook_url
    }
    assert token != stack.verification_token
    assert (aws.log_of("ingest").count("RequestsRefused"), delivery_failures(stack)) == (refused, failed)
    eventually(lambda: set(called) <= ended(aws), "the end of every call is in the table")
    assert len(called) > 100
    print(f"{len(called)} calls during the rotation, none refused, none lost")


def ended(aws: Aws) -> set[str]:
    return {
        item["pk"]["S"].removeprefix("SESSION#")
        for item in aws.items("PartyTableName")
        if item.get("code", {}).get("S") == "Disconnected"
    }


def delivery_failures(stack: Stack) -> int:
    """How many notifications the simulator could not deliver, by its log."""
    return stack.places.log("simulator").read_text().count("failed: ")


def subscriptions(stack: Stack) -> list[dict[str, str]]:
    answer = httpx.get(f"{stack.ringcentral_url}/simulator/subscriptions", trust_env=False)
    found: list[dict[str, str]] = answer.raise_for_status().json()
    return found
