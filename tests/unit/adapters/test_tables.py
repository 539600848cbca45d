"""The tables, on moto, with the keys and indexes of the real template."""

import base64
import json
import time
from collections.abc import Mapping
from typing import Any

import boto3
import msgspec
import pytest

from rollcall.adapters.appointment_table import AppointmentTable
from rollcall.adapters.attributes import to_item
from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.connection_table import ConnectionTable
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.identity_table import IdentityTable
from rollcall.adapters.party_table import PartyTable, party_record
from rollcall.adapters.roster_table import RosterTable
from rollcall.adapters.ticket_table import TicketTable
from rollcall.core.errors import ConnectionOver, InvalidRequest, StorageFailed, TooManyWatches
from rollcall.core.identity import Connection, Grant, Identity
from rollcall.core.keys import watched_conference, watched_extension
from rollcall.core.limits import FRAMES_AT_ONCE, MS_PER_FRAME, WATCHES_PER_CONNECTION
from rollcall.core.party import Correction, PartyRecord
from rollcall.core.roster import Roster, apply, leg_changes
from rollcall.services.ports import Due
from tests.support.aws_tables import create_table
from tests.support.events import ACCOUNT, CONFERENCE, EXTENSION, as_body, in_conference, notification, status
from tests.support.pipeline import deliver

ME = Identity(ACCOUNT, EXTENSION)


AwsCalls = list[tuple[str, Mapping[str, Any]]]


@pytest.fixture(autouse=True)
def _aws(aws_calls: AwsCalls) -> None:
    pass


@pytest.fixture
def raw() -> Table:
    return create_table("PartyTable")


@pytest.fixture
def parties(raw: Table) -> PartyTable:
    return PartyTable(raw)


@pytest.fixture
def rosters(raw: Table) -> RosterTable:
    return RosterTable(raw)


@pytest.fixture
def raw_connections() -> Table:
    return create_table("ConnectionTable")


@pytest.fixture
def connections(raw_connections: Table) -> ConnectionTable:
    return ConnectionTable(raw_connections)


def record(content: dict[str, Any]) -> PartyRecord:
    ((_, new),) = deliver([as_body(content)]).stream
    return new


def roster(conference_id: str = CONFERENCE, *, created_at: int = 1, over: bool = False) -> Roster:
    join = notification(9, in_conference("p-conf-2", conference_id), second=9)
    leave = notification(11, status("Disconnected"))
    result = Roster(ACCOUNT, conference_id)
    for old, new in deliver([as_body(content) for content in ([join, leave] if over else [join])]).stream:
        result = apply(result, leg_changes(old, new), now=created_at)
    return result


# ---- party records


def test_a_record_comes_back_from_its_image(raw: Table, parties: PartyTable) -> None:
    for content in (notification(9, in_conference("p-conf-2")), notification(11, status("Disconnected"))):
        written = record(content)
        assert parties.put_if_newer(written) is None
        item = raw.get({"pk": f"SESSION#{written.leg.telephony_session_id}", "sk": f"PARTY#{written.leg.party_id}"})
        assert item is not None
        assert party_record(to_item(item)) == written
        assert ("conferenceId" in item) == (written.membership is not None)


def test_only_a_higher_sequence_passes_and_the_stored_record_comes_back(parties: PartyTable) -> None:
    newer = record(notification(9, in_conference("p-conf-2")))
    parties.put_if_newer(newer)
    for sequence in (8, 9):
        assert parties.put_if_newer(record(notification(sequence, status("Answered")))) == newer
    assert parties.put_if_newer(record(notification(10, status("Answered")))) is None


def test_a_time_of_joining_is_corrected_only_downwards_and_only_in_the_same_record(parties: PartyTable) -> None:
    stored = record(notification(12, in_conference("p-conf-2"), second=12))
    parties.put_if_newer(stored)
    parties.backdate(stored, "2024-02-27T16:00:09.223Z")
    parties.backdate(stored, "2024-02-27T16:00:10.223Z")
    parties.backdate(msgspec.structs.replace(stored, sequence=11), "2024-02-27T16:00:01.223Z")
    found = parties.put_if_newer(stored)
    assert found is not None
    assert found.membership is not None
    assert found.membership.participant.joined_at == "2024-02-27T16:00:09.223Z"


