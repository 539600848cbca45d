"""Waiting for the webhook subscription, at the simulator of RingCentral."""

from collections.abc import Iterator

import pytest

from local.stack import ports
from local.stack.errors import StackError
from local.stack.subscription import wait_until_subscribed
from tests.simulator.harness import ManualClock, RunningSimulator
from tests.simulator.server import Server
from tests.simulator.webhook import Webhook


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    with Server() as server, server.serving(ManualClock()) as running:
        yield running


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as running:
        yield running


def test_an_active_subscription_for_the_webhook_is_found(simulator: RunningSimulator, webhook: Webhook) -> None:
    made = simulator.subscribe(simulator.log_in_service(), webhook).json()["id"]
    assert wait_until_subscribed(simulator.url, webhook.address) == made


def test_one_for_another_webhook_does_not_count(simulator: RunningSimulator, webhook: Webhook) -> None:
    simulator.subscribe(simulator.log_in_service(), webhook)
    with pytest.raises(StackError, match="has not subscribed"):
        wait_until_subscribed(simulator.url, webhook.address + "/other", within=0.2)


def test_a_ringcentral_that_is_not_there_is_told() -> None:
    with pytest.raises(StackError, match=r"ConnectError"):
        wait_until_subscribed(f"http://127.0.0.1:{ports.free_port()}", "http://127.0.0.1/webhook")
