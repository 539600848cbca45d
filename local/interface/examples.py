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

_ACCOUNT_ID = "809640001"
_EXTENSION_ID = "62295300001"
_DIRECT_CALL = Leg("s-a0d17b82ddacdz18deb4ee132z1878e190000", "p-a0d17b82ddacdz18deb4ee132z1878e190000-1")
_JOINED_AT = "2026-03-04T10:00:05.223Z"

_HOST = Participant(
    id=HOST_ID,
    role="host",
    name="Alice Agent",
    phone_number="+12055550101",
    extension_id=_EXTENSION_ID,
    direction="Outbound",
    muted=False,
    joined_at="2026-03-04T10:00:01.004Z",
    leg=Leg(CONFERENCE_ID, HOST_ID),
)
_CARLA = Participant(
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

ROSTER = RosterView(CONFERENCE_ID, 7, "active", [_HOST, _CARLA], _JOINED_AT)
PAGE = ConferencePage([ROSTER], NEXT_TOKEN)
TICKET = TicketIssued(
    write_ticket(_ACCOUNT_ID, "a-ticket-that-opens-one-websocket-in-a-minute"),
    TICKET_GOOD_FOR_SECONDS,
    "wss://abcde12345.execute-api.us-east-1.amazonaws.com/prod",
)
REQUESTED = Removal("requested")
ALREADY_LEFT = Removal("already-left")


def value(example: msgspec.Struct) -> Any:  # noqa: ANN401  # JSON
    """The example as it stands in JSON."""
    return msgspec.json.decode(msgspec.json.encode(example))


def _notification(sequence: int, status: dict[str, Any], second: int) -> dict[str, Any]:
    time = f"2026-03-04T10:00:{second:02d}.223Z"
    return {
        "uuid": f"7713049164{sequence:02d}",
        "event": f"/restapi/v1.0/account/{_ACCOUNT_ID}/extension/{_EXTENSION_ID}/telephony/sessions",
        "timestamp": time,
        "subscriptionId": "3ca0ec27-a916-4260-82ad-035752e61da2",
        "body": {
            "sequence": sequence,
            "telephonySessionId": _DIRECT_CALL.telephony_session_id,
            "eventTime": time,
            "parties": [
                {
                    "accountId": _ACCOUNT_ID,
                    "extensionId": _EXTENSION_ID,
                    "id": _DIRECT_CALL.party_id,
                    "direction": "Outbound",
                    "to": {"phoneNumber": "+12055550103", "name": "Carla Customer"},
                    "from": {"phoneNumber": "+12055550101", "name": "Alice Agent", "extensionId": _EXTENSION_ID},
                    "status": status,
                    "muted": False,
                }
            ],
            "origin": {"type": "Call"},
        },
    }


JOINED = _notification(
    9,
    {
        "code": "Gone",
        "reason": "Conference",
        "peerId": {"telephonySessionId": CONFERENCE_ID, "sessionId": "0", "partyId": PARTICIPANT_ID},
    },
    5,
)
LEFT = _notification(11, {"code": "Disconnected"}, 52)
REMINDER = {"event": "/restapi/v1.0/subscription/~?threshold=86400&interval=3600"}
