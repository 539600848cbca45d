"""Direct calls: the store of all sessions, and what agents' and other people's phones do. No I/O."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from local.simulator import choices, errors
from local.simulator.clock import Clock
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Code, Direction, Origin, Owner, Party, PartyEvent, PartyInfo, Session, Status
from local.simulator.users import User

HOST_JOIN_SECONDS = 38
"""A conference is terminated when its host's phone has not joined by then (documentation, Conference)."""

_CALLER, _CALLEE = 0, 1
_CALL_TO_EXTENSION = (
    (_CALLER, Code.SETUP),
    (_CALLEE, Code.SETUP),
    (_CALLER, Code.ANSWERED),
    (_CALLEE, Code.PROCEEDING),
    (_CALLEE, Code.ANSWERED),
)
"""What is reported of an answered call to an extension, in order (recorded call between two extensions)."""
_CALL_TO_NUMBER = (
    (_CALLER, Code.SETUP),
    (_CALLEE, Code.PROCEEDING),
    (_CALLER, Code.PROCEEDING),
    (_CALLEE, Code.ANSWERED),
    (_CALLER, Code.ANSWERED),
)
"""The same for a call from an extension to a number outside (recorded call)."""


class Side(StrEnum):
    """Who hangs up."""

    AGENT = "agent"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Remote:
    """The person at the other end: with an extension if in the agent's account, else outside RingCentral."""

    name: str
    phone_number: str
    extension_id: str | None = None

    def as_party(self) -> PartyInfo:
        """The person as the `to` or `from` of a leg."""
        return PartyInfo(self.phone_number, self.name, self.extension_id)


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """An answered call: the agent's own leg, and what was reported."""

    telephony_session_id: str
    party_id: str
    events: list[PartyEvent]


class Telephony:
    """All sessions, and the direct calls among them."""

    def __init__(
        self,
        clock: Clock,
        identifiers: Identifiers,
        *,
        pstn_legs_have_account: bool = choices.PSTN_LEGS_HAVE_ACCOUNT,
    ) -> None:
        self.clock = clock
        self.identifiers = identifiers
        self._pstn_legs_have_account = pstn_legs_have_account
        self._sessions: dict[str, Session] = {}

    def session(self, session_id: str, *, origin: Origin | None = None) -> Session:
        """The session of that id (and origin). Raises a RingCentralError (404) if there is none.

        A conference whose host is overdue is terminated here, when somebody asks for it: it has no leg yet, so nobody
        could have noticed earlier.
        """
        session = self._sessions.get(session_id)
        if session is None or (origin is not None and session.origin is not origin):
            raise errors.not_found("telephonySessionId")
        waited = self.clock() - session.created_at
        if not session.parties and waited > timedelta(seconds=HOST_JOIN_SECONDS):
            self.forget(session_id)
            raise errors.not_found("telephonySessionId")
        return session

    def open_session(self, origin: Origin, owner: Owner) -> Session:
        """Begin a session without legs. A conference has the legacy identifier 0 (recorded event) and a token."""
        now = self.clock()
        conference = origin is Origin.CONFERENCE
        session = Session(
            self.identifiers.telephony_session_id(now),
            "0" if conference else self.identifiers.session_id(),
            origin,
            owner,
            now,
            voice_call_token=self.identifiers.voice_call_token() if conference else None,
        )
        self._sessions[session.id] = session
        return session

    def forget(self, session_id: str) -> None:
        """Forget one session."""
        del self._sessions[session_id]

    def forget_all(self) -> None:
        """Forget every session."""
        self._sessions.clear()

    def place_call(self, agent: User, direction: Direction, remote: Remote) -> PlacedCall:
        """A direct call between the agent and somebody else, up to the point where it is answered.

        The caller's leg is the first one and the callee's the second (recorded events), so the agent's own leg is the
        second one of an Inbound call.
        """
        session = self.open_session(Origin.CALL, agent.owner)
        remote_owner = self._owner_of(remote, agent.account_id)
        outbound = direction == "Outbound"
        from_, to = (agent.as_caller(), remote.as_party()) if outbound else (remote.as_party(), agent.as_callee())
        owners = (agent.owner, remote_owner) if outbound else (remote_owner, agent.owner)
        callee_is_extension = to.extension_id is not None

        legs: list[str] = []
        events: list[PartyEvent] = []
        for side, code in _CALL_TO_EXTENSION if callee_is_extension else _CALL_TO_NUMBER:
            if side < len(legs):
                events.append(session.change(legs[side], Status(code), self.clock()))
                continue
            leg_direction: Direction = "Outbound" if side == _CALLER else "Inbound"
            leg = Party(session.next_party_id(), leg_direction, from_, to, Status(code), owners[side])
            legs.append(leg.id)
            events.append(session.put(leg, self.clock()))
        return PlacedCall(session.id, legs[_CALLER if outbound else _CALLEE], events)

    def hang_up(self, session_id: str, side: Side) -> list[PartyEvent]:
        """One of the two hangs up a direct call. Of a call that is over already, nothing is reported."""
        session = self.session(session_id, origin=Origin.CALL)
        wants_own = side is Side.AGENT
        first = next(p for p in session.parties.values() if (p.owner == session.owner) is wants_own)
        return self.drop_call(session, first)

    def live_calls(self, agent: User) -> list[Session]:
        """The direct calls of an agent that are not over."""
        calls = [session for session in self._sessions.values() if session.origin is Origin.CALL]
        return [call for call in calls if call.owner == agent.owner and not call.ended]

    def mute(self, session_id: str, *, muted: bool) -> list[PartyEvent]:
        """The owner of a session is muted there, or no longer: the agent of a direct call, the host of a conference.

        Nothing is reported of what is so already.
        """
        session = self.session(session_id)
        leg = session.own_leg
        if leg is None or not choices.may_be_muted(leg):
            raise errors.incorrect_state()
        return [] if leg.muted is muted else [session.put(replace(leg, muted=muted), self.clock())]

    def drop_call(self, session: Session, first: Party) -> list[PartyEvent]:
        """End a direct call, the given leg first.

        Each leg that is still there gets Disconnected, without reason and without peer, also when it was in a
        conference, which it thereby leaves (recorded event).
        """
        events: list[PartyEvent] = []
        for leg in choices.disconnect_order(session, first):
            if not leg.connected:
                continue
            if leg.status.peer is not None:
                conference = self._sessions[leg.status.peer.telephony_session_id]
                events.append(conference.change(leg.status.peer.party_id, Status(Code.DISCONNECTED), self.clock()))
            events.append(session.change(leg.id, Status(Code.DISCONNECTED), self.clock()))
        return events

    def _owner_of(self, remote: Remote, account_id: str) -> Owner | None:
        if remote.extension_id is not None:
            return Owner(account_id, remote.extension_id)
        return Owner(account_id, None) if self._pstn_legs_have_account else None
