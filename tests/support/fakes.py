"""Stand-ins for the outside world that can be told to fail. They hold state; they repeat none of the real code."""

from collections import defaultdict, deque
from collections.abc import Sequence

import msgspec

from rollcall.core.errors import ConnectionOver, RollcallError, StorageFailed, UndecodableNotification
from rollcall.core.identity import Connection, Grant, Identity
from rollcall.core.party import Leg, PartyRecord
from rollcall.core.recording import Recorded
from rollcall.core.roster import Roster
from rollcall.services.ports import Outcome, Page, Post, Watcher
from tests.support.pipeline import MemoryParties


class Failing:
    """Errors to come: the next call of a method raises what stands first in its queue; None lets the call pass."""

    def __init__(self) -> None:
        self.errors: dict[str, deque[RollcallError | None]] = defaultdict(deque)
        self.calls: list[str] = []

    def fail(self, method: str, *errors: RollcallError | None) -> None:
        self.errors[method].extend(errors)

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if self.errors[method]:
            error = self.errors[method].popleft()
            if error is not None:
                raise error


class FakeParties(MemoryParties, Failing):
    def __init__(self) -> None:
        MemoryParties.__init__(self)
        Failing.__init__(self)

    def put_if_newer(self, record: PartyRecord) -> PartyRecord | None:
        self._called("put_if_newer")
        return super().put_if_newer(record)


