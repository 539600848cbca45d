"""Subscriptions over HTTP: the handshake, their life and their limits."""

from typing import Any

import httpx
import pytest

from tests.simulator.harness import (
    ACCOUNT_FILTER,
    BOB,
    REMINDER,
    VERIFICATION_TOKEN,
    ManualClock,
    RunningSimulator,
)
from tests.simulator.webhook import Webhook

CONCRETE_FILTER = "/restapi/v1.0/account/700100001/telephony/sessions"


def refused(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["errorCode"]


def test_a_new_subscription(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    response = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, REMINDER, expiresIn=3600)
    assert response.status_code == 200
    body = response.json()
    assert body.pop("uri") == f"{served.url}/restapi/v1.0/subscription/{body.pop('id')}"
    assert body == {
        "eventFilters": [CONCRETE_FILTER, REMINDER],
        "creationTime": "2024-02-27T16:04:52.223Z",
        "expirationTime": "2024-02-27T17:04:52.223Z",
        "expiresIn": 3600,
        "status": "Active",
        "deliveryMode": {"transportType": "WebHook", "address": webhook.address, "encryption": False},
    }
    assert VERIFICATION_TOKEN not in response.text


def test_the_handshake_comes_first_and_carries_a_validation_token(
    served: RunningSimulator, alice_token: str, webhook: Webhook
) -> None:
    served.subscribe(alice_token, webhook)
    served.subscribe(alice_token, webhook)
    first, second = webhook.handshakes
    assert first.body == b""
    assert "verification-token" not in first.headers
    assert first.headers["validation-token"] != second.headers["validation-token"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"status": 204}, "SUB-522"),
        ({"echo": False}, "SUB-525"),
        ({"handshake_headers": {}}, "SUB-525"),
        ({"handshake_body": b" " * 1000}, "SUB-525"),
        ({"delay": 3.2}, "CMN-101"),
    ],
    ids=["status", "no-echo", "no-content-type", "too-large", "too-late"],
)
def test_a_handshake_that_fails(
    served: RunningSimulator, alice_token: str, webhook: Webhook, answer: dict[str, Any], code: str
) -> None:
    for name, value in answer.items():
        setattr(webhook, name, value)
    assert refused(served.subscribe(alice_token, webhook)) == (400, code)
    assert served.api("GET", "subscription", alice_token).json()["records"] == []


def test_a_webhook_that_is_not_there(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    with Webhook() as other:
        pass
    response = served.subscribe(alice_token, other)
    assert refused(response) == (400, "CMN-101")
    assert response.json()["errors"][0]["parameterName"] == "deliveryMode.address"


def test_good_filters_do_not_suffer_from_bad_ones(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    body = served.subscribe(alice_token, webhook, ACCOUNT_FILTER, "/restapi/v1.0/glip/posts").json()
    assert body["eventFilters"] == [CONCRETE_FILTER]
    [disabled] = body["disabledFilters"]
    assert disabled["filter"] == "/restapi/v1.0/glip/posts"
    assert disabled["reason"]


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        (["/restapi/v1.0/glip/posts"], (400, "SUB-508")),
        ([REMINDER], (400, "SUB-515")),
        (["/restapi/v1.0/account/700100002/telephony/sessions"], (403, "SUB-406")),
    ],
)
def test_filters_that_are_of_no_use(
    served: RunningSimulator, alice_token: str, webhook: Webhook, filters: list[str], error: tuple[int, str]
) -> None:
    assert refused(served.subscribe(alice_token, webhook, *filters)) == error
    assert webhook.handshakes == []


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"expiresIn": 0}, "expiresIn"),
        ({"expiresIn": 315_360_001}, "expiresIn"),
        ({"eventFilters": []}, "eventFilters"),
        ({"deliveryMode": {"address": "http://127.0.0.1/"}}, "deliveryMode.transportType"),
        ({"deliveryMode": {"transportType": "PubNub", "address": "x"}}, "deliveryMode.transportType"),
        (
            {"deliveryMode": {"transportType": "WebHook", "address": "http://127.0.0.1/", "verificationToken": "a b"}},
            "deliveryMode.verificationToken",
        ),
    ],
)
def test_parameters_that_are_wrong(
    served: RunningSimulator, alice_token: str, webhook: Webhook, change: dict[str, Any], parameter: str
) -> None:
    response = served.subscribe(alice_token, webhook, **change)
    assert refused(response) == (400, "CMN-101")
    assert response.json()["errors"][0]["parameterName"] == parameter


