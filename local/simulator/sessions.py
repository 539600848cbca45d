"""Telephony sessions and their parties, as values: what one is and how one changes.

Part of the core: no I/O here, and the time always comes in as an argument.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Literal

Direction = Literal["Inbound", "Outbound"]


class Code(StrEnum):
    """The status codes that the simulator uses, of those in RingCentral's CallStatusInfo."""

    SETUP = "Setup"
    PROCEEDING = "Proceeding"
    ANSWERED = "Answered"
    GONE = "Gone"
    DISCONNECTED = "Disconnected"


class Origin(StrEnum):
    """How a session began."""

    CALL = "Call"
    CONFERENCE = "Conference"


class Role(StrEnum):
    """What a party is in a conference."""

    HOST = "Host"
    PARTICIPANT = "Participant"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a leg is. A leg without an extension belongs to the account alone."""

    account_id: str
    extension_id: str | None


@dataclass(frozen=True, slots=True)
class PartyInfo:
    """One end of a leg: RingCentral's `to` and `from`."""

    phone_number: str
    name: str | None = None
    extension_id: str | None = None
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """The leg at the other end of a `Gone` leg, in another session."""

    telephony_session_id: str
    session_id: str
    party_id: str


@dataclass(frozen=True, slots=True)
class Status:
    """RingCentral's CallStatusInfo: reason and peer are present for some codes only."""

    code: Code
    reason: str | None = None
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """One leg of a session. A leg that nobody owns sends no notifications (documentation, limitations)."""

    id: str
    direction: Direction
    from_: PartyInfo
    to: PartyInfo
    status: Status
    owner: Owner | None = None
    conference_role: Role | None = None
    muted: bool = False

    @property
    def connected(self) -> bool:
        """Whether the leg is there; a `Gone` leg is, in its peer's session."""
        return self.status.code is not Code.DISCONNECTED


@dataclass(frozen=True, slots=True)
class PartyEvent:
    """One change of one party: the content of one notification."""

    telephony_session_id: str
    session_id: str
    origin: Origin
    sequence: int
    event_time: datetime
    party: Party


@dataclass(slots=True)
class Session:
    """A call or a conference.

    `last_sequence` starts at 1 because the first recorded event of a session has sequence 2.
    """

    id: str
    session_id: str
    origin: Origin
    owner: Owner
    created_at: datetime
    voice_call_token: str | None = None
    parties: dict[str, Party] = field(default_factory=dict)
    last_sequence: int = 1
    history: list[tuple[datetime, Party]] = field(default_factory=list)

    @property
    def own_leg(self) -> Party | None:
        """The leg of the session's owner: the agent's in a call, the host's in a conference."""
        return next((party for party in self.parties.values() if party.owner == self.owner), None)

    @property
    def ended(self) -> bool:
        """Whether everybody who was there has left."""
        return bool(self.parties) and not any(party.connected for party in self.parties.values())

    @property
    def present_participants(self) -> list[Party]:
        """The people brought into this conference who have not left it."""
        return [p for p in self.parties.values() if p.conference_role is Role.PARTICIPANT and p.connected]

    def next_party_id(self) -> str:
        """The session's own identifier and the number of the leg in order of creation (recorded event)."""
        return f"p-{self.id.removeprefix('s-')}-{len(self.parties) + 1}"

    def put(self, party: Party, at: datetime) -> PartyEvent:
        """Add or replace a leg. Every change takes a sequence number, also one that nobody is told of."""
        self.parties[party.id] = party
        self.history.append((at, party))
        self.last_sequence += 1
        return PartyEvent(self.id, self.session_id, self.origin, self.last_sequence, at, party)

    def parties_at(self, time: datetime) -> list[Party]:
        """The legs as they were then."""
        return list({party.id: party for at, party in self.history if at <= time}.values())

    def change(self, party_id: str, status: Status, at: datetime) -> PartyEvent:
        """Give a leg a new status."""
        return self.put(replace(self.parties[party_id], status=status), at)
