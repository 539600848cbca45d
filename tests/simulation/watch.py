"""What must hold at every moment, looked at while a world runs: on every write and on every message that arrives."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from rollcall.adapters.attributes import from_item
from rollcall.adapters.roster_table import ACTIVE_KEPT_FOR_SECONDS
from tests.simulation.clients import Seen
from tests.simulation.meanings import Item
from tests.simulation.tables import Change

if TYPE_CHECKING:
    from tests.simulation.world import World

Key = tuple[str, str]
"""Account and conference."""


class Watch:
    """Looks on while things happen."""

    def __init__(self, world: "World") -> None:
        self.told: dict[tuple[str, str, int], Any] = {}
        self.written_at: dict[Key, float] = {}
        self.began_anew: set[str] = set()
        self._decoded: dict[Key, tuple[Item, dict[str, Any]]] = {}
        self._left = defaultdict[str, set[str]](set)
        self._world = world

    def changed(self, change: Change) -> None:
        """An item was written: versions and sequences only grow, and nobody but time removes a roster or a party."""
        if self._world.timeline.wanted:
            self._world.timeline.note(_written(change))
        if change.table != "PartyTable":
            return
        key = change.key["pk"]["S"]
        if change.new is None:
            if not change.by_ttl:
                self._wrong(f"{key} was deleted")
            return
        if key.startswith("ACCOUNT#"):
            if "present" in change.new:
                self._roster_written(change)
        elif change.old is not None and "poison" not in key:
            before, after = _order(change.old), _order(change.new)
            if after < before:
                self._wrong(f"the record of {key} went back from {before} to {after}")

    def decoded(self, item: Item) -> dict[str, Any]:
        """A roster's item in plain values. Decoded once for each write."""
        key = item["accountId"]["S"], item["conferenceId"]["S"]
        known = self._decoded.get(key)
        if known is None or known[0] is not item:
            values: Any = from_item(item)
            known = self._decoded[key] = (item, values)
        return known[1]

    def seen(self, seen: Seen) -> None:
        """A roster reached a client: it is of the client's account, and says the same as others of its version."""
        message, client = seen.message, seen.client
        self._world.timeline.note(f"{client.name} is told {message['conferenceId']} version {message['version']}")
        self._world.counts["messages"] += 1
        conference, version = message["conferenceId"], message["version"]
        if version == 0:
            if message["participants"]:
                self._wrong(f"{client.name} is shown people in version 0 of {conference}")
            return
        owner = self._world.truth.account_of.get(conference)
        if owner != client.user.account_id:
            self._wrong(f"{client.name} is shown {conference} of account {owner}")
        shown = (message["state"], message["participants"])
        known = self.told.setdefault((client.user.account_id, conference, version), shown)
        if known != shown:
            self._wrong(f"version {version} of {conference} is two different rosters")

    def _roster_written(self, change: Change) -> None:
        new, old = change.new, change.old
        assert new is not None
        if old is not None and int(old["expiresAt"]["N"]) <= self._world.clock.now:
            old = None
        version, before = int(new["version"]["N"]), int(old["version"]["N"]) if old is not None else 0
        conference = change.key["sk"]["S"]
        if old is not None and version == before and all(new[name] == old[name] for name in ("present", "departed")):
            return  # it was only noted when to look at it again
        self._world.counts["roster versions"] += 1
        key = new["accountId"]["S"], new["conferenceId"]["S"]
        if self._world.clock.now - self.written_at.get(key, self._world.clock.now) >= ACTIVE_KEPT_FOR_SECONDS:
            self.began_anew.add(key[1])
        self.written_at[key] = self._world.clock.now
        invocation = self._world.functions.current
        self._world.pushes.written(key, invocation.number if invocation else None)
        if version <= before:
            self._wrong(f"{conference} went from version {before} to {version}")
        present = set(new["present"]["M"])
        returned = present & self._left[conference]
        if returned:
            # Everybody who is brought in, also again, is a new party of the conference.
            self._wrong(f"{returned} came back into {conference} after having left it")
        if old is not None and "present" in old:
            self._left[conference] |= set(old["present"]["M"]) - present

    def _wrong(self, text: str) -> None:
        self._world.timeline.note(f"WRONG: {text}")
        self._world.violations.append(text)


def _order(record: Item) -> tuple[int, int]:
    """Of two states of a leg the greater is the newer: by its event, and by corrections since."""
    correction = record.get("correction", {}).get("M", {}).get("number", {"N": "0"})
    return int(record["sequence"]["N"]), int(correction["N"])


def _written(change: Change) -> str:
    key = f"{change.key['pk']['S']} / {change.key['sk']['S']}"
    if change.new is None:
        return f"removed {key}"
    version = change.new.get("version", change.new.get("sequence"))
    return f"written {key}" + (f" at {version['N']}" if version and "N" in version else "")
