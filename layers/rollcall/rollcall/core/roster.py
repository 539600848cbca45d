"""The roster of one conference, and how legs joining and leaving change it.

A roster remembers, for every leg it has seen, the sequence of the newest status it knows. A change that is not newer
says nothing. So a stream batch that is delivered again changes nothing, and nobody who left comes back.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from rollcall.core.party import Leg, Membership, Participant, PartyRecord

DEPARTED_FOR_MS = 26 * 3_600_000
"""How long a departed participant is remembered: longer than a stream keeps records (24 h) that could be repeated."""


class Joined(msgspec.Struct, frozen=True, tag_field="type", tag="joined"):
    """Somebody came in."""

    participant: Participant


class Left(msgspec.Struct, frozen=True, tag_field="type", tag="left"):
    """Somebody went. `reason`: RingCentral's reason for the leg's new status, or its code where it gave none
    ("Disconnected": hung up or removed; "Conference": brought into another one; "Answered": back in a direct call).
    """

    participant: Participant
    reason: str


class Updated(msgspec.Struct, frozen=True, tag_field="type", tag="updated"):
    """Somebody who stays is shown differently."""

    participant: Participant


class Ended(msgspec.Struct, frozen=True, tag_field="type", tag="ended"):
    """Nobody is in the conference any more."""


Change = Joined | Left | Updated | Ended


class LegChange(msgspec.Struct, frozen=True):
    """What one stream record means to one conference: the leg is in as `participant`, or out for `reason`."""

    account_id: str
    conference_id: str
    leg: Leg
    sequence: int
    event_time: str
    participant: Participant | None
    agent_extension_id: str | None
    reason: str


class Present(msgspec.Struct, frozen=True, rename="camel"):
    """A participant who is in, and the sequence of the status that says so."""

    participant: Participant
    sequence: int
    agent_extension_id: str | None


class Departed(msgspec.Struct, frozen=True, rename="camel"):
    """A leg that is out, and the sequence of the status that says so. `at`: when that was seen, epoch milliseconds."""

    leg: Leg
    sequence: int
    at: int


class Roster(msgspec.Struct, frozen=True, rename="camel"):
    """A conference's roster.

    `present` and `departed` are keyed by participant id; `changes` led to this version, the newest of them at
    `event_time`; `created_at` is when the first of all was seen, epoch milliseconds; `host_extension_id` is the
    extension that hosts: of the host's own leg, or of the legs that were brought in before that one was seen.
    """

    account_id: str
    conference_id: str
    version: int = 0
    created_at: int = 0
    event_time: str | None = None
    host_extension_id: str | None = None
    present: dict[str, Present] = {}
    departed: dict[str, Departed] = {}
    changes: tuple[Change, ...] = ()

    @property
    def participants(self) -> list[Participant]:
        """The host first, then in the order in which they joined."""
        people = [entry.participant for entry in self.present.values()]
        return sorted(people, key=lambda person: (person.role != "host", person.joined_at, person.id))

    @property
    def state(self) -> Literal["active", "ended"]:
        """Ended exactly while nobody is in, once somebody was. It follows from who is in, so it can't contradict it."""
        return "ended" if self.version and not self.present else "active"


def leg_changes(old: PartyRecord | None, new: PartyRecord) -> list[LegChange]:
    """What the step from one image of a party record to the next means to conferences.

    Nothing, if no roster would show it; two changes, if the leg went from one conference into another.
    """
    before = old.membership if old else None
    after = new.membership
    if _looks_the_same(before, after):
        return []
    changes = []
    if before and (after is None or before.conference_id != after.conference_id):
        changes.append(_leg_change(new, before.conference_id, None, before.agent_extension_id))
    if after:
        changes.append(_leg_change(new, after.conference_id, after.participant, after.agent_extension_id))
    return changes


