"""Leases and small notes in DynamoDB, beside the connections: who does something alone, and what was done last.

| item    | pk                | sk      |
|---------|-------------------|---------|
| lease   | `LEASE#<name>`    | `LEASE` |
| penalty | `PENALTY#<whose>` | `PENALTY` |
| note    | `NOTE#<name>`     | `NOTE`  |
| budget  | `BUDGET#<what>#<minute>` | `BUDGET` |
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from rollcall.adapters.dynamodb import Condition, Table
from rollcall.core.subscription import Remembered

_FOR_EVER = 2**33
_THIRTY_DAYS = 30 * 86400


class LeaseTable:
    """Leases end by themselves, so that a process that dies holds up nobody for long."""

    def __init__(self, table: Table) -> None:
        self._table = table

    @contextmanager
    def lease(self, name: str, seconds: int) -> Iterator[bool]:
        """Within it, whether the lease is ours. It is given back at the end, or ends after so many seconds."""
        key, owner, now = {"pk": f"LEASE#{name}", "sk": "LEASE"}, str(uuid.uuid4()), int(time.time())
        free = Condition("attribute_not_exists(pk) OR expiresAt <= :now", {":now": now})
        existing = self._table.put(key | {"holder": owner, "expiresAt": now + seconds}, free)
        # A retry meets the lease that the attempt before it has written, if only the response was lost.
        ours = existing is None or existing.get("holder") == owner
        try:
            yield ours
        finally:
            if ours:
                self._table.delete(key, Condition("holder = :holder", {":holder": owner}))

    def penalty(self, whose: str) -> int:
        """For how many seconds more RingCentral must not be called for `whose`; 0 if it may."""
        item = self._table.get({"pk": f"PENALTY#{whose}", "sk": "PENALTY"})
        return max(int(item["expiresAt"] - time.time()), 0) if item else 0

    def punish(self, whose: str, seconds: int) -> None:
        """Remember that RingCentral must not be called for `whose` for so long."""
        item = {"pk": f"PENALTY#{whose}", "sk": "PENALTY", "expiresAt": int(time.time()) + seconds + 1}
        self._table.put(item)

    def take(self, what: str, most: int) -> bool:
        """Whether it may be done once more in this minute, of which it may be done `most` times."""
        minute = int(time.time()) // 60
        key = {"pk": f"BUDGET#{what}#{minute}", "sk": "BUDGET"}
        left = Condition("attribute_not_exists(used) OR used < :most", {":most": most})
        values = {":one": 1, ":expires": minute * 60 + 600}
        return self._table.update(key, "SET expiresAt = :expires ADD used :one", left, values) is not None

    def is_visible(self, account_id: str) -> bool:
        """Whether RingCentral has shown the service something of this account, in the last 30 days."""
        item = self._table.get({"pk": f"NOTE#account#{account_id}", "sk": "NOTE"})
        return item is not None and item["expiresAt"] > time.time()

    def note_visible(self, account_id: str) -> None:
        """Note that it has."""
        key = {"pk": f"NOTE#account#{account_id}", "sk": "NOTE"}
        self._table.put(key | {"expiresAt": int(time.time()) + _THIRTY_DAYS})

    def subscription(self) -> Remembered | None:
        """The subscription that was made last."""
        item = self._table.get({"pk": "NOTE#subscription", "sk": "NOTE"})
        return msgspec.convert(item, Remembered) if item else None

    def remember_subscription(self, made: Remembered) -> None:
        """Note the subscription that was made last."""
        key = {"pk": "NOTE#subscription", "sk": "NOTE", "expiresAt": _FOR_EVER}
        self._table.put(key | msgspec.to_builtins(made))
