"""From a notification to party records, and what a record says about conferences.

Here it is decided that somebody is in a conference: `membership_of`.
"""

from typing import Literal

import msgspec

from rollcall.core.notification import CallerInfo, Party, TelephonySessionNotification

MAX_TEXT = 200
"""Characters kept of a name or a number; a roster of ten must fit one WebSocket frame."""

NOT_CONNECTED = frozenset({"Setup", "Proceeding", "Disconnected"})
"""Codes of a host's own leg that mean: not in the conference."""


class Leg(msgspec.Struct, frozen=True, rename="camel", order=True):
    """One party of one telephony session: what RingCentral's Delete call party names."""

    telephony_session_id: str
    party_id: str


class Participant(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody in a conference, as clients see them.

    `id` is the party id in the conference; `leg` is the leg of the original direct call (the host has only the
    conference's own). `joined_at` is ISO 8601 UTC. Names and numbers are as RingCentral gave them, or None.
    """

    id: str
    role: Literal["host", "participant"]
    name: str | None
    phone_number: str | None
    extension_id: str | None
    direction: Literal["Inbound", "Outbound"]
    muted: bool
    joined_at: str
    leg: Leg


class Membership(msgspec.Struct, frozen=True, rename="camel"):
    """That a leg is in a conference. `agent_extension_id` is the extension that owns the leg: the host's. `moving`: the
    host is changing devices, so that another leg of theirs is about to take over.
    """

    conference_id: str
    agent_extension_id: str | None
    participant: Participant
    moving: bool = False


class Correction(msgspec.Struct, frozen=True, rename="camel"):
    """That RingCentral, asked, knew better about a leg and this conference than the events that arrived. `number`: the
    how manieth since the event whose sequence the record has.
    """

    number: int
    conference_id: str


class PartyRecord(msgspec.Struct, frozen=True, rename="camel"):
    """The newest known status of one leg. Names and numbers are kept only while it is in a conference."""

    leg: Leg
    account_id: str
    sequence: int
    event_time: str
    code: str
    reason: str | None
    membership: Membership | None
    correction: Correction | None = None


def party_records(notification: TelephonySessionNotification) -> list[PartyRecord]:
    """One record for each party of the notification."""
    return [_party_record(notification, party) for party in notification.parties]


def _party_record(notification: TelephonySessionNotification, party: Party) -> PartyRecord:
    return PartyRecord(
        leg=Leg(notification.telephony_session_id, party.id),
        account_id=notification.account_id,
        sequence=notification.sequence,
        event_time=notification.event_time,
        code=party.status.code,
        reason=party.status.reason,
        membership=membership_of(notification, party),
    )


def membership_of(notification: TelephonySessionNotification, party: Party) -> Membership | None:
    """The conference that the leg is in by its newest status, or None.

    A participant: the agent's own leg of the direct call is `Gone` with reason `Conference`, and its peer names the
    conference's session and the person's party there (recorded event). Any other status means: not in a conference.

    The host: a leg on the conference's own session. Participants' legs there send no notifications (RingCentral's
    documentation); should one come all the same, it must not be counted a second time. `Disconnected` with reason
    `CallSwitch` is no leaving: the host goes on with another device (RingCentral's own client treats it so).
    """
    if notification.in_conference_session:
        moving = (party.status.code, party.status.reason) == ("Disconnected", "CallSwitch")
        if (party.status.code in NOT_CONNECTED and not moving) or party.conference_role == "Participant":
            return None
        host = _membership(notification, party, notification.telephony_session_id, party.id, role="host")
        return msgspec.structs.replace(host, moving=moving)
    peer = party.status.peer_id
    if party.status.code != "Gone" or party.status.reason != "Conference" or peer is None:
        return None
    conference_id = peer.telephony_session_id
    if conference_id is None and peer.session_id and peer.session_id.startswith("s-"):
        conference_id = peer.session_id
    if conference_id is None:
        return None
    return _membership(notification, party, conference_id, peer.party_id or party.id, role="participant")


def _membership(
    notification: TelephonySessionNotification,
    party: Party,
    conference_id: str,
    participant_id: str,
    *,
    role: Literal["host", "participant"],
) -> Membership:
    # The leg is the agent's: the agent calls out from `from` and takes calls at `to`; the person is the far side.
    near, far = (party.from_, party.to) if party.direction == "Outbound" else (party.to, party.from_)
    person = (near if role == "host" else far) or CallerInfo()
    return Membership(
        conference_id=conference_id,
        agent_extension_id=party.extension_id,
        participant=Participant(
            id=participant_id,
            role=role,
            name=_clip(person.name),
            phone_number=_clip(person.phone_number),
            extension_id=_clip(party.extension_id if role == "host" else person.extension_id),
            direction=party.direction,
            muted=bool(party.muted),
            joined_at=notification.event_time,
            leg=Leg(notification.telephony_session_id, party.id),
        ),
    )


def _clip(text: str | None) -> str | None:
    return text[:MAX_TEXT] if text else None


def joined_before(stored: PartyRecord, late: PartyRecord) -> str | None:
    """The time at which somebody really joined, when a late event tells of an earlier moment than the stored one.

    An event that a newer one overtook changes no status. But if both say that the same participant is in, the
    participant has been in since the earlier of the two; otherwise the time would depend on the order of arrival.
    """
    if stored.membership is None or late.membership is None:
        return None
    here, there = stored.membership, late.membership
    if (here.conference_id, here.participant.id) != (there.conference_id, there.participant.id):
        return None
    earlier = there.participant.joined_at
    return earlier if earlier < here.participant.joined_at else None
