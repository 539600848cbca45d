"""What Rollcall makes of recorded notifications, worked out anew by its own core, one after the other as they came.

Of what came before the first of them nothing is known here, as if the tables had been empty then.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from rollcall.core.errors import UndecodableNotification
from rollcall.core.notification import OtherNotification, Party, TelephonySessionNotification, decode_notification
from rollcall.core.party import Leg, Participant, PartyRecord, joined_before, party_records
from rollcall.core.recording import Recorded
from rollcall.core.roster import Change, Ended, Joined, Left, LegChange, Roster, apply, leg_changes

_MILLISECONDS = 1000


class Step(NamedTuple):
    """One party of one notification; without `party` a notification that has none. `meaning`: what came of it."""

    recorded: Recorded
    notification: TelephonySessionNotification | None
    party: Party | None
    conferences: frozenset[str]
    meaning: str


class Playback:
    """Party records and rosters as they would stand after what was played. `rosters` by account and conference."""

    def __init__(self) -> None:
        self.rosters = dict[tuple[str, str], Roster]()
        self._records = dict[Leg, PartyRecord]()

    def play(self, recorded: Recorded) -> Iterator[Step]:
        """Take one notification."""
        try:
            notification = decode_notification(recorded.content)
        except UndecodableNotification as error:
            yield Step(recorded, None, None, frozenset(), f"quarantined: {error.reason}, {error.detail}")
            return
        if isinstance(notification, OtherNotification):
            yield Step(recorded, None, None, frozenset(), f"of another kind: {notification.kind}")
            return
        now = int(datetime.fromisoformat(recorded.received_at).timestamp() * _MILLISECONDS)
        for party, record in zip(notification.parties, party_records(notification), strict=True):
            before = self._records.get(record.leg)
            conferences = {one.membership.conference_id for one in (before, record) if one and one.membership}
            meaning = "; ".join(self._merge(before, record, now))
            yield Step(recorded, notification, party, frozenset(conferences), meaning)

    def _merge(self, before: PartyRecord | None, record: PartyRecord, now: int) -> Iterator[str]:
        """Put the record in place if it is newer, as the table would; tell what follows."""
        if before is None or before.sequence < record.sequence:
            yield from self._written(before, record, now) or [_nothing_follows(record)]
            return
        if before.sequence > record.sequence:
            yield f"overtaken by sequence {before.sequence}"
        elif before == record:
            yield "repeats an earlier event"
        else:
            yield "has the sequence of an earlier event, and tells something else"
        joined_at = joined_before(before, record)
        if joined_at and before.membership:
            person = msgspec.structs.replace(before.membership.participant, joined_at=joined_at)
            membership = msgspec.structs.replace(before.membership, participant=person)
            yield f"corrects the time of joining to {joined_at}"
            self._written(before, msgspec.structs.replace(before, membership=membership), now)

    def _written(self, before: PartyRecord | None, record: PartyRecord, now: int) -> list[str]:
        self._records[record.leg] = record
        return [told for change in leg_changes(before, record) for told in self._changed(change, record, now)]

    def _changed(self, change: LegChange, record: PartyRecord, now: int) -> Iterator[str]:
        """What a change of a leg does to a roster."""
        key = change.account_id, change.conference_id
        roster = self.rosters.get(key) or Roster(*key)
        after = apply(roster, [change], now=now)
        if after is roster:
            yield f"changes nothing in conference {change.conference_id}"
            return
        self.rosters[key] = after
        for seen in after.changes:
            yield _told(seen, change.conference_id, _why(record))
        if not after.changes:
            yield f"noted for conference {change.conference_id}: {_why(record)}"


def _told(seen: Change, conference_id: str, why: str) -> str:
    match seen:
        case Joined(participant=person):
            return f"joined conference {conference_id} as {person.id} ({_who(person)}): {why}"
        case Left(participant=person):
            return f"out of conference {conference_id} ({_who(person)}): {why}"
        case Ended():
            return f"conference {conference_id} is over"
        case _:
            return f"shown differently in conference {conference_id} ({_who(seen.participant)}): {why}"


def _nothing_follows(record: PartyRecord) -> str:
    if record.membership:
        return f"still in conference {record.membership.conference_id}: {_why(record)}"
    return "no conference concerned"


def _who(person: Participant) -> str:
    known = [text for text in (person.name, person.phone_number) if text]
    return ", ".join([*known, "host"] if person.role == "host" else known) or "nobody knows who"


def _why(record: PartyRecord) -> str:
    return f"{record.code} with reason {record.reason}" if record.reason else record.code
