"""The control calls over HTTP, and what the simulator forgets and keeps."""

from typing import Any

import pytest

from local.simulator import service_login
from tests.simulator.harness import ALICE, BOB, RunningSimulator
from tests.simulator.webhook import Webhook

CALL = {"accountId": ALICE["accountId"], "extensionId": ALICE["extensionId"], "direction": "Outbound"}
REMOTE = {"name": "Carla Customer", "phoneNumber": "+12055550103"}


def test_the_same_user_again_gets_another_token(served: RunningSimulator) -> None:
    first, second = (served.control("users", ALICE).json() for _ in range(2))
    assert first.pop("accessToken") != second.pop("accessToken")
    assert first == second
    assert {name: first[name] for name in ALICE} == ALICE


def test_an_admin_may_end_a_colleagues_call(served: RunningSimulator) -> None:
    served.add_user(ALICE)
    leg = served.place_call()
    admin = served.add_user({**BOB, "admin": True})
    path = f"account/~/telephony/sessions/{leg['telephonySessionId']}/parties/{leg['partyId']}"
    assert served.api("DELETE", path, admin).status_code == 204


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "users", {}),
        ("POST", "users", {**ALICE, "name": ""}),
        ("POST", "users", {**ALICE, "accountId": 7}),
        ("POST", "users", {**ALICE, "colour": "red"}),
        ("POST", "calls", {**CALL}),
        ("POST", "calls", {**CALL, "direction": "Sideways", "remote": REMOTE}),
        ("POST", "calls", {**CALL, "remote": {"name": "Carla"}}),
        ("POST", "calls", {**CALL, "remote": {**REMOTE, "extensionId": ALICE["extensionId"]}}),
        ("POST", "calls/s-1/hangup", {"side": "both"}),
        ("POST", "conferences/s-1/host-leave", {"keepConferenceAlive": "yes"}),
        ("PUT", "faults", {"drop": 1.5}),
        ("PUT", "faults", {"delayMs": -1}),
        ("PUT", "faults", {"droop": 1}),
        ("PUT", "faults", {"disableFilters": ["("]}),
        ("PUT", "faults", {"disableFilters": [""]}),
        ("PUT", "faults", {"api": [{"method": "GET", "pathPattern": "(", "status": 500, "times": 1}]}),
        ("PUT", "faults", {"api": [{"method": "GET", "pathPattern": "x", "status": 200, "times": 1}]}),
        ("PUT", "faults", {"api": [{"method": "GET", "pathPattern": "x", "status": 500}]}),
    ],
)
def test_bad_input_is_explained(served: RunningSimulator, method: str, path: str, body: dict[str, Any]) -> None:
    served.add_user(ALICE)
    response = served.control(path, body, method)
    assert response.status_code == 400
    assert list(response.json()) == ["message"]


def test_a_body_that_is_not_json_is_explained(served: RunningSimulator) -> None:
    response = served.client.post("/simulator/users", content=b"name=Alice")
    assert (response.status_code, list(response.json())) == (400, ["message"])


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("calls", {**CALL, "remote": REMOTE}),
        ("calls/s-1/hangup", {"side": "agent"}),
        ("conferences/s-1/host-join", None),
        ("conferences/s-1/host-leave", None),
        ("subscriptions/unknown/expire", None),
        ("subscriptions/unknown/suspend", None),
        ("subscriptions/unknown/remove", None),
    ],
)
def test_what_is_unknown_is_not_found(served: RunningSimulator, path: str, body: dict[str, Any] | None) -> None:
    response = served.control(path, body)
    assert (response.status_code, list(response.json())) == (404, ["message"])


def test_a_host_who_has_not_joined_cannot_leave(served: RunningSimulator) -> None:
    conference = served.open_conference(served.add_user(ALICE), host_joined=False)
    response = served.control(f"conferences/{conference}/host-leave")
    assert (response.status_code, list(response.json())) == (409, ["message"])


def test_every_api_request_is_logged(served: RunningSimulator) -> None:
    token = served.add_user(ALICE)
    served.api("GET", "account/~/extension/~", token)
    served.api("GET", "subscription?page=1", "wrong")
    served.api("PATCH", "nowhere", token)
    served.log_in_service()
    at = "2024-02-27T16:04:52.223Z"
    nobody = {"accountId": None, "extensionId": None, "at": at}
    assert served.control("requests", method="GET").json() == [
        {
            "method": "GET",
            "path": "/restapi/v1.0/account/~/extension/~",
            "status": 200,
            "accountId": ALICE["accountId"],
            "extensionId": ALICE["extensionId"],
            "at": at,
        },
        {"method": "GET", "path": "/restapi/v1.0/subscription", "status": 401, **nobody},
        {"method": "PATCH", "path": "/restapi/v1.0/nowhere", "status": 404, **nobody},
        {"method": "POST", "path": "/restapi/oauth/token", "status": 200, **nobody},
    ]