def test_what_dynamodb_refuses_is_a_storage_failure() -> None:
    nowhere = PartyTable(Table(AwsService("dynamodb", BACKGROUND), "no-such-table"))
    with pytest.raises(StorageFailed) as caught:
        nowhere.put_if_newer(record(notification(9, status("Answered"))))
    assert caught.value.code == "ResourceNotFoundException"
    with pytest.raises(StorageFailed):
        nowhere.backdate(record(notification(9, status("Answered"))), "")


# ---- rosters


def test_a_roster_comes_back_as_it_was_written(rosters: RosterTable) -> None:
    assert rosters.load(ACCOUNT, CONFERENCE) == Roster(ACCOUNT, CONFERENCE)
    for written in (roster(), roster("s-over", over=True)):
        assert rosters.save(written, over=Roster(ACCOUNT, written.conference_id)) is None
        assert rosters.load(ACCOUNT, written.conference_id) == written


def test_whoever_read_an_older_version_does_not_write(rosters: RosterTable) -> None:
    first, nobody = roster(), Roster(ACCOUNT, CONFERENCE)
    rosters.save(first, over=nobody)
    assert rosters.save(first, over=nobody) == first
    second = msgspec.structs.replace(first, version=2)
    assert rosters.save(second, over=first) is None
    assert rosters.save(msgspec.structs.replace(first, version=2), over=first) == second


