"""How sessions look from outside: the bodies of notifications and of REST answers.

The two differ, as RingCentral's do: a notification has `sequence` and names a peer by `telephonySessionId`, a REST
answer has `owner` and `attributes` and puts the peer's telephony session id under `sessionId` (recorded event and
answers).
"""

from dataclasses import replace
from datetime import datetime

from local.simulator import choices
from local.simulator.clock import iso_milliseconds, iso_seconds
from local.simulator.sessions import Party, PartyEvent, PartyInfo, Session, Status
from local.simulator.users import User

Json = dict[str, object]
"""An object of JSON."""

API = "/restapi/v1.0"


def session_body(session: Session, at: datetime | None = None) -> Json:
    """A session as GET answers it (recorded answer), with its legs as they were `at` that time, or as they are."""
    parties = session.parties.values() if at is None else session.parties_at(at)
    body: Json = {
        "id": session.id,
        "creationTime": iso_seconds(session.created_at),
        "origin": {"type": session.origin},
        "parties": [party_body(party) for party in parties],
    }
    if session.voice_call_token is not None:
        body["voiceCallToken"] = session.voice_call_token
    return body


def party_body(party: Party) -> Json:
    """A party as REST answers have it (recorded answers).

    A leg that nobody owns lacks owner, account and extension; the `from` of a conference leg lacks the name.
    """
    peer = party.status.peer
    peer_body = None if peer is None else {"partyId": peer.party_id, "sessionId": peer.telephony_session_id}
    from_ = party.from_ if party.conference_role is None else replace(party.from_, name=None)
    body: Json = {
        "id": party.id,
        "attributes": {},
        "direction": party.direction,
        "from": _info_body(from_),
        "to": _info_body(party.to),
        "status": _status_body(party.status, peer_body),
        "muted": party.muted,
        "standAlone": False,
    }
    if party.owner is not None:
        owner = _owner_body(party) | {"brandId": choices.BRAND_ID}
        body |= {**owner, "owner": owner}
    return body | _role_body(party)


def event_body(event: PartyEvent) -> Json:
    """The body of a notification: one changed party (recorded event)."""
    party = event.party
    peer = party.status.peer
    peer_body = None
    if peer is not None:
        peer_body = {
            "telephonySessionId": peer.telephony_session_id,
            "sessionId": peer.session_id,
            "partyId": peer.party_id,
        }
    return {
        "sequence": event.sequence,
        "sessionId": event.session_id,
        "telephonySessionId": event.telephony_session_id,
        "serverId": choices.SERVER_ID,
        "eventTime": iso_milliseconds(event.event_time),
        "parties": [
            {
                **_owner_body(party),
                "id": party.id,
                "direction": party.direction,
                "to": _info_body(party.to),
                "from": _info_body(party.from_),
                "status": {**_status_body(party.status, peer_body), "rcc": False},
                "park": {},
                "missedCall": False,
                "standAlone": False,
                "muted": party.muted,
                **_role_body(party),
            }
        ],
        "origin": {"type": event.origin},
    }


def event_uri(account_id: str, extension_id: str | None) -> str:
    """The `event` of a notification: concrete ids, in the account form for a leg without extension (recorded event)."""
    extension = "" if extension_id is None else f"/extension/{extension_id}"
    return f"{API}/account/{account_id}{extension}/telephony/sessions"


def call_body(call: Session) -> Json:
    """A live direct call as control calls answer it, from its agent's side."""
    leg = call.own_leg
    if leg is None:
        raise ValueError("a direct call has its agent's leg from the beginning")
    remote = leg.to if leg.direction == "Outbound" else leg.from_
    return {
        "telephonySessionId": call.id,
        "partyId": leg.id,
        "remote": {"name": remote.name, "phoneNumber": remote.phone_number},
        "conferenceId": leg.status.peer and leg.status.peer.telephony_session_id,
    }


def extension_body(user: User, base_url: str) -> Json:
    """The user as an extension; its id is a number here, unlike elsewhere (RingCentral's SDK: ExtensionInfo)."""
    account = f"{base_url}{API}/account/{user.account_id}"
    first, _, last = user.name.partition(" ")
    return {
        "uri": f"{account}/extension/{user.extension_id}",
        "id": int(user.extension_id) if user.extension_id.isdecimal() else user.extension_id,
        "extensionNumber": user.extension_number,
        "name": user.name,
        "type": "User",
        "status": "Enabled",
        "account": {"uri": account, "id": user.account_id},
        "contact": {"firstName": first, "lastName": last, "businessPhone": user.phone_number},
        "permissions": {"admin": {"enabled": user.admin}},
    }


def _status_body(status: Status, peer_body: dict[str, str] | None) -> Json:
    body: Json = {"code": status.code}
    if status.reason is not None:
        body["reason"] = status.reason
    if peer_body is not None:
        body["peerId"] = peer_body
    return body


def _owner_body(party: Party) -> Json:
    if party.owner is None:
        return {}
    extension: Json = {} if party.owner.extension_id is None else {"extensionId": party.owner.extension_id}
    return {"accountId": party.owner.account_id, **extension}


def _role_body(party: Party) -> Json:
    return {} if party.conference_role is None else {"conferenceRole": party.conference_role}


def _info_body(info: PartyInfo) -> Json:
    fields = {
        "phoneNumber": info.phone_number,
        "name": info.name,
        "extensionId": info.extension_id,
        "deviceId": info.device_id,
    }
    return {name: value for name, value in fields.items() if value is not None}
