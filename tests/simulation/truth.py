"""What really happens at RingCentral: who is in which conference, and every notification that this gives rise to.

Sessions, legs and Call Control are those of `local.simulator`, where the facts about RingCentral stand once. Added here
is what is not published but may happen, such as a leg that goes from one conference straight into another.

Who is in is told in two ways that the checks hold against each other: from the sessions as they stand (`present`), and
leg by leg from what each notification says (`tellings`).
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from local.simulator import choices
from local.simulator.call_control import CallControl
from local.simulator.clock import iso_milliseconds
from local.simulator.conferences import CONFERENCE_NUMBER, Conferences
from local.simulator.errors import RingCentralError
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Code, Origin, Party, PartyEvent, PartyInfo, Peer, Role, Session, Status
from local.simulator.telephony import PlacedCall, Remote, Side, Telephony
from local.simulator.users import User, Users
from local.simulator.views import event_body, event_uri
from tests.simulation.clock import Clock

Fate = Literal["unheard", "perhaps", "taken"]
"""What became of a notification: nobody heard it; the answer does not tell; Rollcall has it."""


class LegId(NamedTuple):
    """One leg of one session."""

    session: str
    party: str


class Person(NamedTuple):
    """Somebody in a conference, as a roster should show them. `id`: the party in the conference."""

    id: str
    conference: str
    role: str
    name: str | None
    phone_number: str | None
    extension_id: str | None
    direction: str
    leg: LegId


@dataclass(slots=True)
class Telling:
    """One notification: what it says about one leg, and what became of it.

    `person`: who is in by it; None says "in no conference". `at`: when it happened, epoch seconds; `time`: as told.
    """

    account_id: str
    leg: LegId
    sequence: int
    time: str
    at: float
    person: Person | None
    body: bytes
    fate: Fate = "unheard"

    def heard(self, fate: Fate) -> None:
        """The most certain of all fates of its copies counts."""
        if self.fate != "taken" and fate != "unheard":
            self.fate = fate


class Truth:
    """RingCentral. `tell` gets every notification."""

    def __init__(self, clock: Clock, chance: random.Random, tell: Callable[[Telling], None]) -> None:
        self.tellings: dict[LegId, list[Telling]] = defaultdict(list)
        self.account_of: dict[str, str] = {}
        self.stays: dict[tuple[str, str], LegId] = {}
        self.since: dict[tuple[str, str], str] = {}
        identifiers = Identifiers(lambda size: chance.randbytes(size).hex())
        self._identifiers = identifiers
        self._clock = clock
        self._tell = tell
        self.users = Users(identifiers)
        self.telephony = Telephony(clock.moment, identifiers)
        self.conferences = Conferences(self.telephony)
        self.control = CallControl(self.telephony, self.conferences)

    def now(self) -> datetime:
        """The time at RingCentral."""
        return self._clock.moment()

    def create_conference(self, host: User) -> Session:
        """A conference whose host's phone has not dialled in yet."""
        conference = self.control.create_conference(host)
        self.account_of[conference.id] = host.account_id
        return conference

    def host_join(self, conference: Session, host: User) -> None:
        self._happened(self.conferences.host_join(conference, host))

    def host_leave(self, conference: Session, *, keep_alive: bool) -> None:
        self._happened(self.conferences.host_leave(conference, keep_conference_alive=keep_alive))

    def call(self, agent: User, direction: Literal["Inbound", "Outbound"], remote: Remote) -> PlacedCall:
        """An answered direct call."""
        placed = self.telephony.place_call(agent, direction, remote)
        self._happened(placed.events)
        return placed

    def bring_in(self, host: User, conference: Session, call: PlacedCall) -> None:
        self._happened(self.control.bring_in(host, conference.id, call.telephony_session_id, call.party_id)[1])

    def hang_up(self, call: PlacedCall, side: Side) -> None:
        self._happened(self.telephony.hang_up(call.telephony_session_id, side))

    def delete_party(self, user: User, session_id: str, party_id: str) -> None:
        """What an app asks for. Raises RingCentral's error."""
        self._happened(self.control.delete_party(user, session_id, party_id, keep_conference_alive=False))

    def own_leg(self, call: PlacedCall) -> Party:
        """The agent's leg of a call, as it stands."""
        return self.telephony.session(call.telephony_session_id).parties[call.party_id]

    def tell_again(self, call: PlacedCall) -> None:
        """The same status once more, under a new sequence (a listed gap: nobody knows whether RingCentral does)."""
        session = self.telephony.session(call.telephony_session_id)
        self._happened([session.change(call.party_id, session.parties[call.party_id].status, self._clock.moment())])

    def rename(self, call: PlacedCall, name: str) -> None:
        """The person's name becomes known, or changes, while they are in."""
        session = self.telephony.session(call.telephony_session_id)
        leg = session.parties[call.party_id]
        changed = (
            replace(leg, to=replace(leg.to, name=name))
            if leg.direction == "Outbound"
            else replace(leg, from_=replace(leg.from_, name=name))
        )
        self._happened([session.put(changed, self._clock.moment())])

    def split(self, call: PlacedCall) -> None:
        """Back into the direct call."""
        session, events = self._out(call)
        self._happened([*events, session.change(call.party_id, Status(Code.ANSWERED), self._clock.moment())])

    def move(self, call: PlacedCall, conference: Session) -> None:
        """From one conference straight into another, under a new party there."""
        session, events = self._out(call)
        now = self._clock.moment()
        guest = Party(
            conference.next_party_id(),
            "Inbound",
            PartyInfo(CONFERENCE_NUMBER),
            PartyInfo(CONFERENCE_NUMBER, choices.CONFERENCE_NAME),
            Status(Code.GONE, peer=Peer(session.id, session.session_id, call.party_id)),
            conference_role=Role.PARTICIPANT,
        )
        conference.put(guest, now)
        inside = Peer(conference.id, conference.session_id, guest.id)
        self._happened([*events, session.change(call.party_id, Status(Code.GONE, "Conference", inside), now)])

    def present(self, conference: Session) -> set[tuple[str, LegId]]:
        """Who is in by the sessions themselves: participant id and leg of the direct call (the host's own leg)."""
        people = set()
        for party in conference.parties.values():
            if party.conference_role is Role.HOST and party.status.code in (Code.ANSWERED, Code.GONE):
                people.add((party.id, LegId(conference.id, party.id)))
            peer = party.status.peer
            if party.conference_role is Role.PARTICIPANT and party.connected and peer is not None:
                people.add((party.id, LegId(peer.telephony_session_id, peer.party_id)))
        return people

    def _out(self, call: PlacedCall) -> tuple[Session, list[PartyEvent]]:
        """The leg's party in the conference that it is in is disconnected there."""
        session = self.telephony.session(call.telephony_session_id)
        peer = session.parties[call.party_id].status.peer
        assert peer is not None
        old = self.telephony.session(peer.telephony_session_id)
        return session, [old.change(peer.party_id, Status(Code.DISCONNECTED), self._clock.moment())]

    def _happened(self, events: Iterable[PartyEvent]) -> None:
        for event in events:
            owner = event.party.owner
            if owner is None:
                continue  # nobody is told of such legs
            leg = LegId(event.telephony_session_id, event.party.id)
            person = _person(event, leg)
            time = iso_milliseconds(event.event_time)
            if person is not None:
                stay = (person.conference, person.id)
                self.stays[stay] = leg
                self.since.setdefault(stay, time)
            notification = {
                "uuid": self._identifiers.notification_uuid(),
                "event": event_uri(owner.account_id, owner.extension_id),
                "timestamp": time,
                "subscriptionId": "3ca0ec27-a916-4260-82ad-035752e61da2",
                "ownerId": "700200009",
                "body": event_body(event),
            }
            body = msgspec.json.encode(notification)
            telling = Telling(owner.account_id, leg, event.sequence, time, self._clock.now, person, body)
            self.tellings[leg].append(telling)
            self._tell(telling)


def _person(event: PartyEvent, leg: LegId) -> Person | None:
    """Whom an event tells to be in: RingCentral's meaning of statuses, written apart from the product's."""
    party, status = event.party, event.party.status
    if event.origin is Origin.CONFERENCE:
        if party.conference_role is not Role.HOST or status.code not in (Code.ANSWERED, Code.GONE):
            return None
        near = party.from_
        extension_id = party.owner.extension_id if party.owner else None
        return Person(party.id, leg.session, "host", near.name, near.phone_number, extension_id, party.direction, leg)
    if status.code is not Code.GONE or status.reason != "Conference" or status.peer is None:
        return None
    far = party.to if party.direction == "Outbound" else party.from_
    return Person(
        status.peer.party_id,
        status.peer.telephony_session_id,
        "participant",
        far.name,
        far.phone_number,
        far.extension_id,
        party.direction,
        leg,
    )


__all__ = ["Fate", "LegId", "Person", "RingCentralError", "Telling", "Truth"]
