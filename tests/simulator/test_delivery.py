"""The sender, on its own."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from local.simulator.delivery import Delivery
from local.simulator.faults import FaultInjector
from local.simulator.sessions import Owner
from local.simulator.subscriptions import FilterSet, Subscription
from local.simulator.users import AppUser
from tests.simulator.webhook import Webhook


def subscription_to(address: str) -> Subscription:
    holder = AppUser(Owner("700100001", "700200001"), "app")
    now = datetime.now(UTC)
    return Subscription("subscription", holder, address, None, FilterSet((), ()), 60, now, now)


def run(work: Callable[[Delivery], Awaitable[None]]) -> None:
    async def within() -> None:
        delivery = Delivery(FaultInjector())
        async with delivery.running():
            await work(delivery)

    asyncio.run(within())


def test_failures_in_a_row_are_counted(webhook: Webhook) -> None:
    subscription = subscription_to(webhook.address)

    async def work(delivery: Delivery) -> None:
        for status, failures in [(200, 0), (500, 1), (204, 2), (200, 0), (404, 1)]:
            webhook.status = status
            await delivery.deliver(subscription, b"{}")
            assert subscription.failures == failures, status

    run(work)
    assert "verification-token" not in webhook.posted[0].headers, "none was asked for"


def test_a_webhook_that_is_gone_is_a_failure() -> None:
    with Webhook() as webhook:
        subscription = subscription_to(webhook.address)
    run(lambda delivery: delivery.deliver(subscription, b"{}"))
    assert subscription.failures == 1


def test_nothing_is_sent_unless_it_runs(webhook: Webhook) -> None:
    with pytest.raises(RuntimeError):
        asyncio.run(Delivery(FaultInjector()).deliver(subscription_to(webhook.address), b"{}"))
    assert webhook.posted == []
