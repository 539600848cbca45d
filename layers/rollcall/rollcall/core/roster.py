"""The roster of one conference, and how legs joining and leaving change it.

A roster remembers, for every leg it has seen, the sequence of the newest status it knows. A change that is not newer
says nothing. So a stream batch that is delivered again changes nothing, and nobody who left comes back.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from rollcall.core.party import Leg, Membership, Participant, PartyRecord
from rollcall.core.verification import due_at

DEPARTED_FOR_MS = 26 * 3_600_000
"""How long a departed participant is remembered: longer than a stream keeps records (24 h) that could be repeated."""


Source = Literal["reconciliation"]
"""How a change was found out if no event told it: RingCentral was asked who is in."""


class Joined(msgspec.Struct, frozen=True, tag_field="type", tag="joined", omit_defaults=True):
    """Somebody came in."""

    participant: Participant
    source: Source | None = None


class Left(msgspec.Struct, frozen=True, tag_field="type", tag="left", omit_defaults=True):
    """Somebody went. `reason`: RingCentral's reason for the leg's new status, or its code where it gave none
    ("Disconnected": hung up or removed; "Conference": brought into another one; "Answered": back in a direct call).
    """

    participant: Participant
    reason: str
    source: Source | None = None


class Updated(msgspec.Struct, frozen=True, tag_field="type", tag="updated", omit_defaults=True):
    """Somebody who stays is shown differently."""

    participant: Participant
    source: Source | None = None


class Ended(msgspec.Struct, frozen=True, tag_field="type", tag="ended"):
    """Nobody is in the conference any more."""


Change = Joined | Left | Updated | Ended


Order = tuple[int, int]
"""Sequence, and number of the correction: what is newer about one leg is greater."""


class LegChange(msgspec.Struct, frozen=True):
    """What one stream record means to one conference: the leg is in as `participant`, or out for `reason`."""

    account_id: str
    conference_id: str
    leg: Leg
    sequence: int
    correction: int
    event_time: str
    participant: Participant | None
    agent_extension_id: str | None
    moving: bool
    reason: str

    @property
    def order(self) -> Order:
        """Against other changes of the same leg."""
        return self.sequence, self.correction

    @property
    def source(self) -> Source | None:
        """How it was found out."""
        return "reconciliation" if self.correction else None


class Present(msgspec.Struct, frozen=True, rename="camel"):
    """A participant who is in, and the sequence of the status that says so. `moving`: see `Membership`."""

    participant: Participant
    sequence: int
    agent_extension_id: str | None
    correction: int = 0
    moving: bool = False

    @property
    def order(self) -> Order:
        """Against other changes of the same leg."""
        return self.sequence, self.correction


class Departed(msgspec.Struct, frozen=True, rename="camel"):
    """A leg that is out, and the sequence of the status that says so. `at`: when that was seen, epoch milliseconds."""

    leg: Leg
    sequence: int
    at: int
    correction: int = 0

    @property
    def order(self) -> Order:
        """Against other changes of the same leg."""
        return self.sequence, self.correction


class Roster(msgspec.Struct, frozen=True, rename="camel"):
    """A conference's roster.

    `present` and `departed` are keyed by participant id; `changes` led to this version, the newest of them at
    `event_time`; `created_at` is when the first of all was seen, epoch milliseconds; `host_extension_id` is the
    extension that hosts: of the host's own leg, or of the legs that were brought in before that one was seen.
    RingCentral confirmed it last at `verified_at` and is to be asked again at `due_at`, epoch seconds; None: no more.
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
    verified_at: int = 0
    due_at: int | None = None

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

    Nothing, if no roster would show it; two changes, if the leg went from one conference into another. A new correction
    always means something to its conference, also if the record itself was right: then its change has got lost.
    """
    before = old.membership if old else None
    after = new.membership
    corrected = new.correction if new.correction != (old.correction if old else None) else None
    if corrected is None and _looks_the_same(before, after):
        return []
    outs = {membership.conference_id for membership in (before,) if membership}
    outs |= {corrected.conference_id} if corrected else set()
    outs -= {after.conference_id} if after else set()
    return [_leg_change(new, conference_id, None) for conference_id in sorted(outs)] + (
        [_leg_change(new, after.conference_id, after)] if after else []
    )


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


def _leg_change(new: PartyRecord, conference_id: str, membership: Membership | None) -> LegChange:
    return LegChange(
        account_id=new.account_id,
        conference_id=conference_id,
        leg=new.leg,
        sequence=new.sequence,
        correction=new.correction.number if new.correction else 0,
        event_time=new.event_time,
        participant=membership.participant if membership else None,
        agent_extension_id=membership.agent_extension_id if membership else None,
        moving=membership.moving if membership else False,
        reason=new.reason or new.code,
    )


def apply(roster: Roster, leg_changes: Iterable[LegChange], *, now: int) -> Roster:
    """The roster after these changes, one version higher; the very same roster if they say nothing new.

    `now`: epoch milliseconds; dates the roster, and lets it forget those who departed long ago.
    """
    present, departed, changes = dict(roster.present), dict(roster.departed), list[Change]()
    event_time = roster.event_time or ""
    news = doubtful = False
    for change in leg_changes:
        applied = _apply_one(present, departed, change, now)
        if applied is None:
            continue
        news = True
        # Somebody leaves who was never seen to join, or joins what had ended: something was missed.
        doubtful |= (not applied and not change.moving) or (roster.state == "ended" and change.participant is not None)
        changes += applied
        event_time = max(event_time, change.event_time)
    if not news:
        return roster
    changes += _arrivals(present, departed, roster.conference_id, now)
    if not present and changes:
        changes.append(Ended())
    # A host is gone, or on the way to another device, whose leg might never be heard of.
    doubtful |= _has_host(roster.present) and not _has_host(present)
    doubtful |= any(entry.moving for entry in present.values())
    appointment = roster.due_at if roster.version else None
    return msgspec.structs.replace(
        roster,
        version=roster.version + 1,
        created_at=roster.created_at or now,
        host_extension_id=_host_extension_id(present) or roster.host_extension_id,
        event_time=event_time,
        present=present,
        departed={key: gone for key, gone in departed.items() if now - gone.at < DEPARTED_FOR_MS},
        changes=tuple(changes),
        due_at=due_at(now // 1000, doubtful=doubtful, ended=not present, before=appointment),
    )


def _has_host(present: dict[str, Present]) -> bool:
    return any(entry.participant.role == "host" for entry in present.values())


def _arrivals(present: dict[str, Present], departed: dict[str, Departed], conference_id: str, now: int) -> list[Change]:
    """Hosts who were changing devices and have arrived at the other one: their former leg is out, in place.

    All legs of a host are on the conference's own session, so their sequences can be compared.
    """
    arrived = [entry.order for entry in present.values() if entry.participant.role == "host" and not entry.moving]
    arrived += [gone.order for gone in departed.values() if gone.leg.telephony_session_id == conference_id]
    former = [entry for entry in present.values() if entry.moving and max(arrived, default=(-1, 0)) > entry.order]
    for entry in former:
        person = entry.participant
        del present[person.id]
        departed[person.id] = Departed(person.leg, entry.sequence, now, entry.correction)
    return [Left(entry.participant, "CallSwitch") for entry in former]


def _host_extension_id(present: dict[str, Present]) -> str | None:
    hosts = [entry.agent_extension_id for entry in present.values() if entry.participant.role == "host"]
    agents = [entry.agent_extension_id for entry in present.values()]
    return min((agent for agent in hosts or agents if agent), default=None)


def _apply_one(
    present: dict[str, Present], departed: dict[str, Departed], change: LegChange, now: int
) -> list[Change] | None:
    """Apply one change in place. Returns what clients see of it, or None if it says nothing new about the leg."""
    current = next((entry for entry in present.values() if entry.participant.leg == change.leg), None)
    known = max((gone.order for gone in departed.values() if gone.leg == change.leg), default=(-1, 0))
    participant = change.participant
    if current is not None:
        known = max(known, current.order)
        if participant is not None and participant.id == current.participant.id:
            return _update(present, current, participant, change)
    if change.order <= known:
        return None
    seen: list[Change] = []
    if current is not None:
        del present[current.participant.id]
        departed[current.participant.id] = Departed(change.leg, change.sequence, now, change.correction)
        seen.append(Left(current.participant, change.reason, change.source))
    if participant is not None:
        present[participant.id] = _present(participant, change)
        departed.pop(participant.id, None)
        seen.append(Joined(participant, change.source))
    elif current is None:
        # Its joining was never seen. Remembered, so that it can't bring the leg in after it has left.
        departed[change.leg.party_id] = Departed(change.leg, change.sequence, now, change.correction)
    return seen


def _present(participant: Participant, change: LegChange) -> Present:
    return Present(participant, change.sequence, change.agent_extension_id, change.correction, change.moving)


def _update(
    present: dict[str, Present], current: Present, participant: Participant, change: LegChange
) -> list[Change] | None:
    """Somebody who is in is told to be in once more: newer details win, the earlier time of joining stays."""
    newer = change.order > current.order
    newest = participant if newer else current.participant
    joined_at = min(participant.joined_at, current.participant.joined_at)
    shown = msgspec.structs.replace(newest, joined_at=joined_at)
    moved = newer and change.moving != current.moving
    if shown == current.participant and not moved:
        return None
    present[shown.id] = _present(shown, change) if newer else msgspec.structs.replace(current, participant=shown)
    return [] if shown == current.participant else [Updated(shown, change.source)]
