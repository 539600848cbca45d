"""Connections and what they watch, in DynamoDB.

| item           | pk                                                        | sk                          |
|----------------|-----------------------------------------------------------|-----------------------------|
| connection     | `CONNECTION#<connectionId>`                               | `CONNECTION`                |
| one of a user's| `ACCOUNT#<accountId>#EXTENSION#<extensionId>#CONNECTIONS` | `CONNECTION#<connectionId>` |
| watch          | `ACCOUNT#<accountId>#…` (see `rollcall.core.keys`)        | `CONNECTION#<connectionId>` |

A watch is keyed by what is watched, so that the roster function finds every watcher with one consistent query. The
connection names its watches, so that its end finds them all; it is written first and deleted last. Expired items are
ignored on every read.
"""

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from rollcall.adapters.dynamodb import Condition, Table
from rollcall.core.errors import ConnectionOver, TooManyWatches
from rollcall.core.identity import Connection
from rollcall.core.limits import FRAMES_AT_ONCE, MS_PER_FRAME, WATCHES_PER_CONNECTION
from rollcall.services.ports import Watcher

_LIVE = "expiresAt > :now"


class ConnectionTable:
    """Reads and writes the items above."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add_connection(self, connection: Connection) -> None:
        """Remember whose connection this is."""
        values = msgspec.to_builtins(connection)
        self._table.put(_connection_key(connection.connection_id) | values | {"nextFrameAt": 0})
        self._table.put(_user_key(connection) | values)

    def connections_of(self, account_id: str, extension_id: str) -> list[Connection]:
        """One user's connections."""
        of_user = Condition("pk = :pk", {":pk": _user(account_id, extension_id)})
        found = self._table.query(of_user, live_at=int(time.time()))
        return [msgspec.convert(item, Connection) for item in found]

    def admit(self, connection_id: str, *, now_ms: int) -> Connection:
        """Count a frame that came at `now_ms`, epoch milliseconds. One call, unless frames come faster than they may.

        Raises `ConnectionOver`: `expired` for a connection that is unknown or whose time is over, `too-many-messages`.

        `nextFrameAt` is when the next frame would be in time; it may be ahead of the clock by as much as a burst takes.
        """
        key = _connection_key(connection_id)
        now = {":now": now_ms // 1000}
        in_time = Condition(f"{_LIVE} AND nextFrameAt <= :at", now | {":at": now_ms})
        item = self._table.update(key, "SET nextFrameAt = :next", in_time, {":next": now_ms + MS_PER_FRAME})
        if item is None:
            ahead = now_ms + (FRAMES_AT_ONCE - 1) * MS_PER_FRAME
            in_burst = Condition(f"{_LIVE} AND nextFrameAt <= :ahead", now | {":ahead": ahead})
            step = {":step": MS_PER_FRAME}
            item = self._table.update(key, "SET nextFrameAt = nextFrameAt + :step", in_burst, step)
        if item is None:
            raise ConnectionOver("too-many-messages" if self._is_live(connection_id) else "expired")
        return msgspec.convert(item, Connection)

    def remove_connection(self, connection_id: str) -> None:
        """Forget the connection and everything that it watched."""
        key = _connection_key(connection_id)
        item = self._table.get(key)
        if item is None:
            return
        for watched in item.get("watches", ()):
            self._table.delete(_watch_key(watched, connection_id))
        self._table.delete(_user_key(msgspec.convert(item, Connection)))
        self._table.delete(key)

    def add_watch(self, connection: Connection, watched: str) -> None:
        """Let the connection be told of every new version of what it watches.

        Raises `TooManyWatches`, or `ConnectionOver` if the connection has ended meanwhile.
        """
        now_ms = int(time.time() * 1000)
        room = "(attribute_not_exists(watches) OR contains(watches, :watched) OR size(watches) < :most)"
        values = {":now": now_ms // 1000, ":watched": watched, ":most": WATCHES_PER_CONNECTION}
        key, has_room = _connection_key(connection.connection_id), Condition(f"{_LIVE} AND {room}", values)
        if self._table.update(key, "ADD watches :watches", has_room, {":watches": frozenset({watched})}) is None:
            raise TooManyWatches if self._is_live(connection.connection_id) else ConnectionOver("expired")
        watcher = {"connectionId": connection.connection_id, "since": now_ms, "expiresAt": connection.expires_at}
        self._table.put(_watch_key(watched, connection.connection_id) | watcher)

    def remove_watch(self, connection: Connection, watched: str) -> None:
        """Tell the connection nothing more of it."""
        self._table.delete(_watch_key(watched, connection.connection_id))
        live = Condition(_LIVE, {":now": int(time.time())})
        set_of_one = {":watches": frozenset({watched})}
        self._table.update(_connection_key(connection.connection_id), "DELETE watches :watches", live, set_of_one)

    def watchers(self, watched: str) -> Iterator[Watcher]:
        """The connections that watch `watched`."""
        for item in self._table.query(Condition("pk = :pk", {":pk": watched}), live_at=int(time.time())):
            yield Watcher(item["connectionId"], item["since"])

    def forget_watcher(self, watched: str, connection_id: str) -> None:
        """Remove the watch of exactly this connection, which is gone."""
        self._table.delete(_watch_key(watched, connection_id))

    def _is_live(self, connection_id: str) -> bool:
        item = self._table.get(_connection_key(connection_id))
        return item is not None and item["expiresAt"] > time.time()


def _connection_key(connection_id: str) -> dict[str, str]:
    return {"pk": f"CONNECTION#{connection_id}", "sk": "CONNECTION"}


def _user(account_id: str, extension_id: str) -> str:
    return f"ACCOUNT#{account_id}#EXTENSION#{extension_id}#CONNECTIONS"


def _user_key(connection: Connection) -> dict[str, Any]:
    user = _user(connection.account_id, connection.extension_id)
    return {"pk": user, "sk": f"CONNECTION#{connection.connection_id}"}


def _watch_key(watched: str, connection_id: str) -> dict[str, str]:
    return {"pk": watched, "sk": f"CONNECTION#{connection_id}"}
