"""RingCentral is asked who is really in a conference, and the records of legs are corrected.

The roster itself is never written here: a corrected record goes the way of every record, through the table's stream.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Literal

from rollcall.core.errors import (
    AccountNotVisible,
    BudgetSpent,
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    StorageFailed,
)
from rollcall.core.party import PartyRecord
from rollcall.core.policy import Policy
from rollcall.core.reconciliation import (
    Absent,
    Unseen,
    absent,
    corrected_in,
    corrected_out,
    may_be_in,
    settled,
    unseen,
)
from rollcall.core.roster import Roster
from rollcall.core.verification import (
    DOUBTFUL_SECONDS,
    QUESTIONS_A_MINUTE,
    UNKNOWN_AT_ONCE,
    UNWATCHED_SECONDS,
    due_after_verification,
)
from rollcall.services.ports import Appointments, Budget, Due, PartyRecords, Sessions, Watchers
from rollcall.telemetry import count, logger

SECONDS_FOR_ONE = 15.0
"""What one verification may take. None is begun when less is left."""


_Finding = Literal["right", "corrected", "unsettled"]
"""What became of a leg in doubt. Unsettled: events know, or are about to know, something newer than the answer."""


class Reconciler:
    """Verifies conferences that are due, the most doubtful first."""

    def __init__(
        self,
        appointments: Appointments,
        records: PartyRecords,
        watchers: Watchers,
        sessions: Sessions,
        budget: Budget,
        policy: Policy,
    ) -> None:
        self._appointments = appointments
        self._records = records
        self._watchers = watchers
        self._sessions = sessions
        self._budget = budget
        self._policy = policy

    def sweep(self, seconds_left: Callable[[], float]) -> int:
        """Verify what is due, until nothing is, the budget is spent, the time is over, or RingCentral won't answer.

        Returns how many conferences were verified. What is left stays due.
        """
        verified = 0
        now = int(time.time())
        for due in self._all_due(now):
            if seconds_left() < SECONDS_FOR_ONE:
                logger.warning("sweep out of time")
                break
            try:
                verified += self._look_after(due)
            except (RingCentralForbidden, RingCentralFailed) as error:
                # About this conference only.
                logger.warning("conference not verified", conferenceId=due.conference_id, status=error.status)
                count("VerificationsFailed")
                self._appointments.postpone(due, int(time.time()) + UNWATCHED_SECONDS)
            except (RingCentralError, BudgetSpent) as error:
                logger.info("sweep ended early", error=type(error).__name__)
                count("SweepsEndedEarly")
                break
            except StorageFailed as error:
                logger.warning("conference not verified", conferenceId=due.conference_id, cause=error.code)
                count("VerificationsFailed")
        return verified

    def _all_due(self, now: int) -> Iterable[Due]:
        yield from self._appointments.due(now, known=True, limit=QUESTIONS_A_MINUTE * 5)
        yield from self._appointments.due(now, known=False, limit=UNKNOWN_AT_ONCE)

    def _look_after(self, due: Due) -> bool:
        """Verify a conference, or put it off if it can wait. Whether it was verified."""
        now = int(time.time())
        roster = self._appointments.load(due.account_id, due.conference_id)
        if roster.due_at is None or roster.due_at > now:
            return False  # the index was behind
        try:
            self._verify(roster)
        except AccountNotVisible as error:
            count("ConferencesNotVerifiable")
            self._appointments.postpone(due, now + (DOUBTFUL_SECONDS if error.nobodys else UNWATCHED_SECONDS))
            return False
        return True

    def _verify(self, roster: Roster) -> None:
        self._take_permit()
        asked_at = int(time.time())
        answer = self._sessions.session(roster.account_id, roster.conference_id)
        # Loaded after the answer: whatever the answer knows less of is then seen to be newer.
        roster = self._appointments.load(roster.account_id, roster.conference_id)
        findings = Counter[_Finding](self._correct_out(roster, missing, asked_at) for missing in absent(roster, answer))
        findings.update(self._correct_in(roster, extra, asked_at) for extra in unseen(roster, answer))
        corrections = findings["corrected"]
        count("ConferencesVerified")
        if corrections:
            count("LegsCorrected", corrections)
            logger.info("conference corrected", conferenceId=roster.conference_id, legs=corrections)
        due_at = due_after_verification(
            asked_at,
            ended=answer is None or (roster.state == "ended" and not corrections),
            unsettled=findings["unsettled"] > 0,
            watched=self._is_watched(roster),
        )
        self._appointments.verified(roster, verified_at=asked_at, due_at=due_at)

    def _correct_out(self, roster: Roster, missing: Absent, asked_at: int) -> _Finding:
        record = self._records.get(missing.leg)
        if not settled(record, asked_at):
            return "unsettled"
        return self._write(corrected_out(roster, missing, record, asked_at), over=record)

    def _correct_in(self, roster: Roster, extra: Unseen, asked_at: int) -> _Finding:
        record = self._records.get(extra.leg)
        if not settled(record, asked_at):
            return "unsettled"
        if not may_be_in(record):
            return "right"
        direct = None
        if extra.party.conference_role == "Participant":
            self._take_permit()
            direct = self._sessions.session(roster.account_id, extra.leg.telephony_session_id)
        correction = corrected_in(roster, extra, record, direct, asked_at)
        return "right" if correction is None else self._write(correction, over=record)

    def _write(self, correction: PartyRecord, over: PartyRecord | None) -> _Finding:
        return "corrected" if self._records.correct(correction, over=over) else "unsettled"

    def _is_watched(self, roster: Roster) -> bool:
        return any(True for key in self._policy.keys_of(roster) for _ in self._watchers.watchers(key))

    def _take_permit(self) -> None:
        if not self._budget.take("reconcile", QUESTIONS_A_MINUTE):
            raise BudgetSpent