def _looks_the_same(before: Membership | None, after: Membership | None) -> bool:
    """RingCentral may tell again that somebody is in. The time of that event is no new time of joining."""
    if before is None or after is None:
        return before is after
    if after.participant.joined_at < before.participant.joined_at:
        return False
    joined_at = before.participant.joined_at
    return before == msgspec.structs.replace(
        after, participant=msgspec.structs.replace(after.participant, joined_at=joined_at)
    )


def _leg_change(
    new: PartyRecord, conference_id: str, participant: Participant | None, agent_extension_id: str | None
) -> LegChange:
    return LegChange(
        account_id=new.account_id,
        conference_id=conference_id,
        leg=new.leg,
        sequence=new.sequence,
        event_time=new.event_time,
        participant=participant,
        agent_extension_id=agent_extension_id,
        reason=new.reason or new.code,
    )


def apply(roster: Roster, leg_changes: Iterable[LegChange], *, now: int) -> Roster:
    """The roster after these changes, one version higher; the very same roster if they say nothing new.

    `now`: epoch milliseconds; dates the roster, and lets it forget those who departed long ago.
    """
    present, departed, changes = dict(roster.present), dict(roster.departed), list[Change]()
    event_time = roster.event_time or ""
    news = False
    for change in leg_changes:
        applied = _apply_one(present, departed, change, now)
        if applied is None:
            continue
        news = True
        changes += applied
        event_time = max(event_time, change.event_time)
    if not news:
        return roster
    if not present and changes:
        changes.append(Ended())
    return msgspec.structs.replace(
        roster,
        version=roster.version + 1,
        created_at=roster.created_at or now,
        host_extension_id=_host_extension_id(present) or roster.host_extension_id,
        event_time=event_time,
        present=present,
        departed={key: gone for key, gone in departed.items() if now - gone.at < DEPARTED_FOR_MS},
        changes=tuple(changes),
    )


def _host_extension_id(present: dict[str, Present]) -> str | None:
    hosts = [entry.agent_extension_id for entry in present.values() if entry.participant.role == "host"]
    agents = [entry.agent_extension_id for entry in present.values()]
    return min((agent for agent in hosts or agents if agent), default=None)


def _apply_one(
    present: dict[str, Present], departed: dict[str, Departed], change: LegChange, now: int
) -> list[Change] | None:
    """Apply one change in place. Returns what clients see of it, or None if it says nothing new about the leg."""
    current = next((entry for entry in present.values() if entry.participant.leg == change.leg), None)
    known = max((gone.sequence for gone in departed.values() if gone.leg == change.leg), default=-1)
    participant = change.participant
    if current is not None:
        known = max(known, current.sequence)
        if participant is not None and participant.id == current.participant.id:
            return _update(present, current, participant, change)
    if change.sequence <= known:
        return None
    seen: list[Change] = []
    if current is not None:
        del present[current.participant.id]
        departed[current.participant.id] = Departed(leg=change.leg, sequence=change.sequence, at=now)
        seen.append(Left(current.participant, change.reason))
    if participant is not None:
        present[participant.id] = Present(participant, change.sequence, change.agent_extension_id)
        departed.pop(participant.id, None)
        seen.append(Joined(participant))
    elif current is None:
        # Its joining was never seen. Remembered, so that it can't bring the leg in after it has left.
        departed[change.leg.party_id] = Departed(leg=change.leg, sequence=change.sequence, at=now)
    return seen


def _update(
    present: dict[str, Present], current: Present, participant: Participant, change: LegChange
) -> list[Change] | None:
    """Somebody who is in is told to be in once more: newer details win, the earlier time of joining stays."""
    newest = participant if change.sequence > current.sequence else current.participant
    joined_at = min(participant.joined_at, current.participant.joined_at)
    shown = msgspec.structs.replace(newest, joined_at=joined_at)
    if shown == current.participant:
        return None
    present[shown.id] = Present(shown, max(change.sequence, current.sequence), change.agent_extension_id)
    return [Updated(shown)]
