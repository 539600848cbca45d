"""Mistakes to make on purpose, each a switch. Whoever makes one of them in the product must be found out.

Each is a context manager that changes the product for as long as it lasts; `BUGS` has them by name. The `kind` of each
tells in what kind of world it shows soonest.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec

from rollcall.adapters.attributes import from_item
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.party_table import PartyTable
from rollcall.adapters.roster_table import RosterTable
from rollcall.core import policy
from rollcall.core.answers import decode_answer
from rollcall.core.errors import RingCentralNotFound
from rollcall.core.party import Leg, PartyRecord
from rollcall.core.reconciliation import SessionAnswer
from rollcall.core.roster import LegChange, Roster, apply, leg_changes
from rollcall.entry import stream
from rollcall.services import connections, ingest, reconcile
from rollcall.services import roster as roster_service
from rollcall.services.deferred import Repeats
from rollcall.services.remove import Remove
from rollcall.services.roster import RecordChanges, RosterUpdates
from rollcall.services.service_sessions import ServiceSessions
from tests.simulation import template


class Bug(NamedTuple):
    """A mistake: in what kind of world it shows, and the switch."""

    kind: str
    make: Callable[[], AbstractContextManager[Any]]


@contextmanager
def no_sequence_check() -> Iterator[None]:
    """A party record is written whatever its sequence."""

    def put(self: PartyTable, record: PartyRecord) -> None:
        from rollcall.adapters.party_table import _item  # noqa: PLC0415

        self._table.put(_item(record))

    with patch.object(PartyTable, "put_if_newer", put):
        yield


@contextmanager
def push_before_write() -> Iterator[None]:
    """Watchers are told before the roster is written."""
    real = RosterUpdates._update

    def update(self: RosterUpdates, account_id: str, conference_id: str, changes: Sequence[LegChange]) -> Roster:
        rosters: Any = self._rosters
        self._rosters = _PushedAtOnce(self, rosters)  # type: ignore[assignment]
        try:
            return real(self, account_id, conference_id, changes)
        finally:
            self._rosters = rosters

    with patch.object(RosterUpdates, "_update", update):
        yield


class _PushedAtOnce:
    """Rosters that are told to their watchers when somebody is about to write them."""

    def __init__(self, updates: RosterUpdates, rosters: Any) -> None:
        self._updates = updates
        self._rosters = rosters
        self.load = rosters.load

    def save(self, roster: Roster, *, over: Roster) -> Roster | None:
        delivery = self._updates._prepare(roster, known_at=2**53)
        self._updates._deliver({(roster.account_id, roster.conference_id): delivery})
        stored: Roster | None = self._rosters.save(roster, over=over)
        return stored


@contextmanager
def wrong_watch_deleted() -> Iterator[None]:
    """When a connection is gone, the watch of somebody else is deleted."""

    def forget(self: RosterUpdates, delivery: Any, connection_id: str) -> None:
        for other, keys in delivery.watched.items():
            if other != connection_id:
                self._watchers.forget_watcher(keys[0], other)

    with patch.object(RosterUpdates, "_forget", forget):
        yield


@contextmanager
def first_page_only() -> Iterator[None]:
    """One page of a query is taken for all of it."""

    def query(self: Table, condition: Any, **options: Any) -> Iterator[Any]:
        yield from self.page(condition, **options)[0]

    with patch.object(Table, "query", query):
        yield


@contextmanager
def conflict_ignored() -> Iterator[None]:
    """A roster that somebody else wrote meanwhile counts as written."""
    real = RosterTable.save

    def save(self: RosterTable, roster: Roster, *, over: Roster) -> None:
        real(self, roster, over=over)

    with patch.object(RosterTable, "save", save):
        yield


@contextmanager
def roster_read_before_watch() -> Iterator[None]:
    """A subscription reads the roster first and writes the watch after it."""
    real = connections.ClientConnections._subscribe

    def subscribe(self: connections.ClientConnections, connection: Any, watched: str, message: Any) -> None:
        rosters = list(self._rosters_of(connection, message.conference_id))
        self._rosters_of = lambda *_: rosters  # type: ignore[method-assign]
        try:
            real(self, connection, watched, message)
        finally:
            del self._rosters_of

    with patch.object(connections.ClientConnections, "_subscribe", subscribe):
        yield


@contextmanager
def expiry_is_leaving() -> Iterator[None]:
    """A party record that the table's TTL removed is taken for somebody's leaving."""
    real = stream._changes

    def changes(record: Any) -> RecordChanges:
        images = record["dynamodb"]
        if "NewImage" in images:
            return real(record)
        old = msgspec.convert(from_item(images["OldImage"]), PartyRecord)
        gone = msgspec.structs.replace(old, membership=None, sequence=old.sequence + 1)
        return RecordChanges(images["SequenceNumber"], leg_changes(old, gone))

    mapping = copy.deepcopy(template.stream_mapping())
    for each in mapping["FilterCriteria"]["Filters"]:
        each["Pattern"] = each["Pattern"].replace('["INSERT", "MODIFY"]', '["INSERT", "MODIFY", "REMOVE"]')
    with patch.object(stream, "_changes", changes), patch.object(template, "stream_mapping", lambda: mapping):
        yield


@contextmanager
def old_change_over_newer() -> Iterator[None]:
    """Whatever the stream brings counts as news."""

    def applied(roster: Roster, changes: Sequence[LegChange], *, now: int) -> Roster:
        known = [present.sequence for present in roster.present.values()]
        newest = max([*known, *(departed.sequence for departed in roster.departed.values())], default=0)
        later = [msgspec.structs.replace(change, sequence=newest + at) for at, change in enumerate(changes, 1)]
        return apply(roster, later, now=now)

    with patch.object(roster_service, "apply", applied):
        yield


@contextmanager
def no_version_condition() -> Iterator[None]:
    """A roster is written whatever version is stored."""

    def save(self: RosterTable, roster: Roster, *, over: Roster) -> None:
        from rollcall.adapters.roster_table import _item  # noqa: PLC0415

        self._table.put(_item(roster))

    with patch.object(RosterTable, "save", save):
        yield


@contextmanager
def extension_watch_forgotten() -> Iterator[None]:
    """Those who watch everything that they host are not told."""
    real = policy.Policy.keys_of

    def keys_of(self: policy.Policy, roster: Roster) -> list[str]:
        return [key for key in real(self, roster) if "#EXTENSION#" not in key]

    with patch.object(policy.Policy, "keys_of", keys_of):
        yield


@contextmanager
def departed_leg_returns() -> Iterator[None]:
    """A roster does not remember who has left."""

    def applied(roster: Roster, changes: Sequence[LegChange], *, now: int) -> Roster:
        forgetful = msgspec.structs.replace(roster, departed={})
        after = apply(forgetful, changes, now=now)
        return roster if after is forgetful else after

    with patch.object(roster_service, "apply", applied):
        yield


@contextmanager
def failed_item_swallowed() -> Iterator[None]:
    """Records that failed are reported as done."""
    real = RosterUpdates.process

    def process(self: RosterUpdates, records: Sequence[RecordChanges], seconds_left: Callable[[], float]) -> set[str]:
        real(self, records, seconds_left)
        return set()

    with patch.object(RosterUpdates, "process", process):
        yield


@contextmanager
def never_backdated() -> Iterator[None]:
    """The time of joining is that of the event which came first."""
    with patch.object(ingest, "joined_before", lambda stored, late: None):
        yield


@contextmanager
def storage_failure_forgotten() -> Iterator[None]:
    """A notification that the table does not take is answered with 200 and forgotten."""
    with patch.object(ingest.Webhook, "_defer", lambda self, body: None):
        yield


@contextmanager
def deferred_done_at_once() -> Iterator[None]:
    """A deferred notification is tried once."""
    real = Repeats.take

    def take(self: Repeats, delivery: Any) -> bool:
        real(self, delivery)
        return True

    with patch.object(Repeats, "take", take):
        yield


@contextmanager
def account_not_in_key() -> Iterator[None]:
    """Watches are filed under the conference alone."""
    with patch.object(policy, "watched_conference", lambda account_id, conference_id: f"CONFERENCE#{conference_id}"):
        yield


@contextmanager
def wrong_leg_removed() -> Iterator[None]:
    """Somebody else than the one who was named is removed."""
    real = Remove._delete

    def delete(self: Remove, access_token: str, direct: Leg, in_conference: Leg) -> None:
        # The first party of a session is the caller, who is not always the agent.
        real(self, access_token, Leg(direct.telephony_session_id, direct.party_id[:-1] + "2"), in_conference)

    with patch.object(Remove, "_delete", delete):
        yield


@contextmanager
def update_not_noticed() -> Iterator[None]:
    """Somebody who stays is shown as they were first."""

    def changes(old: PartyRecord | None, new: PartyRecord) -> list[LegChange]:
        if old and old.membership and new.membership and old.membership.conference_id == new.membership.conference_id:
            return []
        return leg_changes(old, new)

    with patch.object(stream, "leg_changes", changes):
        yield


def answer_believed_at_once() -> AbstractContextManager[Any]:
    """RingCentral's answer is taken to know also what has just happened."""
    return patch.object(reconcile, "settled", lambda *_: True)