class FakeQuarantine(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[tuple[bytes, str]] = []

    def put(self, body: bytes, error: UndecodableNotification) -> str:
        self._called("put")
        self.kept.append((body, error.reason))
        return f"key-{len(self.kept)}"


class FakeRecordings(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Recorded] = []

    def put(self, recorded: Recorded) -> None:
        self._called("put")
        self.kept.append(recorded)


class FakeDeferred(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] = []

    def put(self, body: bytes) -> None:
        self._called("put")
        body.decode()
        self.kept.append(body)


class FakeDeliveries(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.put_offs: list[tuple[str, int]] = []

    def put_off(self, receipt: str, seconds: int) -> None:
        self._called("put_off")
        self.put_offs.append((receipt, seconds))


class FakeReminders(Failing):
    def remind(self) -> None:
        self._called("remind")


class FakeTokens(Failing):
    def __init__(self, *accepted: str) -> None:
        super().__init__()
        self._accepted = accepted
        self.recording_until = 0.0

    def record_until(self) -> float:
        return self.recording_until

    def accepted(self) -> tuple[str, ...]:
        self._called("accepted")
        return self._accepted


class FakeRosters(Failing):
    """`interfere` is what somebody else writes just before each of the next saves."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: dict[tuple[str, str], Roster] = {}
        self.interfere: deque[Roster] = deque()

    def load(self, account_id: str, conference_id: str) -> Roster:
        self._called("load")
        return self.stored.get((account_id, conference_id)) or Roster(account_id, conference_id)

    def save(self, roster: Roster, *, over: Roster) -> Roster | None:
        self._called("save")
        key = (roster.account_id, roster.conference_id)
        if self.interfere:
            self.stored[key] = self.interfere.popleft()
        stored = self.stored.get(key) or Roster(*key)
        if stored.version != over.version:
            return stored
        self.stored[key] = roster
        return None

    def newest_first(self, account_id: str, *, limit: int, next_token: str | None) -> Page:
        raise NotImplementedError

    def hosted_by(self, account_id: str, extension_id: str) -> list[Roster]:
        self._called("hosted_by")
        return [
            roster
            for roster in self.stored.values()
            if (roster.account_id, roster.host_extension_id, roster.state) == (account_id, extension_id, "active")
        ]


class FakeDoubts(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.noted: list[tuple[Roster, int]] = []

    def make_due(self, roster: Roster, at: int) -> None:
        self._called("make_due")
        self.noted.append((roster, at))


class FakeTickets(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], Grant] = {}

    def add_ticket(self, ticket_hash: str, grant: Grant, *, expires_at: int) -> None:
        self._called("add_ticket")
        self.kept[grant.account_id, ticket_hash] = grant

    def use_ticket(self, account_id: str, ticket_hash: str) -> Grant | None:
        self._called("use_ticket")
        return self.kept.pop((account_id, ticket_hash), None)


class FakeConnections(Failing):
    """Connections and watches; `since` is by connection id, long ago by default.

    Errors of "admit" and "add_watch" may also be what they refuse.
    """

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, Connection] = {}
        self.watches: dict[str, list[str]] = defaultdict(list)
        self.since: dict[str, int] = {}

    def add_connection(self, connection: Connection) -> None:
        self._called("add_connection")
        self.open[connection.connection_id] = connection

    def connections_of(self, account_id: str, extension_id: str) -> list[Connection]:
        self._called("connections_of")
        return [one for one in self.open.values() if (one.account_id, one.extension_id) == (account_id, extension_id)]

    def admit(self, connection_id: str, *, now_ms: int) -> Connection:
        self._called("admit")
        if connection_id not in self.open:
            raise ConnectionOver("expired")
        return self.open[connection_id]

    def remove_connection(self, connection_id: str) -> None:
        self._called("remove_connection")
        self.open.pop(connection_id, None)
        for watching in self.watches.values():
            if connection_id in watching:
                watching.remove(connection_id)

    def add_watch(self, connection: Connection, watched: str) -> None:
        self._called("add_watch")
        self.watches[watched].append(connection.connection_id)

    def remove_watch(self, connection: Connection, watched: str) -> None:
        self._called("remove_watch")
        self.watches[watched].remove(connection.connection_id)

    def watchers(self, watched: str) -> list[Watcher]:
        self._called("watchers")
        return [Watcher(connection_id, self.since.get(connection_id, 0)) for connection_id in self.watches[watched]]

    def forget_watcher(self, watched: str, connection_id: str) -> None:
        self._called("forget_watcher")
        self.watches[watched].remove(connection_id)


class FakeGateway:
    """`trouble` maps a connection id to what every post to it comes to, as an HTTP status or a word."""

    def __init__(self) -> None:
        self.trouble: dict[str, str] = {}
        self.sent: list[Post] = []
        self.ended: list[str] = []
        self.calls = 0

    def send(self, posts: Sequence[Post]) -> list[Outcome]:
        self.calls += 1
        outcomes = []
        for post in posts:
            detail = self.trouble.get(post.connection_id, "200")
            if detail == "200":
                self.sent.append(post)
            result = {"200": "delivered", "410": "gone"}.get(detail, "failed")
            outcomes.append(Outcome(post, result, detail))  # type: ignore[arg-type]
        return outcomes

    def end(self, connection_id: str) -> None:
        self.ended.append(connection_id)

    def messages(self, connection_id: str) -> list[dict[str, object]]:
        return [msgspec.json.decode(post.body) for post in self.sent if post.connection_id == connection_id]


class FakeRingCentral(Failing):
    """Errors are queued under "delete" and "owner_of"."""

    def __init__(self, owner: Identity | None = None) -> None:
        super().__init__()
        self.owner = owner
        self.deleted: list[tuple[str, Leg]] = []

    def owner_of(self, access_token: str) -> Identity:
        self._called("owner_of")
        assert self.owner is not None
        return self.owner

    def delete_party(self, access_token: str, leg: Leg) -> None:
        self.deleted.append((access_token, leg))
        self._called("delete")


class FakeIdentities(Failing):
    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, tuple[Identity, int]] = {}

    def identity(self, token_hash: str) -> Identity | None:
        self._called("identity")
        return self.known[token_hash][0] if token_hash in self.known else None

    def remember_identity(self, token_hash: str, identity: Identity, *, expires_at: int) -> None:
        self._called("remember_identity")
        self.known[token_hash] = (identity, expires_at)


def throttled() -> StorageFailed:
    """What DynamoDB says when it takes no more."""
    return StorageFailed("ProvisionedThroughputExceededException")
