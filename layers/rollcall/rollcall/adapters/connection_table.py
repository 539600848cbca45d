"""WebSocket connections in DynamoDB: who is connected, what each watches, and the tickets and identities before that.

| item       | pk                                                 | sk                          |
|------------|----------------------------------------------------|-----------------------------|
| connection | `CONNECTION#<connectionId>`                        | `CONNECTION`                |
| watch      | `ACCOUNT#<accountId>#CONFERENCE#<conferenceId>` or | `CONNECTION#<connectionId>` |
|            | `ACCOUNT#<accountId>#EXTENSION#<extensionId>`      |                             |
| ticket     | `ACCOUNT#<accountId>#TICKET#<hash>`                | `TICKET`                    |
| identity   | `IDENTITY#<hash of the access token>`              | `IDENTITY`                  |

A watch is keyed by what is watched, so that the roster function finds every watcher with one consistent query; the
index `byConnection` finds what belongs to a connection when it ends. Expired items are ignored on every read.
"""

import time
from collections.abc import Iterator
from typing import Any

import msgspec

from rollcall.adapters.dynamodb import BY_CONNECTION, Condition, Table
from rollcall.core.identity import Connection, Identity
from rollcall.core.keys import watched_conference, watched_extension
from rollcall.core.messages import Watch


class ConnectionTable:
    """Reads and writes the items above."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add_ticket(self, account_id: str, ticket_hash: str, identity: Identity, *, expires_at: int) -> None:
        """Remember a ticket under its hash until `expires_at`, epoch seconds."""
        self._put(_ticket_key(account_id, ticket_hash), msgspec.to_builtins(identity), expires_at)

    def use_ticket(self, account_id: str, ticket_hash: str) -> Identity | None:
        """Take a ticket: whoever deletes it first has it. None if it is unknown, used or expired."""
        live = Condition("expiresAt > :now", {":now": int(time.time())})
        ticket = self._table.delete(_ticket_key(account_id, ticket_hash), live)
        return msgspec.convert(ticket, Identity) if ticket else None

    def add_connection(self, connection: Connection) -> None:
        """Remember whose connection this is."""
        values = msgspec.to_builtins(connection)
        self._put(_connection_key(connection.connection_id), values, connection.expires_at)

    def connection(self, connection_id: str) -> Connection | None:
        """Whose connection this is; None if it is unknown or its time is over."""
        item = self._get(_connection_key(connection_id))
        return msgspec.convert(item, Connection) if item else None

    def remove_connection(self, connection_id: str) -> None:
        """Forget the connection and everything that it watched."""
        of_connection = Condition("connectionId = :connectionId", {":connectionId": connection_id})
        for item in self._table.query(of_connection, index=BY_CONNECTION):
            self._table.delete({"pk": item["pk"], "sk": item["sk"]})

    def add_watch(self, connection: Connection, watch: Watch) -> None:
        """Let the connection be told of every new version of what it watches."""
        key = _watch_key(_watched_by(connection, watch), connection.connection_id)
        self._put(key, {"connectionId": connection.connection_id}, connection.expires_at)

    def remove_watch(self, connection: Connection, watch: Watch) -> None:
        """Tell the connection nothing more of it."""
        self._table.delete(_watch_key(_watched_by(connection, watch), connection.connection_id))

    def watchers(self, watched: str) -> Iterator[str]:
        """The ids of the connections that watch `watched` (see `rollcall.core.keys`)."""
        for item in self._table.query(Condition("pk = :pk", {":pk": watched}), live_at=int(time.time())):
            yield item["connectionId"]

    def forget_watcher(self, watched: str, connection_id: str) -> None:
        """Remove the watch of exactly this connection, which is gone."""
        self._table.delete(_watch_key(watched, connection_id))

    def remember_identity(self, token_hash: str, identity: Identity, *, expires_at: int) -> None:
        """Remember whose access token this is, by its hash, until `expires_at`, epoch seconds."""
        self._put(_identity_key(token_hash), msgspec.to_builtins(identity), expires_at)

    def identity(self, token_hash: str) -> Identity | None:
        """Whose access token this is, if that was asked lately."""
        item = self._get(_identity_key(token_hash))
        return msgspec.convert(item, Identity) if item else None

    def _put(self, key: dict[str, str], values: dict[str, Any], expires_at: int) -> None:
        self._table.put(key | values | {"expiresAt": expires_at})

    def _get(self, key: dict[str, str]) -> dict[str, Any] | None:
        item = self._table.get(key)
        return item if item and item["expiresAt"] > time.time() else None


def _watched_by(connection: Connection, watch: Watch) -> str:
    """A client names a conference at most; account and extension are those that its ticket was given to."""
    if watch.conference_id is None:
        return watched_extension(connection.account_id, connection.extension_id)
    return watched_conference(connection.account_id, watch.conference_id)


def _watch_key(watched: str, connection_id: str) -> dict[str, str]:
    return {"pk": watched, "sk": f"CONNECTION#{connection_id}"}


def _connection_key(connection_id: str) -> dict[str, str]:
    return {"pk": f"CONNECTION#{connection_id}", "sk": "CONNECTION"}


def _ticket_key(account_id: str, ticket_hash: str) -> dict[str, str]:
    return {"pk": f"ACCOUNT#{account_id}#TICKET#{ticket_hash}", "sk": "TICKET"}


def _identity_key(token_hash: str) -> dict[str, str]:
    return {"pk": f"IDENTITY#{token_hash}", "sk": "IDENTITY"}
