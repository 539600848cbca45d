"""Somebody is to be removed from a conference."""

import time
from typing import Literal

from rollcall.core.errors import (
    HostNotRemovable,
    HostOnly,
    RingCentralError,
    RingCentralForbidden,
    RingCentralNotFound,
    StorageFailed,
    UnknownParticipant,
)
from rollcall.core.identity import Identity
from rollcall.core.party import Leg
from rollcall.core.policy import Policy
from rollcall.services.conferences import known_roster
from rollcall.services.ports import Doubts, RingCentral, Rosters
from rollcall.telemetry import count, logger


class Remove:
    """Asks RingCentral to drop a leg. The roster changes only when the leg's own event says that it has gone."""

    def __init__(self, rosters: Rosters, doubts: Doubts, ringcentral: RingCentral, policy: Policy) -> None:
        self._rosters = rosters
        self._doubts = doubts
        self._ringcentral = ringcentral
        self._policy = policy

    def remove(
        self, identity: Identity, access_token: str, conference_id: str, participant_id: str
    ) -> Literal["requested", "already-left"]:
        """Ask RingCentral, with the caller's own token, to remove the participant.

        Raises `UnknownConference`, `HostOnly`, `UnknownParticipant`, `HostNotRemovable`, or the `RingCentralError` that
        says why RingCentral would not.
        """
        leg = self._leg(identity, conference_id, participant_id)
        if leg is None:
            return "already-left"
        try:
            self._delete(access_token, leg, Leg(conference_id, participant_id))
        except RingCentralNotFound:
            # They may have left while RingCentral was asked. If the roster still has them, their event is missing.
            if self._leg(identity, conference_id, participant_id) is None:
                return "already-left"
            count("RemovalsRefused")
            self._doubt(identity.account_id, conference_id)
            raise
        except RingCentralError as error:
            logger.info("removal refused", conferenceId=conference_id, status=error.status, errorCode=error.error_code)
            count("RemovalsRefused")
            raise
        count("RemovalsRequested")
        return "requested"

    def _doubt(self, account_id: str, conference_id: str) -> None:
        """Have RingCentral asked who is in. The caller is told all the same that nobody was found."""
        try:
            self._doubts.make_due(self._rosters.load(account_id, conference_id), int(time.time()))
        except StorageFailed as error:
            logger.warning("conference not made due", conferenceId=conference_id, cause=error.code)

    def _leg(self, identity: Identity, conference_id: str, participant_id: str) -> Leg | None:
        """The leg of the participant's original direct call; None if they have left."""
        roster = known_roster(self._rosters, self._policy, identity, conference_id)
        if not self._policy.may_remove(identity.extension_id, roster):
            raise HostOnly(conference_id)
        entry = roster.present.get(participant_id)
        if entry is not None:
            if entry.participant.role == "host":
                raise HostNotRemovable(conference_id)
            return entry.participant.leg
        if participant_id in roster.departed:
            return None
        raise UnknownParticipant(conference_id, participant_id)

    def _delete(self, access_token: str, direct: Leg, in_conference: Leg) -> None:
        """Delete the leg of the original direct call and, if RingCentral won't, the conference's own.

        Both ways are attested: RingCentral's engineers advise the first, its own clients take the second. If neither
        works, a refusal says more than an unknown leg.
        """
        try:
            self._ringcentral.delete_party(access_token, direct)
        except (RingCentralNotFound, RingCentralForbidden) as first:
            try:
                self._ringcentral.delete_party(access_token, in_conference)
            except RingCentralNotFound:
                raise first from None