def test_a_subscription_belongs_to_its_user(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    subscription = served.subscribe(alice_token, webhook).json()
    path = f"subscription/{subscription['id']}"
    assert served.api("GET", path, alice_token).json() == subscription
    assert served.api("GET", "subscription", alice_token).json()["records"] == [subscription]
    bob = served.add_user(BOB)
    assert served.api("GET", "subscription", bob).json()["records"] == []
    for method, one in [("GET", path), ("PUT", path), ("DELETE", path), ("POST", f"{path}/renew")]:
        assert refused(served.api(method, one, bob)) == (404, "CMN-102")


def test_a_deleted_subscription_is_gone_and_gets_nothing(
    served: RunningSimulator, alice_token: str, webhook: Webhook
) -> None:
    first = served.subscribe(alice_token, webhook).json()["id"]
    second = served.subscribe(alice_token, webhook).json()["id"]
    served.control("faults", {"delayMs": 150}, "PUT")
    served.place_call()
    assert served.api("DELETE", f"subscription/{first}", alice_token).status_code == 204
    assert refused(served.api("GET", f"subscription/{first}", alice_token)) == (404, "CMN-102")
    served.place_call()
    assert {p.json["subscriptionId"] for p in webhook.wait(6)} == {second}, "not even what was under way"


def test_renewing_begins_the_same_lifetime_anew(
    served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock
) -> None:
    path = f"subscription/{served.subscribe(alice_token, webhook, expiresIn=600).json()['id']}"
    clock.advance(500)
    assert served.api("GET", path, alice_token).json()["expiresIn"] == 100
    assert served.api("POST", f"{path}/renew", alice_token).json()["expiresIn"] == 600
    clock.advance(500)
    assert served.api("PUT", path, alice_token).json()["expiresIn"] == 600
    assert served.api("PUT", path, alice_token, {"expiresIn": 60}).json()["expiresIn"] == 60


def test_an_update_replaces_the_filters(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    path = f"subscription/{served.subscribe(alice_token, webhook).json()['id']}"
    body = served.api("PUT", path, alice_token, {"eventFilters": [f"{ACCOUNT_FILTER}?statusCode=Answered"]}).json()
    assert body["eventFilters"] == [f"{CONCRETE_FILTER}?statusCode=Answered"]
    served.place_call()
    served.place_call()
    assert [p.gist for p in webhook.wait(2)] == [(6, "1", "Answered")] * 2


def test_an_expired_subscription_is_over(
    served: RunningSimulator, alice_token: str, webhook: Webhook, clock: ManualClock
) -> None:
    path = f"subscription/{served.subscribe(alice_token, webhook, expiresIn=60).json()['id']}"
    clock.advance(60)
    assert refused(served.api("POST", f"{path}/renew", alice_token)) == (404, "SUB-507")
    assert refused(served.api("POST", "subscription/unknown/renew", alice_token)) == (404, "CMN-102")
    assert refused(served.api("GET", path, alice_token)) == (404, "CMN-102")
    served.place_call()
    second = served.subscribe(alice_token, webhook).json()["id"]
    served.place_call()
    assert {p.json["subscriptionId"] for p in webhook.wait(3)} == {second}


def test_a_user_has_thirty_subscriptions_at_most(served: RunningSimulator, alice_token: str, webhook: Webhook) -> None:
    for _ in range(30):
        assert served.subscribe(alice_token, webhook).status_code == 200
    assert refused(served.subscribe(alice_token, webhook)) == (403, "SUB-505")
    assert served.subscribe(served.add_user(BOB), webhook).status_code == 200