def test_an_expired_roster_is_absent_and_may_be_written_over(
    rosters: RosterTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    rosters.save(roster(), over=Roster(ACCOUNT, CONFERENCE))
    later = time.time() + 8 * 86400
    monkeypatch.setattr("time.time", lambda: later)
    nobody = rosters.load(ACCOUNT, CONFERENCE)
    assert nobody.version == 0
    assert rosters.newest_first(ACCOUNT, limit=10, next_token=None).rosters == []
    assert list(rosters.hosted_by(ACCOUNT, EXTENSION)) == []
    assert rosters.save(roster(), over=nobody) is None


def test_rosters_are_listed_newest_first_over_all_pages(rosters: RosterTable) -> None:
    for number in range(25):
        rosters.save(roster(f"s-{number}", created_at=number + 1), over=Roster(ACCOUNT, f"s-{number}"))
    rosters.save(msgspec.structs.replace(roster("s-x"), account_id="2"), over=Roster("2", "s-x"))
    seen, token = [], None
    while True:
        page = rosters.newest_first(ACCOUNT, limit=10, next_token=token)
        assert len(page.rosters) <= 10
        seen += [item.conference_id for item in page.rosters]
        token = page.next_token
        if token is None:
            break
    assert seen == [f"s-{number}" for number in reversed(range(25))]


def token_of(created_at: int, conference_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([created_at, conference_id]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token", ["x", "ü", "W10", "eyJhIjoxfQ", "WzEsMl0", token_of(1, "x" * 2000), token_of(10**60, "s-1")]
)
def test_a_token_that_no_list_returned_is_refused(rosters: RosterTable, token: str) -> None:
    with pytest.raises(InvalidRequest):
        rosters.newest_first(ACCOUNT, limit=10, next_token=token)


def test_only_active_rosters_of_the_host_are_found(rosters: RosterTable) -> None:
    for item in (roster("s-1"), roster("s-over", over=True)):
        rosters.save(item, over=Roster(ACCOUNT, item.conference_id))
    assert [item.conference_id for item in rosters.hosted_by(ACCOUNT, EXTENSION)] == ["s-1"]
    assert list(rosters.hosted_by(ACCOUNT, EXTENSION[:-1])) == []
    assert list(rosters.hosted_by("700100002", EXTENSION)) == []


# ---- when rosters are to be verified


def stored(rosters: RosterTable, **fields: Any) -> Roster:
    """A roster with these fields, written."""
    wanted = msgspec.structs.replace(roster(), **fields)
    assert rosters.save(wanted, over=Roster(ACCOUNT, wanted.conference_id)) is None
    return wanted


def due(table: AppointmentTable, now: int, *, known: bool = True) -> list[str]:
    return [found.conference_id for found in table.due(now, known=known, limit=10)]


def test_the_most_overdue_come_first_and_what_is_not_due_not_at_all(raw: Table, rosters: RosterTable) -> None:
    for conference_id, due_at in (("s-2", 20), ("s-1", 10), ("s-3", 30), ("s-never", None)):
        stored(rosters, conference_id=conference_id, due_at=due_at)
    appointments = AppointmentTable(raw)
    assert due(appointments, 29) == ["s-1", "s-2"]
    assert [found.conference_id for found in appointments.due(99, known=True, limit=2)] == ["s-1", "s-2"]
    assert due(appointments, 29, known=False) == []


def test_doubt_makes_it_sooner_never_later(raw: Table, rosters: RosterTable) -> None:
    appointments, known = AppointmentTable(raw), stored(rosters, due_at=100)
    appointments.make_due(known, 50)
    appointments.make_due(known, 70)
    assert rosters.load(ACCOUNT, CONFERENCE) == msgspec.structs.replace(known, due_at=50)
    never = stored(rosters, conference_id="s-2", due_at=None)
    appointments.make_due(never, 60)
    assert due(appointments, 60) == [CONFERENCE, "s-2"]


def test_an_unknown_conference_may_be_due_and_is_no_roster(raw: Table, rosters: RosterTable) -> None:
    appointments = AppointmentTable(raw)
    appointments.make_due(Roster(ACCOUNT, "s-unknown"), 50)
    appointments.make_due(Roster(ACCOUNT, "s-unknown"), 60)
    assert due(appointments, 50, known=False) == ["s-unknown"]
    assert rosters.load(ACCOUNT, "s-unknown").version == 0
    assert rosters.newest_first(ACCOUNT, limit=10, next_token=None).rosters == []
    began = stored(rosters, conference_id="s-unknown", due_at=400)
    appointments.make_due(Roster(ACCOUNT, "s-unknown"), 1)
    assert rosters.load(ACCOUNT, "s-unknown") == began
    assert due(appointments, 500, known=False) == []


def test_a_verification_is_noted_unless_the_roster_has_changed(raw: Table, rosters: RosterTable) -> None:
    appointments, known = AppointmentTable(raw), stored(rosters, due_at=100)
    appointments.verified(known, verified_at=90, due_at=500)
    assert rosters.load(ACCOUNT, CONFERENCE) == msgspec.structs.replace(known, verified_at=90, due_at=500)
    appointments.verified(msgspec.structs.replace(known, version=7), verified_at=95, due_at=None)
    assert rosters.load(ACCOUNT, CONFERENCE).due_at == 500
    appointments.verified(known, verified_at=99, due_at=None)
    assert rosters.load(ACCOUNT, CONFERENCE) == msgspec.structs.replace(known, verified_at=99, due_at=None)
    assert due(appointments, 999) == []
    appointments.postpone(Due(ACCOUNT, CONFERENCE), 50)
    assert due(appointments, 999) == []


def test_what_is_put_off_is_due_later(raw: Table, rosters: RosterTable) -> None:
    appointments = AppointmentTable(raw)
    stored(rosters, due_at=100)
    appointments.postpone(Due(ACCOUNT, CONFERENCE), 300)
    assert (due(appointments, 299), due(appointments, 300)) == ([], [CONFERENCE])


# ---- corrected records


def test_a_correction_is_written_over_exactly_the_record_that_was_read(raw: Table, parties: PartyTable) -> None:
    joined = record(notification(9, in_conference("p-conf-2")))
    first = msgspec.structs.replace(joined, membership=None, correction=Correction(1, CONFERENCE))
    second = msgspec.structs.replace(joined, correction=Correction(2, CONFERENCE))
    assert parties.get(joined.leg) is None
    assert parties.correct(joined, over=None)
    assert not parties.correct(joined, over=None)
    assert not parties.correct(first, over=msgspec.structs.replace(joined, sequence=8))
    assert parties.correct(first, over=joined)
    assert not parties.correct(first, over=joined)
    assert parties.correct(second, over=first)
    assert not parties.correct(second, over=first)
    assert parties.get(joined.leg) == second
    later = record(notification(10, status("Answered")))
    assert parties.put_if_newer(later) is None
    assert not parties.correct(second, over=second)


def test_a_corrected_record_names_its_conference_for_the_streams_filter(raw: Table, parties: PartyTable) -> None:
    joined = record(notification(9, in_conference("p-conf-2")))
    out = msgspec.structs.replace(joined, membership=None, correction=Correction(1, CONFERENCE))
    parties.correct(out, over=None)
    item = raw.get({"pk": f"SESSION#{joined.leg.telephony_session_id}", "sk": f"PARTY#{joined.leg.party_id}"})
    assert item is not None
    assert item["conferenceId"] == CONFERENCE


# ---- tickets and identities


def test_a_ticket_is_used_once(raw_connections: Table) -> None:
    tickets = TicketTable(raw_connections)
    for grant in (Grant(ACCOUNT, EXTENSION, "https://phone.example"), Grant(ACCOUNT, EXTENSION)):
        tickets.add_ticket("hash", grant, expires_at=int(time.time()) + 60)
        assert tickets.use_ticket("700100002", "hash") is None
        assert tickets.use_ticket(ACCOUNT, "hash") == grant
        assert tickets.use_ticket(ACCOUNT, "hash") is None


def test_expired_tickets_and_identities_are_ignored(raw_connections: Table) -> None:
    past = int(time.time()) - 1
    tickets, identities = TicketTable(raw_connections), IdentityTable(raw_connections)
    tickets.add_ticket("hash", Grant(ACCOUNT, EXTENSION), expires_at=past)
    identities.remember_identity("hash", ME, expires_at=past)
    assert tickets.use_ticket(ACCOUNT, "hash") is None
    assert identities.identity("hash") is None
    identities.remember_identity("hash", ME, expires_at=int(time.time()) + 60)
    assert identities.identity("hash") == ME


# ---- connections

WATCHED = watched_conference(ACCOUNT, CONFERENCE)
NOW = int(time.time() * 1000)


def connection(connection_id: str = "c-1", expires_in: int = 600) -> Connection:
    return Connection(connection_id, ACCOUNT, EXTENSION, int(time.time()) + expires_in)


def watchers_of(connections: ConnectionTable, watched: str = WATCHED) -> list[str]:
    return [watcher.connection_id for watcher in connections.watchers(watched)]


@pytest.fixture
def opened(connections: ConnectionTable) -> Connection:
    opened = connection()
    connections.add_connection(opened)
    return opened


def test_a_frame_is_one_call_and_tells_whose_it_is(
    connections: ConnectionTable, opened: Connection, aws_calls: AwsCalls
) -> None:
    aws_calls.clear()
    assert connections.admit("c-1", now_ms=NOW) == opened
    assert [name for name, _ in aws_calls] == ["dynamodb.UpdateItem"]


def test_frames_may_come_in_one_burst_and_then_one_by_one(connections: ConnectionTable, opened: Connection) -> None:
    for _ in range(FRAMES_AT_ONCE):
        connections.admit("c-1", now_ms=NOW)
    for late in (0, MS_PER_FRAME - 1):
        with pytest.raises(ConnectionOver, match="too-many-messages"):
            connections.admit("c-1", now_ms=NOW + late)
    connections.admit("c-1", now_ms=NOW + MS_PER_FRAME)
    with pytest.raises(ConnectionOver, match="too-many-messages"):
        connections.admit("c-1", now_ms=NOW + MS_PER_FRAME)
    after_a_while = NOW + (2 * FRAMES_AT_ONCE + 5) * MS_PER_FRAME
    for _ in range(FRAMES_AT_ONCE):
        connections.admit("c-1", now_ms=after_a_while)
    with pytest.raises(ConnectionOver, match="too-many-messages"):
        connections.admit("c-1", now_ms=after_a_while)


def test_a_frame_a_second_is_never_too_much(connections: ConnectionTable, opened: Connection) -> None:
    for number in range(3 * FRAMES_AT_ONCE):
        connections.admit("c-1", now_ms=NOW + number * MS_PER_FRAME)


def test_a_connection_that_is_unknown_or_over_is_not_admitted(connections: ConnectionTable) -> None:
    connections.add_connection(connection("over", expires_in=-60))
    for connection_id in ("over", "unknown"):
        with pytest.raises(ConnectionOver, match="expired"):
            connections.admit(connection_id, now_ms=int(time.time() * 1000))
        with pytest.raises(ConnectionOver, match="expired"):
            connections.add_watch(connection(connection_id), WATCHED)
    assert watchers_of(connections) == []


def test_watches_may_be_told_again_but_not_be_too_many(connections: ConnectionTable, opened: Connection) -> None:
    for number in range(WATCHES_PER_CONNECTION):
        connections.add_watch(opened, watched_conference(ACCOUNT, f"s-{number}"))
    connections.add_watch(opened, watched_conference(ACCOUNT, "s-0"))
    with pytest.raises(TooManyWatches):
        connections.add_watch(opened, WATCHED)
    assert watchers_of(connections) == []
    connections.remove_watch(opened, watched_conference(ACCOUNT, "s-0"))
    connections.add_watch(opened, WATCHED)
    assert watchers_of(connections) == ["c-1"]


def test_a_users_connections_are_those_that_live(connections: ConnectionTable) -> None:
    live = [connection("c-1"), connection("c-2")]
    elsewhere = [
        connection("over", expires_in=-60),
        msgspec.structs.replace(connection("colleague"), extension_id=EXTENSION + "1"),
        msgspec.structs.replace(connection("stranger"), account_id="700100002"),
    ]
    for one in live + elsewhere:
        connections.add_connection(one)
    assert connections.connections_of(ACCOUNT, EXTENSION) == live


def test_a_watch_tells_since_when(connections: ConnectionTable, opened: Connection) -> None:
    before = int(time.time() * 1000)
    connections.add_watch(opened, WATCHED)
    ((_, since),) = connections.watchers(WATCHED)
    assert before <= since <= int(time.time() * 1000)


def test_every_watcher_is_found_over_all_pages(connections: ConnectionTable) -> None:
    wanted = {f"{number:04d}{'x' * 980}" for number in range(700)}  # more than the 1 MB of one page
    for connection_id in wanted:
        connections.add_connection(connection(connection_id))
        connections.add_watch(connection(connection_id), WATCHED)
    assert set(watchers_of(connections)) == wanted


def test_an_expired_watch_is_ignored(
    connections: ConnectionTable, opened: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add_watch(opened, WATCHED)
    monkeypatch.setattr("time.time", lambda: opened.expires_at)
    assert watchers_of(connections) == []


def test_a_gone_watcher_is_forgotten_and_no_other(connections: ConnectionTable) -> None:
    for connection_id in ("c-1", "c-2"):
        connections.add_connection(connection(connection_id))
        connections.add_watch(connection(connection_id), WATCHED)
    connections.forget_watcher(WATCHED, "c-1")
    assert watchers_of(connections) == ["c-2"]


def test_a_removed_connection_leaves_nothing_behind(connections: ConnectionTable, aws_calls: AwsCalls) -> None:
    for connection_id in ("c-1", "c-2"):
        connections.add_connection(connection(connection_id))
        connections.add_watch(connection(connection_id), WATCHED)
        connections.add_watch(connection(connection_id), watched_extension(ACCOUNT, EXTENSION))
    connections.remove_connection("c-1")
    connections.remove_connection("c-1")
    for watched in (WATCHED, watched_extension(ACCOUNT, EXTENSION)):
        assert watchers_of(connections, watched) == ["c-2"]
    assert [one.connection_id for one in connections.connections_of(ACCOUNT, EXTENSION)] == ["c-2"]
    left = [item["pk"]["S"] for item in boto3.client("dynamodb").scan(TableName="ConnectionTable")["Items"]]
    assert len(left) == 4
    assert "CONNECTION#c-1" not in left


def test_a_removal_that_dies_half_way_can_be_done_again(
    connections: ConnectionTable, raw_connections: Table, opened: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add_watch(opened, WATCHED)
    connections.add_watch(opened, watched_extension(ACCOUNT, EXTENSION))
    delete, left = raw_connections.delete, iter(range(2))

    def dying(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise StorageFailed("dead")
        return delete(*arguments)

    with monkeypatch.context() as broken:
        broken.setattr(raw_connections, "delete", dying)
        with pytest.raises(StorageFailed):
            connections.remove_connection("c-1")
    connections.remove_connection("c-1")
    assert boto3.client("dynamodb").scan(TableName="ConnectionTable")["Items"] == []


def test_a_watch_ends_on_request(connections: ConnectionTable, opened: Connection) -> None:
    connections.add_watch(opened, WATCHED)
    connections.remove_watch(opened, WATCHED)
    connections.remove_watch(opened, WATCHED)
    assert watchers_of(connections) == []


def test_every_read_is_consistent_but_of_the_one_index_that_can_not_be(
    raw: Table, rosters: RosterTable, connections: ConnectionTable, aws_calls: AwsCalls
) -> None:
    rosters.load(ACCOUNT, CONFERENCE)
    rosters.newest_first(ACCOUNT, limit=1, next_token=None)
    list(rosters.hosted_by(ACCOUNT, EXTENSION))
    connections.connections_of(ACCOUNT, EXTENSION)
    list(connections.watchers("key"))
    connections.remove_connection("c-1")
    list(AppointmentTable(raw).due(1, known=True, limit=1))
    assert [(request.get("IndexName", "table"), request["ConsistentRead"]) for _, request in aws_calls] == [
        ("table", True), ("byStart", True), ("byHost", True), ("table", True), ("table", True), ("table", True),
        ("byDue", False),
    ]  # fmt: skip
