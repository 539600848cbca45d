"""Suspended subscriptions over HTTP: how one becomes so, how it looks, and what can be done about it."""

import pytest

from local.simulator import choices
from tests.simulator.harness import ALICE, ManualClock, RunningSimulator
from tests.simulator.webhook import Webhook

TIMED_OUT = "I/O operation is failed. Details: [Read timed out]"


@pytest.fixture
def own(served: RunningSimulator, alice_token: str, webhook: Webhook) -> str:
    """A subscription of Alice's own."""
    subscription_id: str = served.subscribe(alice_token, webhook, expiresIn=3600).json()["id"]
    return subscription_id


def test_failures_suspend_and_nothing_more_is_sent(
    served: RunningSimulator, alice_token: str, webhook: Webhook, own: str
) -> None:
    webhook.status = 404
    for _ in range(4):
        served.place_call()
    served.wait_for_subscription(own, status="Blacklisted", failures=choices.FAILURES_TO_SUSPEND)
    webhook.status = 200
    second = served.subscribe(alice_token, webhook).json()["id"]
    served.place_call()
    posted = [p.json["subscriptionId"] for p in webhook.wait(13)]
    assert posted == [own] * 10 + [second] * 3, "neither what waited nor what happened afterwards"

    body = served.api("GET", f"subscription/{own}", alice_token).json()
    assert body["status"] == "Blacklisted"
    assert body["blacklistedData"] == {
        "blacklistedAt": "2024-02-27T16:04:52.223Z",
        "reason": "Webhook responses with code: [404], reason: [Not Found]",
    }
    records = served.api("GET", "subscription", alice_token).json()["records"]
    assert [(r["id"], r["status"], "blacklistedData" in r) for r in records] == [
        (own, "Blacklisted", True),
        (second, "Active", False),
    ]


def test_failing_for_ten_minutes_suspends(
    served: RunningSimulator, alice_token: str, webhook: Webhook, own: str, clock: ManualClock
) -> None:
    webhook.status = 500
    served.place_call()
    served.wait_for_subscription(own, failures=3)
    clock.advance(599)
    served.place_call()
    served.wait_for_subscription(own, status="Active", failures=6)
    clock.advance(1)
    served.place_call()
    served.wait_for_subscription(own, status="Blacklisted", failures=7)


def test_nobody_else_is_suspended(served: RunningSimulator, alice_token: str, webhook: Webhook, own: str) -> None:
    with Webhook() as other:
        good = served.subscribe(alice_token, other).json()["id"]
        webhook.status = 503
        for _ in range(4):
            served.place_call()
        served.wait_for_subscription(own, status="Blacklisted")
        other.wait(12)
    assert served.subscriptions()[good]["status"] == "Active"


def test_renewing_and_updating_do_not_revive(
    served: RunningSimulator, alice_token: str, webhook: Webhook, own: str, clock: ManualClock
) -> None:
    served.control(f"subscriptions/{own}/suspend")
    clock.advance(100)
    path = f"subscription/{own}"
    for response in (
        served.api("POST", f"{path}/renew", alice_token),
        served.api("PUT", path, alice_token, {"expiresIn": 7200}),
    ):
        assert response.status_code == 200
        assert response.json()["status"] == "Blacklisted"
        assert response.json()["blacklistedData"] == {"blacklistedAt": "2024-02-27T16:04:52.223Z", "reason": TIMED_OUT}
    assert response.json()["expiresIn"] == 7200


def test_the_other_choice_lets_renewing_revive(
    served: RunningSimulator, alice_token: str, webhook: Webhook, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choices, "RENEWAL_REVIVES_SUSPENDED", True)
    served.control(f"subscriptions/{own}/suspend")
    body = served.api("POST", f"subscription/{own}/renew", alice_token).json()
    assert (body["status"], "blacklistedData" in body) == ("Active", False)
    served.place_call()
    webhook.wait(3)


def test_deleting_and_creating_again_is_the_way_out(
    served: RunningSimulator, alice_token: str, webhook: Webhook, own: str
) -> None:
    served.control(f"subscriptions/{own}/suspend")
    assert served.api("DELETE", f"subscription/{own}", alice_token).status_code == 204
    body = served.subscribe(alice_token, webhook).json()
    assert (body["status"], "blacklistedData" in body) == ("Active", False)
    served.place_call()
    assert {p.json["subscriptionId"] for p in webhook.wait(3)} == {body["id"]}


def test_a_suspended_one_counts_among_the_thirty(
    served: RunningSimulator, alice_token: str, webhook: Webhook, own: str
) -> None:
    served.control(f"subscriptions/{own}/suspend")
    for _ in range(29):
        assert served.subscribe(alice_token, webhook).status_code == 200
    assert served.subscribe(alice_token, webhook).json()["errorCode"] == "SUB-505"


class TestReset:
    def test_it_forgets_the_services_failures(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook, subscription: str
    ) -> None:
        webhook.status = 500
        for _ in range(3):
            served.place_call()
        served.wait_for_subscription(subscription, failures=9)
        served.control("reset")
        assert served.subscriptions()[subscription]["failures"] == 0
        served.add_user(ALICE)
        served.place_call()
        served.wait_for_subscription(subscription, status="Active", failures=3)

    def test_it_does_not_revive_the_services_subscription(
        self, served: RunningSimulator, webhook: Webhook, subscription: str
    ) -> None:
        served.control(f"subscriptions/{subscription}/suspend")
        served.control("reset")
        assert served.subscriptions()[subscription]["status"] == "Blacklisted"
