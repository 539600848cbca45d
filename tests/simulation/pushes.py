"""Which rosters have been pushed to everybody who watches them, as far as the function's success tells."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from rollcall.adapters.party_table import party_record
from rollcall.core.roster import leg_changes
from tests.simulation.clock import Clock
from tests.simulation.stream_records import Record
from tests.simulation.watch import Key


@dataclass(slots=True)
class _Write:
    """The newest write of a roster. `pushed_at`: when a function that knew of it had succeeded."""

    invocation: int | None
    at: float
    pushed_at: float | None = None


class Pushes:
    """Follows every write of a roster and every batch of the roster function."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._writes: dict[Key, _Write] = {}
        self._under_way = Counter[Key]()

    def written(self, key: Key, invocation: int | None) -> None:
        """A roster got a new version, by the n-th invocation of all."""
        self._writes[key] = _Write(invocation, self._clock.now)

    @contextmanager
    def batch(self, records: list[Record]) -> Iterator[list[int]]:
        """Within it a batch is under way. If it succeeds, its invocation's number is put into the list."""
        keys = {key for record in records for key in _conferences(record)}
        began = self._clock.now
        succeeded: list[int] = []
        self._under_way.update(keys)
        try:
            yield succeeded
        finally:
            self._under_way.subtract(keys)
            for key in keys if succeeded else ():
                write = self._writes.get(key)
                # It pushed what it wrote; or what was there when it began, if that was the newest.
                if write and write.pushed_at is None and (write.invocation in succeeded or write.at < began):
                    write.pushed_at = self._clock.now

    def done_before(self, key: Key, moment: float) -> bool:
        """Whether the newest version had been pushed then, and nothing of it is under way."""
        write = self._writes.get(key)
        if write is None or self._under_way[key]:
            return False
        return write.pushed_at is not None and write.pushed_at < moment


def _conferences(record: Record) -> list[Key]:
    """Those whose rosters the record makes the function push: none, if it means nothing to any, or can't be read."""
    images = record["dynamodb"]
    try:
        new = party_record(images["NewImage"])
        old = party_record(images["OldImage"]) if "OldImage" in images else None
    except (msgspec.ValidationError, TypeError, KeyError):
        return []
    return [(change.account_id, change.conference_id) for change in leg_changes(old, new)]
