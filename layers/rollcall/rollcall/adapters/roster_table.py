"""Rosters in DynamoDB: `pk = ACCOUNT#<accountId>`, `sk = CONFERENCE#<conferenceId>`, in the party table.

An item of version 0 is no roster yet: somebody subscribed to a conference of which nothing is known, and RingCentral is
to be asked.

Two local indexes, because they can be read as consistently as the table: `byStart` lists an account's conferences by
`createdAt`, `byHost` those active now by `hostKey = EXTENSION#<extensionId>#<createdAt>`. A global one, `byDue`, lists
those that are to be verified by `dueAt`, over all accounts (see `appointment_table`).
"""

import base64
import time
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from rollcall.adapters.dynamodb import Condition, Table
from rollcall.core.errors import InvalidRequest
from rollcall.core.notification import Identifier
from rollcall.core.roster import Roster
from rollcall.services.ports import Page

ACTIVE_KEPT_FOR_SECONDS = 7 * 86400
ENDED_KEPT_FOR_SECONDS = 86400
"""A roster holds names and numbers. A day is enough for a late event and for somebody who looks back."""


KNOWN, UNKNOWN = "CONFERENCE", "UNKNOWN"
"""Keys of the index `byDue`: conferences that have a roster, and those that have none."""


class RosterTable:
    """Reads and writes rosters. A roster that has expired is treated as absent, deleted or not."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def load(self, account_id: str, conference_id: str) -> Roster:
        """The roster as it stands; version 0 if there is none."""
        item = self._table.get(roster_key(account_id, conference_id))
        return _roster(item, account_id, conference_id)

    def save(self, roster: Roster, *, over: Roster) -> Roster | None:
        """Write `roster` if the stored one still has the version of `over`.

        Returns None when it was written, or else the stored roster.
        """
        expired = "expiresAt <= :now"
        now = {":now": int(time.time())}
        unchanged = (
            Condition(f"version = :version OR {expired}", now | {":version": over.version})
            if over.version
            else Condition(f"attribute_not_exists(pk) OR version = :version OR {expired}", now | {":version": 0})
        )
        stored = self._table.put(_item(roster), unchanged)
        return None if stored is None else _roster(stored, roster.account_id, roster.conference_id)

    def newest_first(self, account_id: str, *, limit: int, next_token: str | None) -> Page:
        """A page of the account's rosters, at most `limit`; raises `InvalidRequest` for a token that is not ours."""
        items, last = self._table.page(
            Condition("pk = :pk", {":pk": f"ACCOUNT#{account_id}"}),
            index="byStart",
            live_at=int(time.time()),
            start=None if next_token is None else _start_key(account_id, next_token),
            newest_first=True,
            limit=limit,
        )
        return Page([msgspec.convert(item, Roster) for item in items], _next_token(last))

    def hosted_by(self, account_id: str, extension_id: str) -> Iterator[Roster]:
        """Every active roster of which this extension is the host."""
        values = {":pk": f"ACCOUNT#{account_id}", ":host": f"EXTENSION#{extension_id}#"}
        hosted = Condition("pk = :pk AND begins_with(hostKey, :host)", values)
        for item in self._table.query(hosted, index="byHost", live_at=int(time.time())):
            yield msgspec.convert(item, Roster)


def roster_key(account_id: str, conference_id: str) -> dict[str, str]:
    """The key of a roster's item."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"CONFERENCE#{conference_id}"}


def _item(roster: Roster) -> dict[str, Any]:
    active = roster.state == "active"
    kept_for = ACTIVE_KEPT_FOR_SECONDS if active else ENDED_KEPT_FOR_SECONDS
    item: dict[str, Any] = roster_key(roster.account_id, roster.conference_id) | msgspec.to_builtins(roster)
    item |= {"state": roster.state, "expiresAt": int(time.time()) + kept_for}
    if roster.due_at is None:
        del item["dueAt"]
    else:
        item["dueKey"] = KNOWN
    if active and roster.host_extension_id:
        item["hostKey"] = f"EXTENSION#{roster.host_extension_id}#{roster.created_at}"
    return item


def _roster(item: dict[str, Any] | None, account_id: str, conference_id: str) -> Roster:
    if not item or item["expiresAt"] <= time.time():
        return Roster(account_id, conference_id)
    return msgspec.convert(item, Roster)


class _Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a list goes on. The account is not in it: it comes from the caller's identity alone."""

    created_at: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    conference_id: Identifier


def _next_token(last: dict[str, Any] | None) -> str | None:
    if not last:
        return None
    position = _Position(last["createdAt"], last["sk"].removeprefix("CONFERENCE#"))
    return base64.urlsafe_b64encode(msgspec.json.encode(position)).decode().rstrip("=")


def _start_key(account_id: str, next_token: str) -> dict[str, Any]:
    try:
        text = base64.urlsafe_b64decode(next_token + "=" * (-len(next_token) % 4))
        position = msgspec.json.decode(text, type=_Position)
    except (ValueError, msgspec.MsgspecError):
        raise InvalidRequest("nextToken is not one that a list returned.") from None
    return roster_key(account_id, position.conference_id) | {"createdAt": position.created_at}
