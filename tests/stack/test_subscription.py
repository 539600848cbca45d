"""The webhook subscription, made at the simulator of RingCentral."""

from collections.abc import Iterator

import pytest

from local.stack import ports
from local.stack.errors import StackError
from local.stack.subscription import ACCOUNT_FILTER, subscribe
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


def test_the_webhook_passes_ringcentrals_test_and_is_subscribed(simulator: RunningSimulator, webhook: Webhook) -> None:
    assert subscribe(simulator.url, webhook.address, "the-token")
    assert len(webhook.handshakes) == 1
    access_token = simulator.log_in_service()
    [record] = simulator.client.get(
        "/restapi/v1.0/subscription", headers={"Authorization": f"Bearer {access_token}"}
    ).json()["records"]
    assert record["status"] == "Active"
    assert len(record["eventFilters"]) == 1
    assert record["eventFilters"][0].endswith(ACCOUNT_FILTER.rpartition("~")[2])


def test_a_webhook_that_does_not_pass_is_told_with_ringcentrals_words(
    simulator: RunningSimulator, webhook: Webhook
) -> None:
    webhook.status = 500
    with pytest.raises(StackError, match=r"no webhook subscription: /restapi/v1.0/subscription answers 400 .*SUB-"):
        subscribe(simulator.url, webhook.address, "the-token")


def test_a_ringcentral_that_is_not_there_is_told() -> None:
    with pytest.raises(StackError, match=r"ConnectError from http://127.0.0.1"):
        subscribe(f"http://127.0.0.1:{ports.free_port()}", "http://127.0.0.1/webhook", "the-token")
