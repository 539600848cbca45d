"""Fictional frames of the WebSocket, by message and name. What Rollcall says is made of its own types."""

from collections.abc import Mapping
from typing import Any, get_args

import msgspec

from local.interface import examples
from local.interface.examples import CARLA, CONFERENCE_ID, HOST, value
from rollcall.core.errors import ByeReason, ErrorCode, InvalidClientMessage
from rollcall.core.limits import LARGEST_FRAME_BYTES, WATCHES_PER_CONNECTION
from rollcall.core.messages import (
    Error,
    Pong,
    RosterMessage,
    Subscribed,
    Unsubscribed,
    bye,
    decode_client_message,
    roster_message,
)
from rollcall.core.party import Participant
from rollcall.core.roster import Change, Ended, Joined, Left, Present, Roster, Updated

_MUTED = msgspec.structs.replace(CARLA, muted=True)

CLIENT: dict[str, dict[str, Any]] = {
    "subscribe": {
        "conference": {"action": "subscribe", "conferenceId": CONFERENCE_ID, "requestId": "1"},
        "extension": {"action": "subscribe", "scope": "extension"},
    },
    "unsubscribe": {
        "conference": {"action": "unsubscribe", "conferenceId": CONFERENCE_ID, "requestId": "3"},
        "extension": {"action": "unsubscribe", "scope": "extension"},
    },
    "ping": {"plain": {"action": "ping"}, "numbered": {"action": "ping", "requestId": 4}},
}
"""What clients say."""

REFUSED: dict[ErrorCode, str] = {
    "message-too-large": " " * (LARGEST_FRAME_BYTES + 1),
    "invalid-json": "hello",
    "unknown-action": '{"action": "dance", "requestId": "5"}',
    "invalid-message": '{"action": "subscribe", "requestId": "6"}',
}
"""A frame that gets each of these errors."""

_NOT_OBEYED: dict[ErrorCode, str] = {
    "too-many-subscriptions": f"A connection may have {WATCHES_PER_CONNECTION} subscriptions.",
    "storage-failed": "The rosters could not be reached. Try again.",
}
"""What is said of frames that are good."""


def _roster(version: int, told: dict[str, Any], *people: Participant, changes: tuple[Change, ...]) -> RosterMessage:
    """The roster after a notification."""
    at = told["body"]["eventTime"]
    present = {person.id: Present(person, 1, None) for person in people}
    roster = Roster("", CONFERENCE_ID, version=version, event_time=at, present=present, changes=changes)
    return roster_message(roster, sent_at=at.replace(".223Z", ".371Z"))


def _error(frame: str) -> Error:
    try:
        decode_client_message(frame)
    except InvalidClientMessage as error:
        return Error(error.code, error.detail, error.request_id)
    raise ValueError(frame)


def _server() -> dict[str, Mapping[Any, msgspec.Struct]]:
    return {
        "roster": {
            "joined": _roster(2, examples.JOINED, HOST, CARLA, changes=(Joined(CARLA),)),
            "updated": _roster(3, examples.MUTED, HOST, _MUTED, changes=(Updated(_MUTED),)),
            "left": _roster(4, examples.LEFT, HOST, changes=(Left(_MUTED, "Disconnected"),)),
            "left-unnoticed": _roster(
                4, examples.LEFT, HOST, changes=(Left(_MUTED, "Disconnected", source="reconciliation"),)
            ),
            "ended": _roster(5, examples.HOST_LEFT, changes=(Left(HOST, "Disconnected"), Ended())),
            "nobody-yet": roster_message(Roster("", CONFERENCE_ID), sent_at="2026-03-04T10:00:00.371Z"),
        },
        "subscribed": {
            "conference": Subscribed(conference_id=CONFERENCE_ID, request_id="1"),
            "extension": Subscribed(scope="extension", extension_id=examples.EXTENSION_ID),
        },
        "unsubscribed": {
            "conference": Unsubscribed(conference_id=CONFERENCE_ID, request_id="3"),
            "extension": Unsubscribed(scope="extension"),
        },
        "pong": {"plain": Pong(), "numbered": Pong(4)},
        "error": {code: _error(frame) for code, frame in REFUSED.items()}
        | {code: Error(code, text, "7") for code, text in _NOT_OBEYED.items()},
        "bye": {reason: bye(reason) for reason in get_args(ByeReason)},
    }


SERVER = {message: {name: value(told) for name, told in named.items()} for message, named in _server().items()}
"""What Rollcall says."""

ABOUT = {
    "conference": "One conference.",
    "extension": "All that the user hosts.",
    "plain": "Without a request id.",
    "numbered": "With one.",
    "joined": "Somebody came in.",
    "updated": "Somebody was muted.",
    "left": "Somebody went.",
    "left-unnoticed": "Somebody went, no event told it, and RingCentral was asked.",
    "ended": "The last one went.",
    "nobody-yet": "The answer to a subscription while nobody has been in, or to whoever may not watch.",
}
"""What the examples show whose names don't say it."""
