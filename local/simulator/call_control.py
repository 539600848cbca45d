"""RingCentral's Call Control operations: who may do them, then what they do. No I/O.

Every operation takes the calling user. Another account's session is not found, a session of somebody else in the same
account is forbidden; who counts as somebody else is settled in `choices`.
"""

from local.simulator import choices, errors
from local.simulator.conferences import Conferences
from local.simulator.sessions import Party, PartyEvent, Role, Session
from local.simulator.telephony import Telephony
from local.simulator.users import User


class CallControl:
    """What an app may do to sessions on behalf of a user."""

    def __init__(self, telephony: Telephony, conferences: Conferences) -> None:
        self._telephony = telephony
        self._conferences = conferences

    def create_conference(self, user: User) -> Session:
        """A new conference with the user as its host."""
        return self._conferences.create(user.owner)

    def read_session(self, user: User, session_id: str) -> Session:
        """A session with all its parties, also those who have left."""
        session = self._known_session(user, session_id)
        if not choices.may_use_session(user, session):
            raise errors.permission_required(choices.CONTROL_PERMISSION)
        return session

    def read_party(self, user: User, session_id: str, party_id: str) -> Party:
        """One party of a session."""
        return _party(self.read_session(user, session_id), party_id)

    def bring_in(self, user: User, conference_id: str, call_id: str, party_id: str) -> tuple[Party, list[PartyEvent]]:
        """Merge the user's own leg of a direct call into the user's conference."""
        conference = self._known_session(user, conference_id)
        if conference.ended:
            raise errors.not_found("telephonySessionId")
        if conference.voice_call_token is None:
            raise errors.operation_not_allowed()  # documented for sessions of origin Conference only
        if not choices.may_bring_in(user, conference):
            raise errors.permission_required(choices.CONTROL_PERMISSION)
        call = self._known_session(user, call_id)
        return self._conferences.bring_in(conference, call, _party(call, party_id))

    def delete_party(
        self, user: User, session_id: str, party_id: str, *, keep_conference_alive: bool
    ) -> list[PartyEvent]:
        """End one leg. A participant of a conference and the direct call behind it always end together."""
        session = self._known_session(user, session_id)
        party = _party(session, party_id)
        if not choices.may_delete_party(user, session, party):
            raise errors.permission_required(choices.CONTROL_PERMISSION)
        if not party.connected:
            raise errors.not_found("partyId")
        match party.conference_role:
            case Role.PARTICIPANT:
                return self._conferences.remove_participant(party)
            case Role.HOST:
                return self._conferences.host_leave(session, keep_conference_alive=keep_conference_alive)
            case None:
                return self._telephony.drop_call(session, party)

    def delete_session(self, user: User, session_id: str) -> list[PartyEvent]:
        """End a whole session."""
        session = self.read_session(user, session_id)
        if session.ended:
            raise errors.not_found("telephonySessionId")
        if session.voice_call_token is not None:
            return self._conferences.end(session)
        return self._telephony.drop_call(session, next(iter(session.parties.values())))

    def _known_session(self, user: User, session_id: str) -> Session:
        session = self._telephony.session(session_id)
        if not choices.knows_session(user, session):
            raise errors.not_found("telephonySessionId")
        return session


def _party(session: Session, party_id: str) -> Party:
    party = session.parties.get(party_id)
    if party is None:
        raise errors.not_found("partyId")
    return party
