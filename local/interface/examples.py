"""Fictional values for the document, made of the code's own types wherever there is one."""

from typing import Any

import msgspec

from rollcall.core.identity import TICKET_GOOD_FOR_SECONDS, write_ticket
from rollcall.core.messages import RosterView
from rollcall.core.party import Leg, Participant
from rollcall.entry.bodies import ConferencePage, Removal, TicketIssued

CONFERENCE_ID = "s-a0d7bfa2dd198z18deb4fcc72z184536c0000"
HOST_ID = "p-a0d7bfa2dd198z18deb4fcc72z184536c0000-1"
PARTICIPANT_ID = "p-a0d7bfa2dd198z18deb4fcc72z184536c0000-2"
NEXT_TOKEN = "WzE3NzI2MTg0MDEwMDQsInMtYTBkN2JmYTJkZDE5OHoxOGRlYjRmY2M3MnoxODQ1MzZjMDAwMCJd"  # noqa: S105
HANDSHAKE = "6a2b7c4e-1f35-4d0a-9a53-0d9e3c1b7f24"

ACCOUNT_ID = "809640001"
EXTENSION_ID = "62295300001"
_DIRECT_CALL = Leg("s-a0d17b82ddacdz18deb4ee132z1878e190000", "p-a0d17b82ddacdz18deb4ee132z1878e190000-1")
_JOINED_AT = "2026-03-04T10:00:05.223Z"

HOST = Participant(
    id=HOST_ID,
    role="host",
    name="Alice Agent",
    phone_number="+12055550101",
    extension_id=EXTENSION_ID,
    direction="Outbound",
    muted=False,
    joined_at="2026-03-04T10:00:01.223Z",
    leg=Leg(CONFERENCE_ID, HOST_ID),
)
CARLA = Participant(
    id=PARTICIPANT_ID,
    role="participant",
    name="Carla Customer",
    phone_number="+12055550103",
    extension_id=None,
    direction="Outbound",
    muted=False,
    joined_at=_JOINED_AT,
    leg=_DIRECT_CALL,
)

ROSTER = RosterView(CONFERENCE_ID, 2, "active", [HOST, CARLA], _JOINED_AT)
PAGE = ConferencePage([ROSTER], NEXT_TOKEN)
TICKET = TicketIssued(
    write_ticket(ACCOUNT_ID, "a-ticket-opens-one-web-socket-in-one-minute"),
    TICKET_GOOD_FOR_SECONDS,
    "wss://abcde12345.execute-api.us-east-1.amazonaws.com/prod",
)
REQUESTED = Removal("requested")
ALREADY_LEFT = Removal("already-left")


def value(example: msgspec.Struct) -> Any:  # noqa: ANN401  # JSON
    """The example as it stands in JSON."""
    return msgspec.json.decode(msgspec.json.encode(example))


def _notification(sequence: int, second: int, leg: Leg, party: dict[str, Any], *, kind: str = "Call") -> dict[str, Any]:
    time = f"2026-03-04T10:00:{second:02d}.223Z"
    caller = {"phoneNumber": "+12055550101", "name": "Alice Agent", "extensionId": EXTENSION_ID}
    of_leg = {"accountId": ACCOUNT_ID, "extensionId": EXTENSION_ID, "id": leg.party_id, "direction": "Outbound"}
    return {
        "uuid": f"7713049164{second:02d}",
        "event": f"/restapi/v1.0/account/{ACCOUNT_ID}/extension/{EXTENSION_ID}/telephony/sessions",
        "timestamp": time,
        "subscriptionId": "3ca0ec27-a916-4260-82ad-035752e61da2",
        "body": {
            "sequence": sequence,
            "telephonySessionId": leg.telephony_session_id,
            "eventTime": time,
            "parties": [of_leg | {"from": caller, "muted": False} | party],
            "origin": {"type": kind},
        },
    }


def _of_host(sequence: int, second: int, code: str) -> dict[str, Any]:
    to = {"phoneNumber": "conference", "name": "Conference"}
    party = {"to": to, "conferenceRole": "Host", "status": {"code": code}}
    return _notification(sequence, second, HOST.leg, party, kind="Conference")


def _of_carla(sequence: int, second: int, status: dict[str, Any], **changed: bool) -> dict[str, Any]:
    to = {"phoneNumber": "+12055550103", "name": "Carla Customer"}
    return _notification(sequence, second, CARLA.leg, {"to": to, "status": status, **changed})


_IN_CONFERENCE = {
    "code": "Gone",
    "reason": "Conference",
    "peerId": {"telephonySessionId": CONFERENCE_ID, "sessionId": "0", "partyId": PARTICIPANT_ID},
}

HOST_JOINED = _of_host(2, 1, "Answered")
JOINED = _of_carla(9, 5, _IN_CONFERENCE)
MUTED = _of_carla(10, 31, _IN_CONFERENCE, muted=True)
LEFT = _of_carla(11, 52, {"code": "Disconnected"})
HOST_LEFT = _of_host(5, 58, "Disconnected")
"""The story that all examples tell, notification by notification."""

REMINDER = {"event": "/restapi/v1.0/subscription/~?threshold=86400&interval=3600"}
