"""The sender, on its own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from local.simulator import choices, delivery
from local.simulator.clock import utc_now
from local.simulator.delivery import Delivery
from local.simulator.faults import FaultInjector
from local.simulator.filter_sets import FilterSet
from local.simulator.health import Suspension
from local.simulator.sessions import Owner
from local.simulator.subscriptions import Subscription
from local.simulator.users import AppUser
from tests.simulator.harness import ManualClock
from tests.simulator.webhook import LOOPBACK, Webhook


def subscription_to(address: str) -> Subscription:
    holder = AppUser(Owner("700100001", "700200001"), "app")
    now = datetime.now(UTC)
    return Subscription("subscription", holder, address, None, FilterSet((), ()), 60, now, now)


def run(work: Callable[[Delivery], Awaitable[None]], clock: Callable[[], datetime] = utc_now) -> None:
    async def within() -> None:
        delivery = Delivery(FaultInjector(), clock)
        async with delivery.running():
            await work(delivery)

    asyncio.run(within())


def test_failures_in_a_row_are_counted(webhook: Webhook) -> None:
    subscription = subscription_to(webhook.address)

    async def work(delivery: Delivery) -> None:
        for status, failures in [(200, 0), (500, 1), (204, 2), (301, 3), (200, 0), (404, 1)]:
            webhook.status = status
            await delivery.deliver(subscription, b"{}")
            assert subscription.health.failures == failures, status

    run(work)
    assert "verification-token" not in webhook.posted[0].headers, "none was asked for"


def test_nothing_is_sent_unless_it_runs(webhook: Webhook) -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(Delivery(FaultInjector(), utc_now).deliver(subscription_to(webhook.address), b"{}"))
    assert webhook.posted == []


def test_one_failure_too_many_suspends_and_nothing_follows(webhook: Webhook, clock: ManualClock) -> None:
    subscription = subscription_to(webhook.address)
    webhook.status = 404

    async def work(delivery: Delivery) -> None:
        for number in range(choices.FAILURES_TO_SUSPEND + 2):
            suspended = subscription.health.suspension is not None
            assert suspended is (number >= choices.FAILURES_TO_SUSPEND), number
            await delivery.deliver(subscription, b"{}")

    run(work, clock)
    reason = "Webhook responses with code: [404], reason: [Not Found]"
    assert subscription.health.suspension == Suspension(clock.now, reason)
    assert len(webhook.posted) == subscription.health.failures == choices.FAILURES_TO_SUSPEND


class TestReasons:
    @pytest.fixture(autouse=True)
    def _one_failure_is_enough(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(choices, "FAILURES_TO_SUSPEND", 1)

    @staticmethod
    def reason_for(address: str) -> str:
        subscription = subscription_to(address)
        run(lambda delivery: delivery.deliver(subscription, b"{}"))
        assert subscription.health.suspension is not None
        return subscription.health.suspension.reason

    def test_a_slow_answer(self, webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(delivery, "TIMEOUT_SECONDS", 0.05)
        webhook.delay = 0.1
        assert self.reason_for(webhook.address) == "I/O operation is failed. Details: [Read timed out]"

    def test_a_webhook_that_is_gone(self) -> None:
        with Webhook() as webhook:
            pass
        assert self.reason_for(webhook.address) == "I/O operation is failed. Details: [Connection refused]"

    def test_a_webhook_that_hangs_up(self) -> None:
        subscription = subscription_to("")

        async def work(delivery: Delivery) -> None:
            server = await asyncio.start_server(lambda _, writer: writer.close(), LOOPBACK, 0)
            async with server:
                subscription.address = f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/"
                await delivery.deliver(subscription, b"{}")

        run(work)
        assert subscription.health.suspension is not None
        assert subscription.health.suspension.reason == "I/O operation is failed. Details: [Connection reset]"


def test_what_is_under_way_when_failures_are_forgotten_does_not_count(webhook: Webhook) -> None:
    subscription = subscription_to(webhook.address)
    webhook.status, webhook.delay = 500, 0.1

    async def work(delivery: Delivery) -> None:
        under_way = asyncio.ensure_future(delivery.deliver(subscription, b"{}"))
        await asyncio.sleep(0.02)
        subscription.forget_failures()
        await under_way

    run(work)
    assert len(webhook.posted) == 1
    assert subscription.health.failures == 0
