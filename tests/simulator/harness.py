"""What the simulator's tests run with: fictional users, a clock to turn, and shorthands for asking a simulator."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from local.simulator import service_login
from tests.simulator.webhook import Webhook

VERIFICATION_TOKEN = "verification-token-of-the-tests"
ACCOUNT = "700100001"
ALICE = {"accountId": ACCOUNT, "extensionId": "700200001", "name": "Alice Agent", "phoneNumber": "+12055550101"}
BOB = {"accountId": ACCOUNT, "extensionId": "700200002", "name": "Bob Bailey", "phoneNumber": "+12055550102"}
CARLA = {"name": "Carla Customer", "phoneNumber": "+12055550103"}
ACCOUNT_FILTER = "/restapi/v1.0/account/~/telephony/sessions"
REMINDER = "/restapi/v1.0/subscription/~?threshold=60&interval=15"


class ManualClock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.now = datetime(2024, 2, 27, 16, 4, 52, 223000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class RunningSimulator:
    """A simulator that serves on a port, and shorthands for asking it."""

    url: str
    client: httpx.Client

    def control(self, path: str, body: Mapping[str, Any] | None = None, method: str = "POST") -> httpx.Response:
        return self.client.request(method, f"/simulator/{path}", json=body)

    def add_user(self, user: Mapping[str, Any]) -> str:
        """Add a user and answer a token of theirs."""
        response = self.control("users", user)
        assert response.status_code == 201, response.text
        token: str = response.json()["accessToken"]
        return token

    def place_call(
        self, user: Mapping[str, Any] = ALICE, direction: str = "Outbound", remote: Mapping[str, Any] = CARLA
    ) -> dict[str, str]:
        body = {"accountId": user["accountId"], "extensionId": user["extensionId"]}
        response = self.control("calls", {**body, "direction": direction, "remote": remote})
        assert response.status_code == 201, response.text
        leg: dict[str, str] = response.json()
        return leg

    def api(self, method: str, path: str, token: str, body: Any = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.client.request(method, f"/restapi/v1.0/{path}", headers=headers, json=body)

    def log_in_service(self) -> str:
        response = self.token_request(
            {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        )
        assert response.status_code == 200, response.text
        token: str = response.json()["access_token"]
        return token

    def token_request(self, form: Mapping[str, str], secret: str = service_login.CLIENT_SECRET) -> httpx.Response:
        return self.client.post("/restapi/oauth/token", data=form, auth=(service_login.CLIENT_ID, secret))

    def subscribe(self, token: str, webhook: Webhook, *filters: str, **fields: Any) -> httpx.Response:
        mode = {"transportType": "WebHook", "address": webhook.address, "verificationToken": VERIFICATION_TOKEN}
        body = {"eventFilters": list(filters) or [ACCOUNT_FILTER], "deliveryMode": mode, **fields}
        return self.api("POST", "subscription", token, body)

    def subscriptions(self) -> dict[str, Any]:
        """What the control calls say of every subscription, by its id, oldest first."""
        response = self.control("subscriptions", method="GET")
        assert response.status_code == 200, response.text
        return {one["id"]: one for one in response.json()}

    def wait_for_subscription(self, subscription_id: str, **expected: Any) -> dict[str, Any]:
        """What the control calls say of a subscription, once it is as expected."""
        give_up_at = time.monotonic() + 5
        while True:
            seen: dict[str, Any] = self.subscriptions()[subscription_id]
            if expected.items() <= seen.items():
                return seen
            assert time.monotonic() < give_up_at, seen
            time.sleep(0.005)

    def open_conference(self, token: str, *, host_joined: bool = True) -> str:
        response = self.api("POST", "account/~/telephony/conference", token)
        assert response.status_code == 201, response.text
        conference: str = response.json()["session"]["id"]
        if host_joined:
            assert self.control(f"conferences/{conference}/host-join").status_code == 200
        return conference

    def bring_in(self, token: str, conference: str, leg: Mapping[str, str]) -> httpx.Response:
        body = {"sessionId": leg["telephonySessionId"], "partyId": leg["partyId"]}
        return self.api("POST", f"account/~/telephony/sessions/{conference}/parties/bring-in", token, body)


def error_of(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert body["errors"][0]["errorCode"] == body["errorCode"]
    assert body["errors"][0]["message"] == body["message"]
    return response.status_code, body["errorCode"]
