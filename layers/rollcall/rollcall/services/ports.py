"""What the services need of the outside world. `rollcall.adapters` has the real ones, the tests have fakes.

Whatever stores something raises `StorageFailed` when it could not.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Literal, NamedTuple, Protocol

import msgspec

from rollcall.core.errors import UndecodableNotification
from rollcall.core.identity import Connection, Grant, Identity
from rollcall.core.party import Leg, PartyRecord
from rollcall.core.reconciliation import SessionAnswer
from rollcall.core.recording import Recorded
from rollcall.core.roster import Roster
from rollcall.core.service_token import Credentials, ServiceToken
from rollcall.core.subscription import Remembered


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
    """The verification tokens in force, and what else is known with them."""

    def accepted(self) -> Collection[str]:
        """Two during a rotation."""

    def record_until(self) -> float:
        """Until when notifications are recorded, epoch seconds; costs nothing."""


class Parties(Protocol):
    """Party records."""

    def put_if_newer(self, record: PartyRecord) -> PartyRecord | None:
        """Write the record, or return the one that overtook it."""

    def backdate(self, stored: PartyRecord, joined_at: str) -> bool:
        """Correct the time of joining, unless the record has changed meanwhile. Whether it was corrected."""


class Quarantine(Protocol):
    """Requests that nobody could decode."""

    def put(self, body: bytes, error: UndecodableNotification) -> str:
        """Keep the body and the reason. Returns where."""


class Recordings(Protocol):
    """Notifications as they came, while somebody wants them."""

    def put(self, recorded: Recorded) -> None:
        """Keep it."""


class Deferred(Protocol):
    """Notifications for later."""

    def put(self, body: bytes) -> None:
        """Keep the notification."""


class Deliveries(Protocol):
    """Deferred notifications that were delivered, and are not done with."""

    def put_off(self, receipt: str, seconds: int) -> None:
        """Deliver again after so long."""


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


class Due(msgspec.Struct, frozen=True):
    """A conference that is due to be verified."""

    account_id: str
    conference_id: str


class Doubts(Protocol):
    """Where it is noted that a roster may be wrong."""

    def make_due(self, roster: Roster, at: int) -> None:
        """Have it verified at that time, epoch seconds, or earlier."""


class Appointments(Doubts, Protocol):
    """What is to be verified, and when."""

    def load(self, account_id: str, conference_id: str) -> Roster:
        """The roster; version 0 if there is none."""

    def due(self, now: int, *, known: bool, limit: int) -> Iterable[Due]:
        """Conferences that are due, the most overdue first: those that have a roster, or those that have none."""

    def postpone(self, due: Due, until: int) -> None:
        """Not before that time, epoch seconds."""

    def verified(self, roster: Roster, *, verified_at: int, due_at: int | None) -> None:
        """Note when, and when again, unless the roster has changed meanwhile."""


class PartyRecords(Protocol):
    """Records of legs, to be corrected."""

    def get(self, leg: Leg) -> PartyRecord | None:
        """The record as it stands."""

    def correct(self, record: PartyRecord, *, over: PartyRecord | None) -> bool:
        """Write it, unless the stored one is no longer `over`. Whether it was written."""


class Sessions(Protocol):
    """RingCentral's telephony sessions, seen by the service's own user."""

    def session(self, account_id: str, telephony_session_id: str) -> SessionAnswer | None:
        """The account's session; None if there is none. Raises `AccountNotVisible`."""


class VisibleAccounts(Protocol):
    """Accounts of which RingCentral showed the service something."""

    def is_visible(self, account_id: str) -> bool:
        """Whether it did."""

    def note_visible(self, account_id: str) -> None:
        """It did."""


class Budget(Protocol):
    """How often something may be done."""

    def take(self, what: str, most: int) -> bool:
        """Whether it may be done once more in this minute."""


class Watcher(NamedTuple):
    """A connection that watches something. `since`: when it was about to begin, epoch milliseconds."""

    connection_id: str
    since: int


class Watchers(Protocol):
    """Who watches what."""

    def watchers(self, watched: str) -> Iterable[Watcher]:
        """Every connection that watches it."""

    def forget_watcher(self, watched: str, connection_id: str) -> None:
        """Remove one watch."""


class Connections(Protocol):
    """Connections and their watches. `watched` is a key of `rollcall.core.policy`."""

    def add_connection(self, connection: Connection) -> None:
        """Remember a connection."""

    def connections_of(self, account_id: str, extension_id: str) -> list[Connection]:
        """One user's connections."""

    def admit(self, connection_id: str, *, now_ms: int) -> Connection:
        """Count a frame. Raises `ConnectionOver`."""

    def remove_connection(self, connection_id: str) -> None:
        """Forget it and its watches."""

    def add_watch(self, connection: Connection, watched: str) -> None:
        """Watch. Raises `TooManyWatches`."""

    def remove_watch(self, connection: Connection, watched: str) -> None:
        """Watch no more."""


class Tickets(Protocol):
    """Tickets that were handed out."""

    def add_ticket(self, ticket_hash: str, grant: Grant, *, expires_at: int) -> None:
        """Remember a ticket."""

    def use_ticket(self, account_id: str, ticket_hash: str) -> Grant | None:
        """Take a ticket, once."""


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

    def end(self, connection_id: str) -> None:
        """End a connection."""


class RingCentral(Protocol):
    """RingCentral, for one user. Raises `RingCentralError`."""

    def owner_of(self, access_token: str) -> Identity:
        """Whose token it is."""

    def delete_party(self, access_token: str, leg: Leg) -> None:
        """Throw a leg out."""


class Reminders(Protocol):
    """The way from RingCentral's renewal reminders to whoever renews."""

    def remind(self) -> None:
        """Say that a subscription is to be looked after."""


class CurrentToken(Protocol):
    """The verification token that a new subscription gets."""

    def current(self) -> str:
        """As it stands now."""


class CredentialsStore(Protocol):
    """The credentials of the service's own login."""

    def read(self) -> Credentials:
        """As they stand."""


class TokenStore(Protocol):
    """The shared access token."""

    def read(self) -> ServiceToken:
        """As it stands."""

    def write(self, value: ServiceToken) -> None:
        """Share a new one."""


class Leases(Protocol):
    """Who does something alone."""

    def lease(self, name: str, seconds: int) -> AbstractContextManager[bool]:
        """Within it, whether the lease is ours."""


class Penalties(Protocol):
    """Who must not call RingCentral for a while."""

    def penalty(self, whose: str) -> int:
        """For how many seconds more; 0 if they may."""

    def punish(self, whose: str, seconds: int) -> None:
        """Not for so long."""


class SubscriptionNote(Protocol):
    """What was subscribed last."""

    def subscription(self) -> Remembered | None:
        """The note."""

    def remember_subscription(self, made: Remembered) -> None:
        """Replace the note."""


class RingCentralLogin(Protocol):
    """RingCentral's token endpoint."""

    def log_in(self, credentials: Credentials) -> ServiceToken:
        """A new token."""


class RingCentralCalls(Protocol):
    """RingCentral's API with any token."""

    def call(self, method: str, path: str, access_token: str, body: object = None) -> bytes:
        """The answer's body."""


class ServiceApi(Protocol):
    """RingCentral's API with the service's own token."""

    def owner_extension_id(self) -> str:
        """The extension that is logged in."""

    def call(self, group: str, method: str, path: str, body: object = None) -> bytes:
        """The answer's body."""