def ended_leg_believed_to_be_in() -> AbstractContextManager[Any]:
    """An answer that is behind brings back whoever has just left for good."""
    return patch.multiple(reconcile, settled=lambda *_: True, may_be_in=lambda _: True)


def foreign_answer_used() -> AbstractContextManager[Any]:
    """What RingCentral answers about a session is used for whoever has it asked about."""

    def session(self: ServiceSessions, _account_id: str, telephony_session_id: str) -> SessionAnswer | None:
        path = f"/restapi/v1.0/account/~/telephony/sessions/{telephony_session_id}"
        try:
            return decode_answer(self._api.call("light", "GET", path), SessionAnswer)
        except RingCentralNotFound:
            return None

    return patch.object(ServiceSessions, "session", session)


BUGS = {
    "answer believed at once": Bug("calm", answer_believed_at_once),
    "ended leg believed to be in": Bug("calm", ended_leg_believed_to_be_in),
    "foreign answer used": Bug("asked", foreign_answer_used),
    "no sequence check": Bug("disorder", no_sequence_check),
    "push before write": Bug("crashes", push_before_write),
    "wrong watch deleted": Bug("clients", wrong_watch_deleted),
    "first page only": Bug("calm", first_page_only),
    "conflict ignored": Bug("slow", conflict_ignored),
    "roster read before watch": Bug("slow", roster_read_before_watch),
    "expiry is leaving": Bug("days", expiry_is_leaving),
    "old change over newer": Bug("crashes", old_change_over_newer),
    "no version condition": Bug("slow", no_version_condition),
    "extension watch forgotten": Bug("calm", extension_watch_forgotten),
    "departed leg returns": Bug("crashes", departed_leg_returns),
    "failed item swallowed": Bug("storage", failed_item_swallowed),
    "never backdated": Bug("disorder", never_backdated),
    "storage failure forgotten": Bug("storage", storage_failure_forgotten),
    "deferred done at once": Bug("storage", deferred_done_at_once),
    "account not in key": Bug("calm", account_not_in_key),
    "wrong leg removed": Bug("calm", wrong_leg_removed),
    "update not noticed": Bug("slow", update_not_noticed),
}
"""All of them."""
