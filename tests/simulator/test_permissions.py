"""What an app may not do without a permission, and how it is told."""

import pytest

from local.simulator import service_login
from tests.simulator.harness import ALICE, RunningSimulator
from tests.simulator.webhook import Webhook

JWT = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
REQUESTS = {
    "CallControl": ("GET", "account/~/telephony/sessions/s-nothing", 404),
    "ReadAccounts": ("GET", "account/~/extension/~", 200),
    "SubscriptionWebhook": ("POST", "subscription", 400),
}


@pytest.mark.parametrize("permission", REQUESTS)
def test_a_missing_permission_is_named(served: RunningSimulator, permission: str) -> None:
    token = served.add_user(ALICE)
    served.control("faults", {"missingPermissions": [permission]}, "PUT").raise_for_status()
    for name, (method, path, status) in REQUESTS.items():
        response = served.api(method, path, token)
        if name != permission:
            assert response.status_code == status
            continue
        body = response.json()
        assert (response.status_code, body["errorCode"]) == (403, "InsufficientPermissions")
        assert body["permissionName"] == body["errors"][0]["permissionName"] == permission
        assert body["errors"][0]["errorCode"] == "CMN-401"
        assert f"[{permission}]" in body["message"]


@pytest.mark.parametrize("permission", REQUESTS)
def test_a_token_tells_what_its_app_has(served: RunningSimulator, permission: str) -> None:
    assert set(served.token_request(JWT).json()["scope"].split()) == set(REQUESTS)
    served.control("faults", {"missingPermissions": [permission]}, "PUT").raise_for_status()
    assert set(served.token_request(JWT).json()["scope"].split()) == set(REQUESTS) - {permission}


def test_subscriptions_can_be_read_without_the_permission_to_make_them(
    served: RunningSimulator, webhook: Webhook
) -> None:
    token = served.log_in_service()
    served.subscribe(token, webhook).raise_for_status()
    served.control("faults", {"missingPermissions": ["SubscriptionWebhook"]}, "PUT").raise_for_status()
    assert len(served.api("GET", "subscription", token).json()["records"]) == 1


def test_an_unknown_permission_is_a_wrong_body(served: RunningSimulator) -> None:
    assert served.control("faults", {"missingPermissions": ["Everything"]}, "PUT").status_code == 400
