"""When rosters are to be verified, in their own items: `dueAt`, epoch seconds, listed by the index `byDue`.

The index is a global one, and behind by a moment: so `due` tells only where to look.
"""

import time
from collections.abc import Iterator

from rollcall.adapters.dynamodb import BY_DUE, Condition, Table
from rollcall.adapters.roster_table import KNOWN, UNKNOWN, RosterTable, roster_key
from rollcall.core.roster import Roster
from rollcall.services.ports import Due

UNKNOWN_KEPT_FOR_SECONDS = 900


class AppointmentTable:
    """Reads and writes `dueAt` and `verifiedAt`. Neither is a new version of the roster."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rosters = RosterTable(table)

    def load(self, account_id: str, conference_id: str) -> Roster:
        """The roster as it stands; version 0 if there is none."""
        return self._rosters.load(account_id, conference_id)

    def make_due(self, roster: Roster, at: int) -> None:
        """Have the roster verified at that time, epoch seconds, unless an earlier one is set. One call."""
        sooner = "(attribute_not_exists(dueAt) OR dueAt > :at)"
        if roster.version:
            known = Condition(f"version >= :one AND {sooner}", {":one": 1})
            self._table.update(_key(roster), "SET dueAt = :at, dueKey = :key", known, {":at": at, ":key": KNOWN})
            return
        nothing_known = Condition(f"(attribute_not_exists(pk) OR version = :zero) AND {sooner}", {":zero": 0})
        self._table.update(
            _key(roster),
            "SET dueAt = :at, dueKey = :key, version = :zero, accountId = :account, conferenceId = :conference, "
            "expiresAt = :expires",
            nothing_known,
            {
                ":at": at,
                ":key": UNKNOWN,
                ":account": roster.account_id,
                ":conference": roster.conference_id,
                ":expires": int(time.time()) + UNKNOWN_KEPT_FOR_SECONDS,
            },
        )

    def due(self, now: int, *, known: bool, limit: int) -> Iterator[Due]:
        """Conferences that are due, the most overdue first, at most `limit`."""
        values = {":key": KNOWN if known else UNKNOWN, ":now": now}
        items, _ = self._table.page(Condition("dueKey = :key AND dueAt <= :now", values), index=BY_DUE, limit=limit)
        for item in items:
            yield Due(item["pk"].removeprefix("ACCOUNT#"), item["sk"].removeprefix("CONFERENCE#"))

    def postpone(self, due: Due, until: int) -> None:
        """Not before that time, epoch seconds."""
        is_due = Condition("attribute_exists(dueAt)", {})
        self._table.update(roster_key(due.account_id, due.conference_id), "SET dueAt = :at", is_due, {":at": until})

    def verified(self, roster: Roster, *, verified_at: int, due_at: int | None) -> None:
        """Note when, and when again (None: never), unless the roster has changed meanwhile."""
        unchanged = Condition("version = :version", {":version": roster.version})
        values = {":verified": verified_at}
        if due_at is None:
            expression = "SET verifiedAt = :verified REMOVE dueAt, dueKey"
        else:
            expression, values = "SET verifiedAt = :verified, dueAt = :at", values | {":at": due_at}
        self._table.update(_key(roster), expression, unchanged, values)


def _key(roster: Roster) -> dict[str, str]:
    return roster_key(roster.account_id, roster.conference_id)
