"""The real core between an in-memory table and an in-memory roster store: every write is a stream record."""

import msgspec

from rollcall.core.notification import TelephonySessionNotification, decode_notification
from rollcall.core.party import Leg, Participant, PartyRecord, joined_before, party_records
from rollcall.core.roster import LegChange, Roster, apply, leg_changes

Images = tuple[PartyRecord | None, PartyRecord]


class MemoryParties:
    """Party records with the conditional write of the real table; `stream` holds what each write changed."""

    def __init__(self) -> None:
        self.records: dict[Leg, PartyRecord] = {}
        self.stream: list[Images] = []

    def put_if_newer(self, record: PartyRecord) -> PartyRecord | None:
        stored = self.records.get(record.leg)
        if stored and stored.sequence >= record.sequence:
            return stored
        self.write(record)
        return None

    def backdate(self, stored: PartyRecord, joined_at: str) -> bool:
        current = self.records[stored.leg]
        if current.sequence != stored.sequence or current.membership is None:
            return False
        participant = msgspec.structs.replace(current.membership.participant, joined_at=joined_at)
        membership = msgspec.structs.replace(current.membership, participant=participant)
        self.write(msgspec.structs.replace(current, membership=membership))
        return True

    def write(self, record: PartyRecord) -> None:
        self.stream.append((self.records.get(record.leg), record))
        self.records[record.leg] = record


def deliver(bodies: list[bytes]) -> MemoryParties:
    """What the table and its stream hold after these notifications, in this order."""
    return deliver_into(MemoryParties(), bodies)


def deliver_into(parties: MemoryParties, bodies: list[bytes]) -> MemoryParties:
    """The same, after what they hold already."""
    for body in bodies:
        notification = decode_notification(body)
        assert isinstance(notification, TelephonySessionNotification)
        for record in party_records(notification):
            stored = parties.put_if_newer(record)
            joined_at = joined_before(stored, record) if stored else None
            if stored and joined_at:
                parties.backdate(stored, joined_at)
    return parties


def rosters_after(stream: list[Images], *, batch: int = 1) -> dict[str, Roster]:
    """Every conference's roster after the stream was taken in batches of this size."""
    rosters: dict[str, Roster] = {}
    for start in range(0, len(stream), batch):
        changes: dict[str, list[LegChange]] = {}
        for old, new in stream[start : start + batch]:
            for change in leg_changes(old, new):
                changes.setdefault(change.conference_id, []).append(change)
        for conference_id, legs in changes.items():
            roster = rosters.get(conference_id) or Roster(legs[0].account_id, conference_id)
            rosters[conference_id] = apply(roster, legs, now=start)
    return rosters


def shown(rosters: dict[str, Roster]) -> dict[str, tuple[str, list[Participant]]]:
    """What clients see in the end, whatever the way there."""
    return {key: (roster.state, list(roster.participants)) for key, roster in rosters.items() if roster.present}