def test_an_api_fault_changes_nothing_and_is_used_up(served: RunningSimulator) -> None:
    token = served.add_user(ALICE)
    leg = served.place_call()
    path = f"account/~/telephony/sessions/{leg['telephonySessionId']}/parties/{leg['partyId']}"
    fault = {"method": "DELETE", "pathPattern": "/parties/p-", "status": 503, "retryAfter": 7, "times": 2}
    answer = served.control("faults", {"api": [fault]}, "PUT")
    lists = {"api": [fault], "disableFilters": [], "missingPermissions": []}
    assert answer.status_code == 200
    assert answer.json() == {
        "duplicate": 0,
        "reorder": 0,
        "drop": 0,
        "delayMs": 0,
        "restLagMs": 0,
        "seed": None,
        **lists,
    }

    for _ in range(2):
        response = served.api("DELETE", path, token)
        assert (response.status_code, response.headers["retry-after"]) == (503, "7")
        assert response.json()["errors"][0]["errorCode"] == response.json()["errorCode"] == "CMN-201"
        assert served.api("GET", path, token).json()["status"]["code"] == "Answered"
    assert served.api("DELETE", path, token).status_code == 204
    log = [(r["method"], r["status"], r["extensionId"]) for r in served.control("requests", method="GET").json()]
    assert [entry for entry in log if entry[0] == "DELETE"] == [
        ("DELETE", 503, ALICE["extensionId"]),
        ("DELETE", 503, ALICE["extensionId"]),
        ("DELETE", 204, ALICE["extensionId"]),
    ]


@pytest.mark.parametrize(("status", "code"), [(401, "OAU-128"), (429, "CMN-301"), (418, "CMN-101"), (599, "CMN-203")])
def test_a_fault_may_have_any_error_status(served: RunningSimulator, status: int, code: str) -> None:
    fault = {"method": "GET", "pathPattern": "extension", "status": status, "times": 1}
    served.control("faults", {"api": [fault]}, "PUT")
    response = served.api("GET", "account/~/extension/~", served.add_user(ALICE))
    assert (response.status_code, response.json()["errorCode"]) == (status, code)
    assert "retry-after" not in response.headers


class TestReset:
    def test_it_forgets_users_sessions_requests_and_faults(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        leg = served.place_call()
        served.api("GET", "account/~/extension/~", token)
        fault = {"method": "GET", "pathPattern": ".", "status": 500, "times": 9}
        served.control("faults", {"api": [fault]}, "PUT")
        assert served.control("reset").status_code == 204
        assert served.control("requests", method="GET").json() == []
        response = served.api("GET", "account/~/extension/~", token)
        assert (response.status_code, response.json()["errorCode"]) == (401, "OAU-213")
        assert served.control(f"calls/{leg['telephonySessionId']}/hangup", {"side": "agent"}).status_code == 404
        assert served.control("calls", {**CALL, "remote": REMOTE}).status_code == 404
        served.add_user(ALICE)
        assert served.api("GET", "account/~/extension/~", token).status_code == 401, "an old token stays void"

    def test_it_keeps_the_services_login_and_subscription_only(
        self, served: RunningSimulator, webhook: Webhook
    ) -> None:
        service, alice = served.log_in_service(), served.add_user(ALICE)
        kept = served.subscribe(service, webhook).json()["id"]
        served.subscribe(alice, webhook)
        served.control("reset")
        [record] = served.api("GET", "subscription", service).json()["records"]
        assert record["id"] == kept
        alice = served.add_user(ALICE)
        assert served.api("GET", "subscription", alice).json()["records"] == []
        served.place_call()
        assert {p.json["subscriptionId"] for p in webhook.wait(3)} == {kept}

    def test_it_forgets_rate_limits(self, served: RunningSimulator) -> None:
        token = served.log_in_service()
        for _ in range(11):
            last = served.api("POST", "account/~/telephony/conference", token)
        assert last.status_code == 429
        served.control("reset")
        assert served.api("POST", "account/~/telephony/conference", token).status_code == 201


def test_the_service_is_a_user_with_a_phone(served: RunningSimulator) -> None:
    leg = served.place_call({"accountId": service_login.ACCOUNT_ID, "extensionId": service_login.EXTENSION_ID})
    assert leg["partyId"].endswith("-1")
