"""What the services need of the outside world. `rollcall.adapters` has the real ones, the tests have fakes.

Whatever stores something raises `StorageFailed` when it could not.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Literal, Protocol

import msgspec

from rollcall.core.errors import UndecodableNotification
from rollcall.core.identity import Connection, Identity
from rollcall.core.messages import Watch
from rollcall.core.party import Leg, PartyRecord
from rollcall.core.roster import Roster


class Post(msgspec.Struct, frozen=True):
    """One message to one connection."""

    connection_id: str
    body: bytes


class Outcome(msgspec.Struct, frozen=True):
    """What became of a post. `detail`: an HTTP status, "timeout" or "unreachable"; for logs and metrics."""

    post: Post
    result: Literal["delivered", "gone", "failed"]
    detail: str


class Page(msgspec.Struct, frozen=True):
    """Some rosters and, if there are more, where to go on."""

    rosters: list[Roster]
    next_token: str | None


class Tokens(Protocol):
    """The verification tokens in force."""

    def accepted(self) -> Collection[str]:
        """Two during a rotation."""


class Parties(Protocol):
    """Party records."""

    def put_if_newer(self, record: PartyRecord) -> PartyRecord | None:
        """Write the record, or return the one that overtook it."""

    def backdate(self, stored: PartyRecord, joined_at: str) -> None:
        """Correct the time of joining, unless the record has changed meanwhile."""


class Quarantine(Protocol):
    """Requests that nobody could decode."""

    def put(self, body: bytes, error: UndecodableNotification) -> str:
        """Keep the body and the reason. Returns where."""


class Deferred(Protocol):
    """Notifications for later."""

    def put(self, body: bytes) -> None:
        """Keep the notification."""


class Rosters(Protocol):
    """Rosters, read consistently."""

    def load(self, account_id: str, conference_id: str) -> Roster:
        """The roster; version 0 if there is none."""

    def save(self, roster: Roster, *, over: Roster) -> Roster | None:
        """Write over the version that was read, or return the one that is stored."""

    def newest_first(self, account_id: str, *, limit: int, next_token: str | None) -> Page:
        """A page of an account's rosters."""

    def hosted_by(self, account_id: str, extension_id: str) -> Iterable[Roster]:
        """Active rosters of one host."""


class Watchers(Protocol):
    """Who watches what."""

    def watchers(self, watched: str) -> Iterable[str]:
        """Connection ids."""

    def forget_watcher(self, watched: str, connection_id: str) -> None:
        """Remove one watch."""


class Connections(Protocol):
    """Connections, their tickets and their watches."""

    def use_ticket(self, account_id: str, ticket_hash: str) -> Identity | None:
        """Take a ticket, once."""

    def add_connection(self, connection: Connection) -> None:
        """Remember a connection."""

    def connection(self, connection_id: str) -> Connection | None:
        """Whose it is."""

    def remove_connection(self, connection_id: str) -> None:
        """Forget it and its watches."""

    def add_watch(self, connection: Connection, watch: Watch) -> None:
        """Watch."""

    def remove_watch(self, connection: Connection, watch: Watch) -> None:
        """Watch no more."""


class Tickets(Protocol):
    """Tickets that were handed out."""

    def add_ticket(self, account_id: str, ticket_hash: str, identity: Identity, *, expires_at: int) -> None:
        """Remember a ticket."""


class Identities(Protocol):
    """Owners of access tokens."""

    def identity(self, token_hash: str) -> Identity | None:
        """The owner, if known."""

    def remember_identity(self, token_hash: str, identity: Identity, *, expires_at: int) -> None:
        """Remember the owner."""


class Gateway(Protocol):
    """The way to WebSocket connections."""

    def send(self, posts: Sequence[Post]) -> list[Outcome]:
        """Send every post and report every outcome."""


class RingCentral(Protocol):
    """RingCentral, for one user. Raises `RingCentralError`."""

    def owner_of(self, access_token: str) -> Identity:
        """Whose token it is."""

    def delete_party(self, access_token: str, leg: Leg) -> None:
        """Throw a leg out."""
