"""Telephony sessions as RingCentral's GET answers them, with fictional people."""

from typing import Any

import msgspec

from rollcall.core.reconciliation import SessionAnswer
from tests.support.events import ACCOUNT, AGENT, CONFERENCE, EXTENSION, leg_name

OWNER = {"accountId": ACCOUNT, "extensionId": EXTENSION}


def answer(*parties: dict[str, Any]) -> SessionAnswer:
    """A session with these parties."""
    body = {"id": "s-any", "origin": {"type": "Call"}, "parties": list(parties)}
    return msgspec.json.decode(msgspec.json.encode(body), type=SessionAnswer)


def host(code: str = "Answered", number: int = 1) -> dict[str, Any]:
    """The host's own leg in the conference's session."""
    return OWNER | {
        "id": f"{CONFERENCE.replace('s-', 'p-', 1)}-{number}",
        "conferenceRole": "Host",
        "direction": "Outbound",
        "from": AGENT,
        "to": {"phoneNumber": "conference", "name": "Conference"},
        "status": {"code": code},
    }


def participant(participant_id: str, call: int = 1, code: str = "Gone") -> dict[str, Any]:
    """A participant's leg in the conference's session: it names the leg of the direct call, and the host's number."""
    session_id, party_id = leg_name(call)
    return {
        "id": participant_id,
        "conferenceRole": "Participant",
        "direction": "Inbound",
        "from": {"phoneNumber": AGENT["phoneNumber"]},
        "to": {"phoneNumber": "conference", "name": "Conference"},
        "status": {"code": code, "peerId": {"sessionId": session_id, "partyId": party_id}},
    }


def direct_call(call: int = 1, direction: str = "Outbound") -> SessionAnswer:
    """The session of a direct call: the agent's own leg, and the person's."""
    _, party_id = leg_name(call)
    person = {"phoneNumber": f"+1205555011{call}", "name": f"Person {call}"}
    near, far = ("from", "to") if direction == "Outbound" else ("to", "from")
    own = OWNER | {"id": party_id, "direction": direction, near: AGENT, far: person, "status": {"code": "Gone"}}
    other = {"id": party_id[:-1] + "2", "direction": "Inbound", "to": person, "status": {"code": "Answered"}}
    return answer(own, other)
