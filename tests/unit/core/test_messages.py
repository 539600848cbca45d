"""The WebSocket protocol."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.core.errors import ByeReason, InvalidClientMessage
from rollcall.core.limits import LARGEST_FRAME_BYTES
from rollcall.core.messages import (
    Bye,
    ClientMessage,
    Error,
    Pong,
    Subscribed,
    Unsubscribed,
    bye,
    decode_client_message,
    encode,
    roster_message,
    roster_view,
)
from rollcall.core.roster import Roster, apply, leg_changes
from tests.support.events import ACCOUNT, CONFERENCE, as_body, in_conference, leg_name, notification, status
from tests.support.pipeline import deliver


def one_left() -> Roster:
    join = as_body(notification(9, in_conference("p-conf-2"), second=9))
    stay = as_body(notification(9, in_conference("p-conf-3"), call=2, second=10))
    leave = as_body(notification(11, status("Disconnected"), second=11))
    roster = Roster(ACCOUNT, CONFERENCE)
    for old, new in deliver([join, stay, leave]).stream:
        roster = apply(roster, leg_changes(old, new), now=1)
    return roster


def person(call: int, participant_id: str, second: int) -> dict[str, object]:
    session_id, party_id = leg_name(call)
    return {
        "id": participant_id,
        "role": "participant",
        "name": f"Person {call}",
        "phoneNumber": f"+1205555011{call}",
        "extensionId": None,
        "direction": "Outbound",
        "muted": False,
        "joinedAt": f"2024-02-27T16:00:{second:02d}.223Z",
        "leg": {"telephonySessionId": session_id, "partyId": party_id},
    }


def test_a_roster_message_holds_the_whole_roster_and_what_changed() -> None:
    assert json.loads(encode(roster_message(one_left(), sent_at="2024-02-27T16:00:12.000Z"))) == {
        "type": "roster",
        "conferenceId": CONFERENCE,
        "version": 3,
        "state": "active",
        "participants": [person(2, "p-conf-3", 10)],
        "changes": [{"type": "left", "participant": person(1, "p-conf-2", 9), "reason": "Disconnected"}],
        "eventTime": "2024-02-27T16:00:11.223Z",
        "sentAt": "2024-02-27T16:00:12.000Z",
    }


def test_a_roster_that_answers_a_subscription_tells_no_changes() -> None:
    assert roster_message(one_left(), sent_at="", with_changes=False).changes == []


def test_over_http_a_roster_has_no_type_and_no_changes() -> None:
    assert set(json.loads(encode(roster_view(one_left())))) == {
        "conferenceId", "version", "state", "participants", "eventTime"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Pong("7"), {"type": "pong", "requestId": "7"}),
        (Pong(), {"type": "pong"}),
        (Subscribed(conference_id="s-1", request_id=7), {"type": "subscribed", "conferenceId": "s-1", "requestId": 7}),
        (Unsubscribed(scope="extension"), {"type": "unsubscribed", "scope": "extension"}),
        (
            Error("invalid-json", "m"),
            {"type": "error", "code": "invalid-json", "message": "m", "requestId": None},
        ),
        (Bye("expired", retry="now"), {"type": "bye", "reason": "expired", "retry": "now"}),
    ],
)
def test_the_other_messages(message: Pong | Subscribed | Unsubscribed | Error | Bye, text: dict[str, object]) -> None:
    assert json.loads(encode(message)) == text


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ('{"action": "ping"}', ClientMessage("ping")),
        ('{"action": "ping", "requestId": 3}', ClientMessage("ping", 3)),
        ('{"action": "subscribe", "conferenceId": "s-1"}', ClientMessage("subscribe", None, "s-1")),
        ('{"action": "unsubscribe", "scope": "extension"}', ClientMessage("unsubscribe", scope="extension")),
    ],
)
def test_what_clients_may_say(frame: str, message: ClientMessage) -> None:
    assert decode_client_message(frame) == message


def test_a_frame_of_the_largest_size_is_read_and_a_byte_more_is_too_large() -> None:
    padded = '{"action": "ping", "padding": "%s"}'
    room = LARGEST_FRAME_BYTES - len(padded % "")
    assert decode_client_message(padded % ("x" * room)).action == "ping"
    for padding in ("x" * (room + 1), "ü" * (room // 2 + 1)):
        with pytest.raises(InvalidClientMessage) as refused:
            decode_client_message(padded % padding)
        assert refused.value.code == "message-too-large"


@pytest.mark.parametrize(
    ("reason", "retry"),
    [("expiring", "now"), ("expired", "now"), ("too-many-messages", "later"), ("too-many-connections", "later")],
)
def test_who_overdid_it_is_to_wait_before_coming_back(reason: ByeReason, retry: str) -> None:
    assert json.loads(encode(bye(reason))) == {"type": "bye", "reason": reason, "retry": retry}


@pytest.mark.parametrize(
    ("frame", "code", "request_id"),
    [
        ("", "invalid-json", None),
        ("hello", "invalid-json", None),
        ("[" * 100_000, "message-too-large", None),
        ("[" * 4_000, "invalid-json", None),
        ("\ud800", "invalid-json", None),
        ("[1]", "invalid-message", None),
        ("{}", "unknown-action", None),
        ('{"action": "dance", "requestId": "a"}', "unknown-action", "a"),
        ('{"action": ["ping"], "requestId": "a"}', "unknown-action", "a"),
        ('{"action": "subscribe", "requestId": 1}', "invalid-message", 1),
        ('{"action": "subscribe", "conferenceId": "s-1", "scope": "extension"}', "invalid-message", None),
        ('{"action": "subscribe", "conferenceId": "", "requestId": "b"}', "invalid-message", "b"),
        ('{"action": "subscribe", "conferenceId": "s 1"}', "invalid-message", None),
        ('{"action": "subscribe", "conferenceId": 7}', "invalid-message", None),
        ('{"action": "subscribe", "scope": "account"}', "invalid-message", None),
        ('{"action": "ping", "requestId": {"a": 1}}', "invalid-message", None),
        (json.dumps({"action": "ping", "requestId": "x" * 129}), "invalid-message", None),
    ],
)
def test_frames_that_mean_nothing_are_refused(frame: str, code: str, request_id: str | int | None) -> None:
    with pytest.raises(InvalidClientMessage) as caught:
        decode_client_message(frame)
    assert (caught.value.code, caught.value.request_id) == (code, request_id)
    assert caught.value.detail


@given(st.text())
def test_no_frame_raises_anything_else(frame: str) -> None:
    with contextlib.suppress(InvalidClientMessage):
        decode_client_message(frame)
