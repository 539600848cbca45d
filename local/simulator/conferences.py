"""Conferences: what the host's phone does, and bringing people in and out. No I/O."""

from local.simulator import choices, errors
from local.simulator.sessions import (
    Code,
    Origin,
    Owner,
    Party,
    PartyEvent,
    PartyInfo,
    Peer,
    Role,
    Session,
    Status,
)
from local.simulator.telephony import Telephony
from local.simulator.users import User

CONFERENCE_NUMBER = "conference"
"""The `to.phoneNumber` of every conference leg (recorded answer)."""


class Conferences:
    """The conferences among the sessions of a `Telephony`."""

    def __init__(self, telephony: Telephony) -> None:
        self._telephony = telephony
        self._clock = telephony.clock

    def create(self, owner: Owner) -> Session:
        """A conference without parties, waiting for its host's phone (documentation, Conference)."""
        return self._telephony.open_session(Origin.CONFERENCE, owner)

    def find(self, conference_id: str) -> Session:
        """The conference of that id. Raises a RingCentralError (404) if there is none."""
        return self._telephony.session(conference_id, origin=Origin.CONFERENCE)

    def host_join(self, conference: Session, host: User) -> list[PartyEvent]:
        """The host's phone has dialled the conference's token, and its leg is answered.

        Nothing happens if the host is in already; a host who has left cannot come back.
        """
        leg = conference.own_leg
        if leg is not None:
            if leg.connected:
                return []
            raise errors.incorrect_state()
        to = PartyInfo(CONFERENCE_NUMBER, choices.CONFERENCE_NAME)
        setup, *later = choices.HOST_STATUSES
        leg = Party(
            conference.next_party_id(),
            "Outbound",
            host.as_caller(),
            to,
            Status(setup),
            host.owner,
            conference_role=Role.HOST,
        )
        first = conference.put(leg, self._clock())
        return [first, *(conference.change(leg.id, Status(code), self._clock()) for code in later)]

    def host_leave(self, conference: Session, *, keep_conference_alive: bool) -> list[PartyEvent]:
        """The host hangs up, which ends the conference unless it is to be kept alive (RingCentral's SDK)."""
        leg = conference.own_leg
        if leg is None:
            raise errors.incorrect_state()
        if not leg.connected:
            return []
        if not keep_conference_alive:
            return self.end(conference)
        return [conference.change(leg.id, Status(Code.DISCONNECTED), self._clock())]

    def bring_in(self, conference: Session, call: Session, leg: Party) -> tuple[Party, list[PartyEvent]]:
        """Merge the host's own leg of a direct call into the conference.

        Answers the new conference leg as it first is, in Setup. From then on both legs are Gone and point at each
        other: that of the call with reason Conference, that of the conference without (recorded event and answers).
        """
        host = self._joined_host(conference)
        if len(conference.present_participants) >= choices.MAX_BROUGHT_IN:
            raise errors.incorrect_state()
        if leg.owner != conference.owner:
            raise errors.operation_not_allowed()
        if leg.status.code is not Code.ANSWERED:
            raise errors.incorrect_state()
        guest = Party(
            conference.next_party_id(),
            "Inbound",
            host.from_,  # the conference knows its participants by the host's number only (recorded answer)
            PartyInfo(CONFERENCE_NUMBER, choices.CONFERENCE_NAME),
            Status(Code.SETUP),
            conference_role=Role.PARTICIPANT,
        )
        to_call = Peer(call.id, call.session_id, leg.id)
        to_conference = Peer(conference.id, conference.session_id, guest.id)
        return guest, [
            conference.put(guest, self._clock()),
            conference.change(guest.id, Status(Code.GONE, peer=to_call), self._clock()),
            call.change(leg.id, Status(Code.GONE, "Conference", to_conference), self._clock()),
        ]

    def remove_participant(self, participant: Party) -> list[PartyEvent]:
        """Drop somebody from the conference, and with it the direct call through which they are in it (recorded)."""
        peer = participant.status.peer
        if peer is None:
            raise errors.incorrect_state()
        call = self._telephony.session(peer.telephony_session_id)
        return self._telephony.drop_call(call, call.parties[peer.party_id])

    def end(self, conference: Session) -> list[PartyEvent]:
        """End the conference for everybody who is still in it."""
        if choices.is_forgotten_at_its_end(conference):
            self._telephony.forget(conference.id)
        events: list[PartyEvent] = []
        for leg in choices.conference_end_order(conference):
            if leg.conference_role is Role.HOST:
                events.append(conference.change(leg.id, Status(Code.DISCONNECTED), self._clock()))
            else:
                events += self.remove_participant(leg)
        return events

    @staticmethod
    def _joined_host(conference: Session) -> Party:
        """The host's leg, which has to be answered before anybody is brought in (documentation, Conference)."""
        host = conference.own_leg
        if host is None or host.status.code is not Code.ANSWERED:
            raise errors.operation_not_allowed()
        return host
