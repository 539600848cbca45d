"""The API over HTTP: shapes of answers and errors."""

import pytest

from tests.simulator.harness import ALICE, BOB, ManualClock, RunningSimulator, error_of

STRANGER = {"accountId": "700100002", "extensionId": "700200009", "name": "Sam", "phoneNumber": "+12055550109"}


class TestShapes:
    def test_an_extension(self, served: RunningSimulator) -> None:
        body = served.api("GET", "account/~/extension/~", served.add_user(ALICE)).json()
        assert (body["id"], body["name"], body["account"]["id"]) == (700200001, "Alice Agent", "700100001")
        assert body["extensionNumber"].isdecimal()
        assert body["contact"] == {"firstName": "Alice", "lastName": "Agent", "businessPhone": "+12055550101"}
        assert body["permissions"]["admin"]["enabled"] is False
        assert served.api("GET", "account/700100001/extension/700200001", served.add_user(ALICE)).json() == body

    def test_a_new_conference_is_wrapped(self, served: RunningSimulator) -> None:
        response = served.api("POST", "account/~/telephony/conference", served.add_user(ALICE))
        assert response.status_code == 201
        session = response.json()["session"]
        assert session.pop("id").startswith("s-")
        assert session.pop("voiceCallToken").startswith("conf_")
        assert session == {"creationTime": "2024-02-27T16:04:52Z", "origin": {"type": "Conference"}, "parties": []}

    def test_a_conference_with_its_host_and_a_participant(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        leg = served.place_call()
        conference = served.open_conference(token)
        response = served.bring_in(token, conference, leg)
        assert response.status_code == 201
        guest = response.json()
        device = guest["from"].pop("deviceId")
        number = {"extensionId": "700200001", "phoneNumber": "+12055550101"}
        expected = {
            "id": f"p{conference[1:]}-2",
            "attributes": {},
            "conferenceRole": "Participant",
            "direction": "Inbound",
            "from": number,
            "to": {"name": "Conference", "phoneNumber": "conference"},
            "muted": False,
            "standAlone": False,
            "status": {"code": "Setup"},
        }
        assert guest == expected

        session = served.api("GET", f"account/~/telephony/sessions/{conference}", token).json()
        assert session["id"] == conference
        host, present = session["parties"]
        owner = {"accountId": "700100001", "extensionId": "700200001", "brandId": "1210"}
        assert host | owner | {"owner": owner} == host
        assert (host["conferenceRole"], host["direction"], host["status"]) == ("Host", "Outbound", {"code": "Answered"})
        assert host["from"] == {**number, "deviceId": device}
        assert present["from"].pop("deviceId") == device
        peer = {"partyId": leg["partyId"], "sessionId": leg["telephonySessionId"]}
        assert present == expected | {"status": {"code": "Gone", "peerId": peer}}
        assert served.api("GET", f"account/~/telephony/sessions/{conference}/parties/{guest['id']}", token).json() == {
            **present,
            "from": {**present["from"], "deviceId": device},
        }

    def test_a_direct_call_whose_leg_is_in_a_conference(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        leg = served.place_call(direction="Inbound")
        conference = served.open_conference(token)
        guest = served.bring_in(token, conference, leg).json()["id"]
        session = served.api("GET", f"account/~/telephony/sessions/{leg['telephonySessionId']}", token).json()
        assert session.keys() == {"id", "creationTime", "origin", "parties"}
        assert session["origin"] == {"type": "Call"}
        caller, own = session["parties"]
        assert own["id"] == leg["partyId"]
        peer = {"partyId": guest, "sessionId": conference}
        assert own["status"] == {"code": "Gone", "reason": "Conference", "peerId": peer}
        assert own["to"] == {"phoneNumber": "+12055550101", "name": "Alice Agent", "extensionId": "700200001"}
        assert caller["from"] == {"phoneNumber": "+12055550103", "name": "Carla Customer"}
        assert caller["status"] == {"code": "Answered"}
        assert caller.keys().isdisjoint({"owner", "accountId", "extensionId", "conferenceRole"})

    def test_the_guides_name_for_the_call_is_understood_too(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        path = f"account/~/telephony/sessions/{served.open_conference(token)}/parties/bring-in"
        assert served.api("POST", path, token, served.place_call()).status_code == 201
        leg = served.place_call()
        assert error_of(served.api("POST", path, token, {"partyId": leg["partyId"]})) == (400, "CMN-101")

    def test_someone_who_was_removed_stays_listed_as_disconnected(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        leg = served.place_call()
        conference = served.open_conference(token)
        guest = served.bring_in(token, conference, leg).json()["id"]
        path = f"account/~/telephony/sessions/{conference}/parties/{guest}"
        assert served.api("DELETE", path, token).status_code == 204
        assert served.api("GET", path, token).json()["status"] == {"code": "Disconnected"}
        assert error_of(served.api("DELETE", path, token)) == (404, "CMN-102")


class TestErrors:
    def test_another_accounts_id_in_the_path(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        assert error_of(served.api("GET", "account/700100002/extension/~", token)) == (404, "CMN-102")

    def test_another_extensions_id_in_the_path(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        assert error_of(served.api("GET", "account/~/extension/700200002", token)) == (404, "CMN-102")

    def test_another_users_and_another_accounts_call(self, served: RunningSimulator) -> None:
        served.add_user(ALICE)
        leg = served.place_call()
        path = f"account/~/telephony/sessions/{leg['telephonySessionId']}/parties/{leg['partyId']}"
        assert error_of(served.api("DELETE", path, served.add_user(BOB))) == (403, "CMN-408")
        assert error_of(served.api("DELETE", path, served.add_user(STRANGER))) == (404, "CMN-102")

    def test_bringing_in_before_the_host_has_joined(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        conference = served.open_conference(token, host_joined=False)
        assert error_of(served.bring_in(token, conference, served.place_call())) == (403, "TAS-106")

    def test_a_conference_without_its_host_is_gone_after_38_seconds(
        self, served: RunningSimulator, clock: ManualClock
    ) -> None:
        token = served.add_user(ALICE)
        conference = served.open_conference(token, host_joined=False)
        clock.advance(39)
        assert error_of(served.api("GET", f"account/~/telephony/sessions/{conference}", token)) == (404, "CMN-102")
        assert served.control(f"conferences/{conference}/host-join").status_code == 404

    @pytest.mark.parametrize(
        ("body", "code", "parameter"),
        [
            (b"{", "CMN-103", None),
            (b"[]", "CMN-101", "body"),
            (b'{"sessionId": "s-1"}', "CMN-101", "partyId"),
            (b'{"sessionId": "s-1", "partyId": 5}', "CMN-101", "partyId"),
        ],
    )
    def test_a_body_that_is_wrong(
        self, served: RunningSimulator, body: bytes, code: str, parameter: str | None
    ) -> None:
        token = served.add_user(ALICE)
        conference = served.open_conference(token)
        response = served.client.post(
            f"/restapi/v1.0/account/~/telephony/sessions/{conference}/parties/bring-in",
            headers={"Authorization": f"Bearer {token}"},
            content=body,
        )
        assert error_of(response) == (400, code)
        assert response.json()["errors"][0].get("parameterName") == parameter

    @pytest.mark.parametrize(("method", "path"), [("GET", "account/~/call-log"), ("PUT", "account/~/extension/~")])
    def test_what_the_api_does_not_have(self, served: RunningSimulator, method: str, path: str) -> None:
        assert error_of(served.api(method, path, served.add_user(ALICE))) == (404, "CMN-120")

    def test_keeping_the_conference_alive(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        conference = served.open_conference(token)
        guest = served.bring_in(token, conference, served.place_call()).json()["id"]
        path = f"account/~/telephony/sessions/{conference}"
        body = {"keepConferenceAlive": True}
        assert served.api("DELETE", f"{path}/parties/{guest[:-1]}1", token, body).status_code == 204
        codes = [party["status"]["code"] for party in served.api("GET", path, token).json()["parties"]]
        assert codes == ["Disconnected", "Gone"]
        assert served.api("DELETE", path, token).status_code == 204
        codes = [party["status"]["code"] for party in served.api("GET", path, token).json()["parties"]]
        assert codes == ["Disconnected", "Disconnected"]
