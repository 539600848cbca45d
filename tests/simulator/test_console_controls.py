"""The control calls that a page needs: who is there, which calls are live, and what else its user may do."""

from typing import Any

import pytest

from tests.simulator.console import log_in, refresh
from tests.simulator.harness import ALICE, BOB, CARLA, RunningSimulator, error_of
from tests.simulator.webhook import Webhook

DAN = {"name": "Dan Dealer", "phoneNumber": "+12055550104"}
ME = "account/~/extension/~"


def calls_of(served: RunningSimulator, user: dict[str, str]) -> Any:
    query = {"accountId": user["accountId"], "extensionId": user["extensionId"]}
    response = served.client.get("/simulator/calls", params=query)
    assert response.status_code == 200, response.text
    return response.json()


def test_everybody_who_was_added_is_listed(served: RunningSimulator) -> None:
    assert served.control("users", method="GET").json() == []
    served.add_user(ALICE)
    served.add_user(BOB)
    served.add_user({**ALICE, "name": "Alice Adams"})
    assert served.control("users", method="GET").json() == [{**ALICE, "name": "Alice Adams"}, BOB]
    served.control("reset")
    assert served.control("users", method="GET").json() == []


class TestCalls:
    def test_live_calls_are_listed_with_the_conference_they_are_in(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        carla, dan, over = served.place_call(), served.place_call(direction="Inbound", remote=DAN), served.place_call()
        served.control(f"calls/{over['telephonySessionId']}/hangup", {"side": "remote"})
        conference = served.open_conference(token)
        served.bring_in(token, conference, dan)
        assert calls_of(served, ALICE) == [
            {**carla, "remote": CARLA, "conferenceId": None},
            {**dan, "remote": DAN, "conferenceId": conference},
        ]
        served.control(f"calls/{dan['telephonySessionId']}/hangup", {"side": "remote"})
        assert [call["partyId"] for call in calls_of(served, ALICE)] == [carla["partyId"]]

    def test_they_are_the_users_own(self, served: RunningSimulator) -> None:
        served.add_user(ALICE)
        served.add_user(BOB)
        served.place_call(remote={**CARLA, "extensionId": BOB["extensionId"]})
        assert calls_of(served, BOB) == []

    @pytest.mark.parametrize("query", [{}, ALICE, {"accountId": ALICE["accountId"]}])
    def test_nobodys_are_not_found(self, served: RunningSimulator, query: dict[str, str]) -> None:
        served.add_user(BOB)
        response = served.client.get("/simulator/calls", params=query)
        assert (response.status_code, list(response.json())) == (404, ["message"])


class TestExpire:
    WHO = {name: ALICE[name] for name in ("accountId", "extensionId")}  # noqa: RUF012 - never changed

    def test_all_access_tokens_of_a_user_expire(self, served: RunningSimulator) -> None:
        phone, console, bob = served.add_user(ALICE), log_in(served), served.add_user(BOB)
        assert served.control("tokens/expire", self.WHO).json() == {"tokens": 3}
        for token in (phone, console["access_token"]):
            assert error_of(served.api("GET", ME, token)) == (401, "OAU-128")
        assert served.api("GET", ME, bob).status_code == 200
        assert served.control("tokens/expire", self.WHO).json() == {"tokens": 0}

    def test_the_login_can_be_refreshed(self, served: RunningSimulator) -> None:
        old = log_in(served)
        served.control("tokens/expire", self.WHO)
        new = refresh(served, old["refresh_token"]).json()
        assert served.api("GET", ME, new["access_token"]).status_code == 200

    @pytest.mark.parametrize(("body", "status"), [(WHO, 404), ({}, 400), ({**WHO, "token": "x"}, 400)])
    def test_what_is_wrong_is_explained(self, served: RunningSimulator, body: dict[str, str], status: int) -> None:
        response = served.control("tokens/expire", body)
        assert (response.status_code, list(response.json())) == (status, ["message"])


class TestMute:
    def test_the_host_is_muted_with_an_event(
        self, served: RunningSimulator, webhook: Webhook, subscription: str, alice_token: str
    ) -> None:
        conference = served.open_conference(alice_token)
        before = len(webhook.wait(2))
        for muted in (True, True, False):
            events = served.control(f"calls/{conference}/mute", {"muted": muted}).json()
            [party] = served.api("GET", f"account/~/telephony/sessions/{conference}", alice_token).json()["parties"]
            assert party["muted"] is muted
        assert events == {"events": 1}
        told = webhook.wait(before + 2)[before:]
        assert [(p.event["sequence"], p.party["muted"], p.party["status"]["code"]) for p in told] == [
            (4, True, "Answered"),
            (5, False, "Answered"),
        ]

    def test_an_agent_is_muted_in_a_direct_call(
        self, served: RunningSimulator, webhook: Webhook, subscription: str, alice_token: str
    ) -> None:
        leg = served.place_call()
        path = f"calls/{leg['telephonySessionId']}/mute"
        assert served.control(path, {"muted": True}).json() == {"events": 1}
        last = webhook.wait(4)[-1]
        assert (last.party["id"], last.party["muted"]) == (leg["partyId"], True)
        assert served.control(path, {"muted": True}).json() == {"events": 0}

    def test_somebody_in_a_conference_cannot_be(self, served: RunningSimulator, alice_token: str) -> None:
        leg, conference = served.place_call(), served.open_conference(alice_token)
        served.bring_in(alice_token, conference, leg)
        response = served.control(f"calls/{leg['telephonySessionId']}/mute", {"muted": True})
        assert (response.status_code, list(response.json())) == (409, ["message"])

    def test_a_host_who_is_not_there_cannot_be(self, served: RunningSimulator, alice_token: str) -> None:
        conference = served.open_conference(alice_token, host_joined=False)
        assert served.control(f"calls/{conference}/mute", {"muted": True}).status_code == 409

    @pytest.mark.parametrize(("body", "status"), [({"muted": True}, 404), ({}, 400), ({"muted": "yes"}, 400)])
    def test_what_is_wrong_is_explained(self, served: RunningSimulator, body: dict[str, Any], status: int) -> None:
        response = served.control("calls/s-1/mute", body)
        assert (response.status_code, list(response.json())) == (status, ["message"])
