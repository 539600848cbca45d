"""Reminders that a subscription is about to expire: when they are due, and how they arrive."""

from datetime import datetime, timedelta

import pytest

from local.simulator import choices
from local.simulator.filter_sets import read_filters
from local.simulator.filters import ReminderFilter
from local.simulator.simulator import Simulator
from local.simulator.subscriptions import Subscription
from local.simulator.users import AppUser, User
from tests.simulator.harness import (
    ACCOUNT_FILTER,
    ALICE,
    REMINDER,
    VERIFICATION_TOKEN,
    ManualClock,
    RunningSimulator,
)
from tests.simulator.webhook import Webhook


class TestWhenTheyAreDue:
    LIFETIME = 600

    @pytest.fixture
    def end(self, clock: ManualClock) -> datetime:
        return clock.now + timedelta(seconds=self.LIFETIME)

    @pytest.mark.parametrize(
        ("after", "until", "due"),
        [
            (600, 60.1, False),
            (60.1, 60, True),
            (60, 60, False),
            (60, 45.1, False),
            (60, 45, True),
            (60, 44, True),
            (44, 30.1, False),
            (600, 1, True),
            (20, 15, True),
            (15, 0.1, False),
            (15, 0, False),
            (600, -1, False),
        ],
        ids=str,
    )
    def test_from_the_threshold_on_at_every_interval(
        self, end: datetime, after: float, until: float, due: bool
    ) -> None:
        reminder = ReminderFilter(REMINDER, 60, 15)
        moments = (end - timedelta(seconds=left) for left in (after, until))
        assert reminder.is_due(end, *moments) is due

    def test_only_active_subscriptions_are_reminded(
        self, simulator: Simulator, alice: User, clock: ManualClock, end: datetime
    ) -> None:
        created_at = clock.now
        subscriptions = [self.subscribe(simulator, alice) for _ in range(4)]
        plain, suspended, removed, kept = subscriptions
        plain.filters = read_filters([ACCOUNT_FILTER], alice, self.LIFETIME, lambda _: False)
        simulator.subscriptions.suspend(suspended, "why")
        simulator.subscriptions.delete(removed)
        clock.advance(self.LIFETIME - 60)
        [(reminded, reminder)] = simulator.subscriptions.due_reminders(created_at, clock.now)
        assert (reminded.id, reminder.uri) == (kept.id, REMINDER)

    def subscribe(self, simulator: Simulator, user: User) -> Subscription:
        filters = read_filters([ACCOUNT_FILTER, REMINDER], user, self.LIFETIME, lambda _: False)
        holder = AppUser(user.owner, "app")
        return simulator.subscriptions.create(holder, "http://127.0.0.1/", None, filters, self.LIFETIME)


class TestArrivals:
    @pytest.fixture(autouse=True)
    def _short_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(choices, "REMINDER_LOOK_SECONDS", 0.01)

    def test_a_reminder_is_an_ordinary_notification_without_body(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock
    ) -> None:
        subscription = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, REMINDER, expiresIn=600).json()
        clock.advance(540)
        [reminder] = webhook.wait(1)
        assert reminder.headers["verification-token"] == VERIFICATION_TOKEN
        assert reminder.headers["content-type"] == "application/json; charset=UTF-8"
        envelope = reminder.json
        assert envelope.pop("uuid").isdecimal()
        assert envelope == {
            "event": REMINDER,
            "timestamp": "2024-02-27T16:13:52.223Z",
            "subscriptionId": subscription["id"],
            "ownerId": ALICE["extensionId"],
        }

    def test_they_come_at_every_interval_until_a_renewal(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock
    ) -> None:
        renewed, other = (
            served.subscribe(alice_token, webhook, ACCOUNT_FILTER, REMINDER, expiresIn=600).json()["id"]
            for _ in range(2)
        )
        for number, seconds in enumerate((540, 15), start=1):
            clock.advance(seconds)
            webhook.wait(2 * number)
        assert served.api("POST", f"subscription/{renewed}/renew", alice_token).status_code == 200
        clock.advance(15)
        webhook.wait(5)
        served.place_call()
        events = [(p.json["subscriptionId"], p.json["event"] == REMINDER) for p in webhook.wait(11)]
        assert events.count((renewed, True)) == 2
        assert events.count((other, True)) == 3
        assert events.count((renewed, False)) == events.count((other, False)) == 3

    def test_there_are_none_after_the_end(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock
    ) -> None:
        expired, other = (
            served.subscribe(alice_token, webhook, ACCOUNT_FILTER, REMINDER, expiresIn=seconds).json()["id"]
            for seconds in (600, 660)
        )
        clock.advance(585)
        webhook.wait(1)
        clock.advance(15)
        assert [p.json["subscriptionId"] for p in webhook.wait(2)] == [expired, other]
        clock.advance(15)
        assert [p.json["subscriptionId"] for p in webhook.wait(3)] == [expired, other, other]

    def test_out_of_bounds_they_are_refused(self, served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
        body = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, REMINDER, expiresIn=119).json()
        [disabled] = body["disabledFilters"]
        assert disabled["filter"] == REMINDER
        assert disabled["reason"] == "SUB-508"
        assert REMINDER not in body["eventFilters"]
        path = f"subscription/{body['id']}"
        again = served.api("PUT", path, alice_token, {"eventFilters": [ACCOUNT_FILTER, REMINDER], "expiresIn": 120})
        assert again.json()["eventFilters"][1:] == [REMINDER]
        assert "disabledFilters" not in again.json()
