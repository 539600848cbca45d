"""The control calls for subscriptions, and the fault that refuses event filters."""

from typing import Any

import pytest

from tests.simulator.harness import (
    ACCOUNT,
    ACCOUNT_FILTER,
    ALICE,
    BOB,
    REMINDER,
    VERIFICATION_TOKEN,
    ManualClock,
    RunningSimulator,
)
from tests.simulator.webhook import Webhook

CONCRETE_FILTER = "/restapi/v1.0/account/700100001/telephony/sessions"


def act(served: RunningSimulator, subscription_id: str, action: str) -> dict[str, Any]:
    response = served.control(f"subscriptions/{subscription_id}/{action}")
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def test_everything_about_everybodys_subscriptions(
    served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock
) -> None:
    bad = "/restapi/v1.0/glip/posts"
    first = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, bad, REMINDER, expiresIn=600).json()["id"]
    others = [
        served.subscribe(token, webhook).json()["id"] for token in (served.add_user(BOB), served.log_in_service())
    ]
    seen = served.subscriptions()
    assert list(seen) == [first, *others]
    [disabled] = seen[first].pop("disabledFilters")
    assert (disabled["filter"], disabled["reason"]) == (bad, "SUB-508")
    assert seen[first] == {
        "id": first,
        "status": "Active",
        "address": webhook.address,
        "eventFilters": [CONCRETE_FILTER, REMINDER],
        "expirationTime": "2024-02-27T16:14:52.223Z",
        "accountId": ACCOUNT,
        "extensionId": ALICE["extensionId"],
        "failures": 0,
        "verificationToken": VERIFICATION_TOKEN,
    }
    assert [(seen[other]["extensionId"], seen[other]["disabledFilters"]) for other in others] == [
        (BOB["extensionId"], []),
        ("900200001", []),
    ]
    clock.advance(600)
    assert [one["status"] for one in served.subscriptions().values()] == ["Expired", "Active", "Active"]


def test_expiring(served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock) -> None:
    first, second = (served.subscribe(alice_token, webhook).json()["id"] for _ in range(2))
    served.control("faults", {"delayMs": 100}, "PUT")
    served.place_call()
    clock.advance(5)
    assert act(served, first, "expire")["status"] == "Expired"
    served.place_call()
    assert {p.json["subscriptionId"] for p in webhook.wait(6)} == {second}, "not even what was under way"
    clock.advance(5)
    assert act(served, first, "expire")["expirationTime"] == "2024-02-27T16:04:57.223Z", "it was over already"
    assert served.api("GET", f"subscription/{first}", alice_token).status_code == 404
    late = served.api("POST", f"subscription/{first}/renew", alice_token)
    assert (late.status_code, late.json()["errorCode"]) == (404, "SUB-507")
    assert served.control(f"subscriptions/{first}/suspend").status_code == 409


def test_suspending(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    first, second = (served.subscribe(alice_token, webhook).json()["id"] for _ in range(2))
    served.control("faults", {"delayMs": 100}, "PUT")
    served.place_call()
    assert act(served, first, "suspend")["status"] == "Blacklisted"
    served.place_call()
    assert {p.json["subscriptionId"] for p in webhook.wait(6)} == {second}, "not even what was under way"
    assert act(served, first, "suspend")["status"] == "Blacklisted"
    assert served.api("GET", f"subscription/{first}", alice_token).json()["blacklistedData"] == {
        "blacklistedAt": "2024-02-27T16:04:52.223Z",
        "reason": "I/O operation is failed. Details: [Read timed out]",
    }
    assert act(served, first, "expire")["status"] == "Expired"


def test_removing(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    first, second = (served.subscribe(alice_token, webhook).json()["id"] for _ in range(2))
    served.control("faults", {"delayMs": 100}, "PUT")
    served.place_call()
    assert act(served, first, "remove")["id"] == first
    assert list(served.subscriptions()) == [second]
    served.place_call()
    assert {p.json["subscriptionId"] for p in webhook.wait(6)} == {second}, "not even what was under way"
    gone = served.api("POST", f"subscription/{first}/renew", alice_token)
    assert (gone.status_code, gone.json()["errorCode"]) == (404, "CMN-102")
    assert served.control(f"subscriptions/{first}/remove").status_code == 404


class TestDisabledFilters:
    @pytest.fixture(autouse=True)
    def _fault(self, served: RunningSimulator) -> None:
        response = served.control("faults", {"disableFilters": ["statusCode=G[ao]", "/subscription/~"]}, "PUT")
        assert response.json()["disableFilters"] == ["statusCode=G[ao]", "/subscription/~"]

    def test_those_that_match_are_refused(self, served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
        gone = f"{ACCOUNT_FILTER}?statusCode=Gone"
        body = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, gone, REMINDER).json()
        assert body["eventFilters"] == [CONCRETE_FILTER]
        assert [(d["filter"], d["reason"]) for d in body["disabledFilters"]] == [
            (f"{CONCRETE_FILTER}?statusCode=Gone", "CMN-401"),
            (REMINDER, "CMN-401"),
        ]

    def test_updates_are_struck_and_what_is_there_is_not(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook
    ) -> None:
        served.control("faults", {}, "PUT")
        gone = f"{ACCOUNT_FILTER}?statusCode=Gone"
        path = f"subscription/{served.subscribe(alice_token, webhook, ACCOUNT_FILTER, gone).json()['id']}"
        served.control("faults", {"disableFilters": ["Gone"]}, "PUT")
        assert "disabledFilters" not in served.api("POST", f"{path}/renew", alice_token).json()
        body = served.api("PUT", path, alice_token, {"eventFilters": [ACCOUNT_FILTER, gone]}).json()
        assert [d["filter"] for d in body["disabledFilters"]] == [f"{CONCRETE_FILTER}?statusCode=Gone"]

    def test_with_none_left_there_is_no_subscription(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook
    ) -> None:
        response = served.subscribe(alice_token, webhook, f"{ACCOUNT_FILTER}?statusCode=Gone")
        assert (response.status_code, response.json()["errorCode"]) == (400, "SUB-508")
        assert webhook.handshakes == []

    def test_a_bad_filter_keeps_its_own_reason(
        self, served: RunningSimulator, alice_token: str, webhook: Webhook
    ) -> None:
        bad = "/restapi/v1.0/glip/posts?statusCode=Gone"
        [disabled] = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, bad).json()["disabledFilters"]
        assert disabled["reason"] == "SUB-508"

    def test_a_reset_ends_it(self, served: RunningSimulator, webhook: Webhook) -> None:
        served.control("reset")
        body = served.subscribe(served.log_in_service(), webhook, ACCOUNT_FILTER, REMINDER).json()
        assert "disabledFilters" not in body
