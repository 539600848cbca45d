"""RingCentral's own Python SDK finds nothing missing: a conference from beginning to end, as an app would drive it."""

from typing import Any

import pytest
from ringcentral import SDK
from ringcentral.http.api_exception import ApiException

from local.simulator import service_login
from tests.simulator.harness import ACCOUNT_FILTER, CARLA, VERIFICATION_TOKEN, RunningSimulator
from tests.simulator.webhook import Webhook

SESSIONS = "/restapi/v1.0/account/~/telephony/sessions"


@pytest.fixture
def platform(served: RunningSimulator) -> Any:
    """The SDK, logged in with the service's JWT."""
    platform = SDK(service_login.CLIENT_ID, service_login.CLIENT_SECRET, served.url).platform()
    platform.login(jwt=service_login.JWT)
    return platform


def test_a_conference_driven_by_the_sdk(served: RunningSimulator, webhook: Webhook, platform: Any) -> None:
    me = platform.get("/restapi/v1.0/account/~/extension/~").json_dict()
    assert str(me["id"]) == service_login.EXTENSION_ID

    mode = {"transportType": "WebHook", "address": webhook.address, "verificationToken": VERIFICATION_TOKEN}
    subscription = platform.post(
        "/restapi/v1.0/subscription", {"eventFilters": [ACCOUNT_FILTER], "deliveryMode": mode}
    ).json_dict()
    assert subscription["status"] == "Active"

    host = {"accountId": service_login.ACCOUNT_ID, "extensionId": service_login.EXTENSION_ID}
    leg = served.place_call(host, "Inbound", CARLA)
    conference = platform.post("/restapi/v1.0/account/~/telephony/conference").json_dict()["session"]["id"]
    assert served.control(f"conferences/{conference}/host-join").status_code == 200
    body = {"sessionId": leg["telephonySessionId"], "partyId": leg["partyId"]}
    guest = platform.post(f"{SESSIONS}/{conference}/parties/bring-in", body).json_dict()
    session = platform.get(f"{SESSIONS}/{conference}").json_dict()
    assert [party["status"]["code"] for party in session["parties"]] == ["Answered", "Gone"]

    removed = platform.delete(f"{SESSIONS}/{conference}/parties/{guest['id']}")
    assert removed.response().status_code == 204
    with pytest.raises(ApiException) as caught:
        platform.delete(f"{SESSIONS}/{conference}/parties/{guest['id']}")
    assert caught.value.api_response().response().status_code == 404

    posted = webhook.wait(7)
    assert [(p.event["telephonySessionId"] == conference, *p.gist) for p in posted] == [
        (False, 3, "2", "Setup"),
        (False, 5, "2", "Proceeding"),
        (False, 6, "2", "Answered"),
        (True, 2, "1", "Setup"),
        (True, 3, "1", "Answered"),
        (False, 7, "2", "Gone"),
        (False, 8, "2", "Disconnected"),
    ]
    assert posted[5].party["status"]["peerId"]["partyId"] == guest["id"]
    assert posted[5].party["from"]["name"] == "Carla Customer"


def test_the_sdk_can_refresh_its_login(platform: Any) -> None:
    before = platform.auth().access_token()
    platform.refresh()
    assert platform.auth().access_token() != before
    assert platform.get("/restapi/v1.0/subscription").json_dict()["records"] == []


def test_the_sdk_can_log_out(served: RunningSimulator, platform: Any) -> None:
    token = platform.auth().access_token()
    platform.logout()
    assert served.api("GET", "subscription", token).status_code == 401
