"""Notifications as RingCentral posts them, with fictional people."""

import json
from typing import Any

ACCOUNT = "700100001"
EXTENSION = "700200001"
CONFERENCE = "s-conf01z18deb4fcc72z184536c0000"
AGENT = {"phoneNumber": "+12055550100", "name": "Agent Able", "extensionId": EXTENSION, "deviceId": "700300001"}


def leg_name(number: int) -> tuple[str, str]:
    """Telephony session and party of the n-th direct call."""
    return f"s-call{number}z18deb4ee132z1878e190000", f"p-call{number}z18deb4ee132z1878e190000-1"


def in_conference(participant: str, conference: str = CONFERENCE) -> dict[str, Any]:
    peer = {"telephonySessionId": conference, "sessionId": "0", "partyId": participant}
    return {"code": "Gone", "reason": "Conference", "peerId": peer, "rcc": False}


def status(code: str, reason: str | None = None) -> dict[str, Any]:
    return {"code": code, "rcc": False} | ({"reason": reason} if reason else {})


def notification(
    sequence: Any,
    new_status: dict[str, Any],
    *,
    call: int = 1,
    party: dict[str, Any] | None = None,
    body: dict[str, Any] | None = None,
    account: str = ACCOUNT,
    second: int = 0,
) -> dict[str, Any]:
    """A direct call's notification; `party` and `body` override fields, `second` is the time of the event."""
    session_id, party_id = leg_name(call)
    time = f"2024-02-27T16:{second // 60:02d}:{second % 60:02d}.223Z"
    changed = {
        "accountId": account,
        "extensionId": EXTENSION,
        "id": party_id,
        "direction": "Outbound",
        "to": {"phoneNumber": f"+1205555011{call}", "name": f"Person {call}"},
        "from": AGENT,
        "status": new_status,
        "park": {},
        "missedCall": False,
        "standAlone": False,
        "muted": False,
    } | (party or {})
    return {
        "uuid": f"{call}{sequence}",
        "event": f"/restapi/v1.0/account/{account}/extension/{EXTENSION}/telephony/sessions",
        "timestamp": time,
        "subscriptionId": "3ca0ec27-a916-4260-82ad-035752e61da2",
        "ownerId": "700200009",
        "body": {
            "sequence": sequence,
            "sessionId": "1229016182016",
            "telephonySessionId": session_id,
            "serverId": "10.13.23.184.TAM",
            "eventTime": time,
            "parties": [changed],
            "origin": {"type": "Call"},
        }
        | (body or {}),
    }


def host_notification(
    sequence: int, code: str, reason: str | None = None, *, conference: str = CONFERENCE, second: int = 0, **party: Any
) -> dict[str, Any]:
    """The host's own leg, on the conference's session."""
    return notification(
        sequence,
        status(code, reason),
        second=second,
        party={
            "id": conference.replace("s-", "p-", 1) + "-1",
            "to": {"phoneNumber": "conference", "name": "Conference"},
            "conferenceRole": "Host",
        }
        | party,
        body={"telephonySessionId": conference, "sessionId": "0", "origin": {"type": "Conference"}},
    )


def as_body(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()
