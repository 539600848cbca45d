"""Who is in which conference, by a leg's newest status."""

from typing import Any

import pytest

from rollcall.core.notification import TelephonySessionNotification, decode_notification
from rollcall.core.party import MAX_TEXT, Leg, Membership, Participant, PartyRecord, joined_before, party_records
from tests.support.events import (
    CONFERENCE,
    EXTENSION,
    as_body,
    host_notification,
    in_conference,
    leg_name,
    notification,
    status,
)


def record(content: dict[str, Any]) -> PartyRecord:
    decoded = decode_notification(as_body(content))
    assert isinstance(decoded, TelephonySessionNotification)
    (result,) = party_records(decoded)
    return result


def membership(content: dict[str, Any]) -> Membership:
    result = record(content).membership
    assert result is not None
    return result


def test_a_leg_gone_into_a_conference_is_in_it() -> None:
    session_id, party_id = leg_name(1)
    assert membership(notification(9, in_conference("p-conf-2"))) == Membership(
        conference_id=CONFERENCE,
        agent_extension_id=EXTENSION,
        participant=Participant(
            id="p-conf-2",
            role="participant",
            name="Person 1",
            phone_number="+12055550111",
            extension_id=None,
            direction="Outbound",
            muted=False,
            joined_at="2024-02-27T16:00:00.223Z",
            leg=Leg(session_id, party_id),
        ),
    )


def test_the_person_of_an_inbound_call_is_its_caller() -> None:
    caller = {"phoneNumber": "+12055550199", "name": "Caller", "extensionId": "700200007"}
    party = {"direction": "Inbound", "from": caller, "to": {"name": "Agent Able"}, "muted": True}
    participant = membership(notification(9, in_conference("p-conf-2"), party=party)).participant
    assert (participant.name, participant.phone_number, participant.extension_id, participant.muted) == (
        "Caller", "+12055550199", "700200007", True
    )  # fmt: skip


def test_a_person_without_name_or_number_is_still_somebody() -> None:
    participant = membership(notification(9, in_conference("p-conf-2"), party={"to": None})).participant
    assert (participant.id, participant.name, participant.phone_number) == ("p-conf-2", None, None)


def test_very_long_names_are_cut() -> None:
    party = {"to": {"name": "x" * 5000}}
    assert membership(notification(9, in_conference("p-conf-2"), party=party)).participant.name == "x" * MAX_TEXT


@pytest.mark.parametrize(
    "new_status",
    [
        status("Setup"),
        status("Answered"),
        status("Hold"),
        status("Disconnected"),
        status("Gone"),
        status("Gone", "AttendedTransfer"),
        in_conference("p-conf-2") | {"code": "Disconnected"},
        in_conference("p-conf-2") | {"reason": "AttendedTransfer"},
        in_conference("p-conf-2") | {"reason": None},
        {"code": "Gone", "reason": "Conference"},
        {"code": "Gone", "reason": "Conference", "peerId": {"sessionId": "0", "partyId": "p-conf-2"}},
    ],
)
def test_any_other_status_is_in_no_conference(new_status: dict[str, Any]) -> None:
    assert record(notification(9, new_status)).membership is None


def test_a_peer_may_name_the_session_as_rest_answers_do() -> None:
    peer = {"sessionId": CONFERENCE, "partyId": "p-conf-2"}
    found = membership(notification(9, {"code": "Gone", "reason": "Conference", "peerId": peer}))
    assert (found.conference_id, found.participant.id) == (CONFERENCE, "p-conf-2")


def test_a_peer_without_a_party_lends_the_leg_its_own_id() -> None:
    peer = {"telephonySessionId": CONFERENCE}
    found = membership(notification(9, {"code": "Gone", "reason": "Conference", "peerId": peer}))
    assert found.participant.id == leg_name(1)[1]


@pytest.mark.parametrize("code", ["Answered", "Hold", "Gone"])
def test_the_host_is_in_the_conference_while_the_own_leg_is_connected(code: str) -> None:
    found = membership(host_notification(3, code))
    assert (found.conference_id, found.participant.role, found.participant.name) == (CONFERENCE, "host", "Agent Able")
    assert (found.participant.extension_id, found.agent_extension_id) == (EXTENSION, EXTENSION)


@pytest.mark.parametrize("code", ["Setup", "Proceeding", "Disconnected"])
def test_the_host_is_not_in_it_before_and_after(code: str) -> None:
    assert record(host_notification(3, code)).membership is None


def test_a_host_leg_on_another_device_has_no_role_and_is_the_host_all_the_same() -> None:
    found = membership(host_notification(7, "Answered", "CallSwitch", conferenceRole=None, id="p-conf-5"))
    assert (found.participant.role, found.participant.id) == ("host", "p-conf-5")


def test_a_participants_leg_on_the_conferences_session_is_not_counted_twice() -> None:
    assert record(host_notification(3, "Answered", conferenceRole="Participant")).membership is None


def test_outside_a_conference_neither_names_nor_numbers_are_kept() -> None:
    assert "Person" not in str(record(notification(4, status("Answered"))))


def test_several_parties_give_several_records() -> None:
    content = notification(9, in_conference("p-conf-2"))
    content["body"]["parties"].append(content["body"]["parties"][0] | {"id": "p-2", "status": status("Answered")})
    decoded = decode_notification(as_body(content))
    assert isinstance(decoded, TelephonySessionNotification)
    assert [item.code for item in party_records(decoded)] == ["Gone", "Answered"]


def test_a_late_event_of_the_same_stay_corrects_the_time_of_joining() -> None:
    late, stored = (record(notification(n, in_conference("p-conf-2"), second=n)) for n in (9, 12))
    assert joined_before(stored, late) == "2024-02-27T16:00:09.223Z"
    assert joined_before(late, stored) is None


def test_a_late_event_of_anything_else_corrects_nothing() -> None:
    stored = record(notification(12, in_conference("p-conf-2"), second=12))
    assert joined_before(stored, record(notification(9, in_conference("p-conf-1"), second=9))) is None
    assert joined_before(stored, record(notification(9, status("Answered"), second=9))) is None
    assert joined_before(record(notification(12, status("Answered"))), stored) is None
