"""What RingCentral answers about a conference, held against the roster, and what follows for the legs' records.

A correction is written to the record of the leg, as if an event had told it. So it takes the same way into the roster
as every event, and an event that comes after all, with a higher sequence, has the last word.

What is believed (docs/decisions.md has the reasons):

- A leg of whose record the newest event is younger than `SETTLED_SECONDS` is left alone: the answer may not know of it.
- Of an older one, the answer decides, with one exception: a leg that an event told to be `Disconnected` stays out. A
  leg that has ended never comes back, and an answer may list what is no more.
- A session that RingCentral does not know (404) has ended: nobody is in it.

Source: the recorded answer for a conference's session, in which participants are listed as `Gone` while they are in it,
with the direct call's leg as their peer.
"""

from datetime import UTC, datetime

import msgspec

from rollcall.core.notification import (
    Party,
    Peer,
    Status,
    TelephonySessionNotification,
    format_time,
)
from rollcall.core.party import NOT_CONNECTED, Correction, Leg, PartyRecord, party_records
from rollcall.core.roster import Roster
from rollcall.core.verification import SETTLED_SECONDS


class SessionAnswer(msgspec.Struct, frozen=True):
    """A telephony session as GET answers it, as far as it matters here."""

    parties: list[Party]


class Absent(msgspec.Struct, frozen=True):
    """The roster shows somebody whom the answer does not show to be in. `sequence`: of the roster's knowledge."""

    participant_id: str
    leg: Leg
    sequence: int


class Unseen(msgspec.Struct, frozen=True):
    """The answer shows somebody to be in whom the roster does not. `leg`: of the direct call, or the host's own."""

    participant_id: str
    leg: Leg
    party: Party


def absent(roster: Roster, answer: SessionAnswer | None) -> list[Absent]:
    """Everybody on the roster who is not in by the answer; everybody, if there is no such session."""
    inside = {party.id for party in answer.parties if _is_in(party)} if answer else set()
    return [
        Absent(participant_id, entry.participant.leg, entry.sequence)
        for participant_id, entry in roster.present.items()
        if participant_id not in inside
    ]


def unseen(roster: Roster, answer: SessionAnswer | None) -> list[Unseen]:
    """Everybody who is in by the answer and not on the roster, as far as the answer names their leg."""
    found = []
    for party in answer.parties if answer else []:
        leg = _leg_of(roster.conference_id, party)
        if _is_in(party) and leg is not None and party.id not in roster.present:
            found.append(Unseen(party.id, leg, party))
    return found


def _is_host(party: Party) -> bool:
    return party.conference_role != "Participant"


def _is_in(party: Party) -> bool:
    """A participant is `Gone` while in the conference; before, the leg is set up, and after, it is disconnected."""
    return party.status.code not in NOT_CONNECTED


def _leg_of(conference_id: str, party: Party) -> Leg | None:
    if _is_host(party):
        return Leg(conference_id, party.id)
    peer = party.status.peer_id
    session_id = (peer.telephony_session_id or peer.session_id) if peer else None
    if peer is None or peer.party_id is None or session_id is None or not session_id.startswith("s-"):
        return None
    return Leg(session_id, peer.party_id)


def settled(record: PartyRecord | None, asked_at: int) -> bool:
    """Whether the answer can be believed about this leg. `asked_at`: epoch seconds."""
    return record is None or record.event_time <= _time(asked_at - SETTLED_SECONDS)


def corrected_out(roster: Roster, doubt: Absent, record: PartyRecord | None, asked_at: int) -> PartyRecord:
    """The record of a leg that is out of this roster's conference after all."""
    if record is None or record.membership is not None:
        # As if it had just been disconnected. A record of a leg that is out already stays what it is.
        record = PartyRecord(
            leg=doubt.leg,
            account_id=roster.account_id,
            sequence=record.sequence if record else doubt.sequence,
            event_time=_time(asked_at),
            code="Disconnected",
            reason=None,
            membership=None,
            correction=record.correction if record else None,
        )
    return _numbered(record, roster.conference_id)


def may_be_in(record: PartyRecord | None) -> bool:
    """Whether a leg that the answer shows to be in may be believed to be: not, if an event told that it has ended."""
    return record is None or record.correction is not None or record.code != "Disconnected"


def corrected_in(
    roster: Roster, doubt: Unseen, record: PartyRecord | None, direct: SessionAnswer | None, asked_at: int
) -> PartyRecord | None:
    """The record of a leg that is in this roster's conference after all; None if nobody knows who it is.

    `direct`: the answer about the session of the original direct call, which has names and numbers; a host needs none.
    """
    if record is not None and record.membership and record.membership.conference_id == roster.conference_id:
        return _numbered(record, roster.conference_id)  # the record was right, and its change has got lost
    if _is_host(doubt.party):
        party = doubt.party
    else:
        own = [party for party in direct.parties if party.id == doubt.leg.party_id] if direct else []
        if not own:
            return None
        peer = Peer(telephony_session_id=roster.conference_id, party_id=doubt.participant_id)
        party = msgspec.structs.replace(own[0], status=Status("Gone", "Conference", peer))
    told = TelephonySessionNotification(
        account_id=roster.account_id,
        telephony_session_id=doubt.leg.telephony_session_id,
        sequence=record.sequence if record else 0,
        event_time=_time(asked_at),
        in_conference_session=_is_host(doubt.party),
        parties=[party],
    )
    (found,) = party_records(told)
    before = record.correction if record else None
    return _numbered(msgspec.structs.replace(found, correction=before), roster.conference_id)


def _numbered(record: PartyRecord, conference_id: str) -> PartyRecord:
    number = record.correction.number + 1 if record.correction else 1
    return msgspec.structs.replace(record, correction=Correction(number, conference_id))


def _time(epoch_seconds: int) -> str:
    return format_time(datetime.fromtimestamp(epoch_seconds, UTC))
