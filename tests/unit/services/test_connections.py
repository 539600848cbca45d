"""WebSocket connections."""

import json
import time

import msgspec
import pytest

from rollcall.core.errors import ConnectionOver, OriginNotAllowed, TicketRefused, TooManyWatches
from rollcall.core.identity import CONNECTION_EXPIRES_SOON_SECONDS, Identity
from rollcall.core.keys import watched_by_host, watched_conference
from rollcall.core.limits import CONNECTIONS_PER_USER
from rollcall.core.policy import Policy
from rollcall.core.roster import Roster, apply, leg_changes
from rollcall.core.verification import DOUBTFUL_SECONDS, LATELY_SECONDS
from rollcall.services.connections import ClientConnections
from rollcall.services.tickets import TicketOffice
from tests.support.events import ACCOUNT, CONFERENCE, EXTENSION, as_body, in_conference, notification
from tests.support.fakes import FakeConnections, FakeDoubts, FakeGateway, FakeRosters, FakeTickets, throttled
from tests.support.pipeline import deliver

ME = Identity(ACCOUNT, EXTENSION)
COLLEAGUE = Identity(ACCOUNT, "700200099")
PAGE, ANOTHER_PAGE = "https://phone.example", "https://crm.example"
ACCOUNT_WIDE = Policy()


class World:
    def __init__(self, policy: Policy = ACCOUNT_WIDE) -> None:
        self.connections, self.rosters, self.gateway = FakeConnections(), FakeRosters(), FakeGateway()
        self.office, self.doubts = TicketOffice(FakeTickets(), {PAGE, ANOTHER_PAGE}), FakeDoubts()
        self.clients = ClientConnections(self.office, self.connections, self.rosters, self.doubts, self.gateway, policy)
        ((old, new),) = deliver([as_body(notification(9, in_conference("p-conf-2")))]).stream
        self.rosters.stored[ACCOUNT, CONFERENCE] = apply(Roster(ACCOUNT, CONFERENCE), leg_changes(old, new), now=1)

    def connect(self, identity: Identity = ME, connection_id: str = "c-1") -> None:
        self.clients.connect(connection_id, self.office.issue(identity, None), None)

    def say(self, **message: object) -> list[dict[str, object]]:
        return self.say_text(json.dumps(message))

    def say_text(self, frame: str) -> list[dict[str, object]]:
        already = len(self.gateway.messages("c-1"))
        self.clients.receive("c-1", frame)
        return self.gateway.messages("c-1")[already:]


@pytest.fixture
def world() -> World:
    return World()


def test_a_ticket_opens_one_connection_once(world: World) -> None:
    ticket = world.office.issue(ME, None)
    world.clients.connect("c-1", ticket, None)
    assert world.connections.open["c-1"].extension_id == EXTENSION
    with pytest.raises(TicketRefused):
        world.clients.connect("c-2", ticket, None)
    assert set(world.connections.open) == {"c-1"}


@pytest.mark.parametrize("ticket", ["", "nonsense", f"{ACCOUNT}.{'x' * 43}"])
def test_any_other_ticket_is_refused(world: World, ticket: str) -> None:
    with pytest.raises(TicketRefused):
        world.clients.connect("c-1", ticket, None)
    assert world.connections.open == {}


def test_a_ticket_of_another_account_is_worth_nothing_here(world: World) -> None:
    ticket = world.office.issue(ME, None).replace(ACCOUNT, "700100002")
    with pytest.raises(TicketRefused):
        world.clients.connect("c-1", ticket, None)


@pytest.mark.parametrize(("fetched_by", "used_by"), [(PAGE, PAGE), (None, PAGE), (None, ANOTHER_PAGE), (None, None)])
def test_a_ticket_is_good_for_the_page_that_fetched_it_or_if_none_did_for_any_on_the_list(
    world: World, fetched_by: str | None, used_by: str | None
) -> None:
    world.clients.connect("c-1", world.office.issue(ME, fetched_by), used_by)
    assert "c-1" in world.connections.open


@pytest.mark.parametrize(
    ("fetched_by", "used_by"),
    [(PAGE, ANOTHER_PAGE), (PAGE, None), (None, "https://evil.example"), (PAGE, "null"), (PAGE, PAGE.upper())],
)
def test_from_any_other_page_it_opens_nothing(world: World, fetched_by: str | None, used_by: str | None) -> None:
    with pytest.raises(OriginNotAllowed):
        world.clients.connect("c-1", world.office.issue(ME, fetched_by), used_by)
    assert world.connections.open == {}


def test_a_ticket_that_was_tried_from_another_page_is_used_up(world: World) -> None:
    ticket = world.office.issue(ME, PAGE)
    with pytest.raises(OriginNotAllowed):
        world.clients.connect("c-1", ticket, ANOTHER_PAGE)
    with pytest.raises(TicketRefused):
        world.clients.connect("c-1", ticket, PAGE)


def test_one_connection_too_many_ends_the_users_oldest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.connect(COLLEAGUE, "colleague")
    now = time.time()
    for number in range(CONNECTIONS_PER_USER):
        monkeypatch.setattr("time.time", lambda number=number: now + number)
        world.connect(connection_id=f"c-{number}")
    assert world.gateway.ended == []
    world.connect(connection_id="c-new")
    assert world.gateway.ended == ["c-0"]
    assert world.gateway.messages("c-0") == [{"type": "bye", "reason": "too-many-connections", "retry": "later"}]
    assert set(world.connections.open) == {"colleague", "c-new", *(f"c-{n}" for n in range(1, CONNECTIONS_PER_USER))}


def test_a_subscription_is_confirmed_and_followed_by_the_roster(world: World) -> None:
    world.connect()
    confirmed, roster = world.say(action="subscribe", conferenceId=CONFERENCE, requestId="r-1")
    assert confirmed == {"type": "subscribed", "conferenceId": CONFERENCE, "requestId": "r-1"}
    assert (roster["type"], roster["version"], roster["changes"]) == ("roster", 1, [])
    assert world.connections.watches[watched_conference(ACCOUNT, CONFERENCE)] == ["c-1"]


def test_the_watch_is_written_before_the_roster_is_read(world: World) -> None:
    world.connect()
    world.connections.calls.clear()
    load = world.rosters.load

    def load_after_watch(account_id: str, conference_id: str) -> Roster:
        assert "add_watch" in world.connections.calls
        return load(account_id, conference_id)

    world.rosters.load = load_after_watch  # type: ignore[method-assign]
    world.say(action="subscribe", conferenceId=CONFERENCE)
    assert world.rosters.calls == ["load"]


def test_before_anybody_joined_the_roster_is_empty_and_has_version_0(world: World) -> None:
    world.connect()
    _, roster = world.say(action="subscribe", conferenceId="s-nobody")
    assert (roster["version"], roster["participants"], roster["state"]) == (0, [], "active")


def test_a_host_may_watch_all_own_conferences(world: World) -> None:
    world.connect()
    confirmed, roster = world.say(action="subscribe", scope="extension")
    assert confirmed == {"type": "subscribed", "scope": "extension", "extensionId": EXTENSION}
    assert roster["conferenceId"] == CONFERENCE


def test_another_account_sees_an_empty_roster_under_the_same_id(world: World) -> None:
    world.connect(Identity("700100002", EXTENSION))
    _, roster = world.say(action="subscribe", conferenceId=CONFERENCE)
    assert (roster["version"], roster["participants"]) == (0, [])
    assert world.connections.watches[watched_conference(ACCOUNT, CONFERENCE)] == []
    assert [message["type"] for message in world.say(action="subscribe", scope="extension")] == ["subscribed"]


def test_unsubscribing_ends_it(world: World) -> None:
    world.connect()
    world.say(action="subscribe", conferenceId=CONFERENCE)
    assert world.say(action="unsubscribe", conferenceId=CONFERENCE, requestId=2) == [
        {"type": "unsubscribed", "conferenceId": CONFERENCE, "requestId": 2}
    ]
    assert world.connections.watches[watched_conference(ACCOUNT, CONFERENCE)] == []


def test_a_ping_is_counted_and_answered(world: World) -> None:
    world.connect()
    world.connections.calls.clear()
    assert world.say(action="ping", requestId=1) == [{"type": "pong", "requestId": 1}]
    assert (world.connections.calls, world.rosters.calls) == (["admit"], [])


def test_a_frame_that_means_nothing_is_answered_and_the_connection_stays(world: World) -> None:
    world.connect()
    (answer,) = world.say(action="dance", requestId="r-9")
    assert (answer["type"], answer["code"], answer["requestId"]) == ("error", "unknown-action", "r-9")
    assert "c-1" in world.connections.open


@pytest.mark.parametrize("frame", ['{"action": "subscribe", "conferenceId": "s-1"}', '{"action": "ping"}', "nonsense"])
def test_a_connection_whose_time_is_over_is_told_and_ended(world: World, frame: str) -> None:
    assert world.say_text(frame) == [{"type": "bye", "reason": "expired", "retry": "now"}]
    assert world.gateway.ended == ["c-1"]
    assert world.connections.watches == {}


@pytest.mark.parametrize("frame", ['{"action": "ping"}', "nonsense"])
def test_a_connection_that_sends_too_much_is_told_and_ended(world: World, frame: str) -> None:
    world.connect()
    world.say(action="subscribe", conferenceId=CONFERENCE)
    world.connections.fail("admit", ConnectionOver("too-many-messages"))
    assert world.say_text(frame) == [{"type": "bye", "reason": "too-many-messages", "retry": "later"}]
    assert (world.gateway.ended, world.connections.open) == (["c-1"], {})
    assert world.connections.watches[watched_conference(ACCOUNT, CONFERENCE)] == []


def test_it_is_ended_even_if_the_table_can_not_be_told(world: World) -> None:
    world.connections.fail("remove_connection", throttled())
    world.say(action="ping")
    assert world.gateway.ended == ["c-1"]


def test_before_its_end_a_connection_is_obeyed_and_told_to_open_another(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.connect()
    expires_at = world.connections.open["c-1"].expires_at
    monkeypatch.setattr("time.time", lambda: float(expires_at - CONNECTION_EXPIRES_SOON_SECONDS))
    assert world.say(action="ping") == [{"type": "pong"}]
    monkeypatch.setattr("time.time", lambda: float(expires_at - CONNECTION_EXPIRES_SOON_SECONDS + 1))
    assert world.say(action="ping") == [{"type": "pong"}, {"type": "bye", "reason": "expiring", "retry": "now"}]
    assert world.gateway.ended == []


def test_one_subscription_too_many_is_refused_and_the_connection_stays(world: World) -> None:
    world.connect()
    world.connections.fail("add_watch", TooManyWatches())
    (answer,) = world.say(action="subscribe", conferenceId=CONFERENCE, requestId=3)
    assert (answer["type"], answer["code"], answer["requestId"]) == ("error", "too-many-subscriptions", 3)
    assert world.rosters.calls == []


def test_where_only_hosts_may_watch_a_colleague_sees_what_looks_like_no_conference() -> None:
    world = World(Policy(watch="host"))
    world.connect(COLLEAGUE)
    confirmed, roster = world.say(action="subscribe", conferenceId=CONFERENCE)
    assert confirmed["type"] == "subscribed"
    assert (roster["version"], roster["participants"]) == (0, [])
    assert [key for key, watching in world.connections.watches.items() if watching] == [
        watched_by_host(ACCOUNT, COLLEAGUE.extension_id, CONFERENCE)
    ]


def test_where_only_hosts_may_watch_the_host_does() -> None:
    world = World(Policy(watch="host"))
    world.connect()
    _, roster = world.say(action="subscribe", conferenceId=CONFERENCE)
    assert roster["version"] == 1


@pytest.mark.parametrize("method", ["admit", "add_watch"])
def test_what_can_not_be_done_now_is_told_and_the_connection_stays(world: World, method: str) -> None:
    world.connect()
    world.connections.fail(method, throttled())
    (answer,) = world.say(action="subscribe", conferenceId=CONFERENCE, requestId="r-1")
    assert (answer["type"], answer["code"], answer["requestId"]) == ("error", "storage-failed", "r-1")
    assert [message["type"] for message in world.say(action="subscribe", conferenceId=CONFERENCE)] == [
        "subscribed",
        "roster",
    ]


def test_a_closed_connection_watches_nothing(world: World) -> None:
    world.connect()
    world.say(action="subscribe", conferenceId=CONFERENCE)
    world.clients.disconnect("c-1")
    assert world.connections.open == {}
    assert world.connections.watches[watched_conference(ACCOUNT, CONFERENCE)] == []


@pytest.mark.parametrize("trouble", ["410", "500"])
def test_an_answer_that_can_not_be_sent_is_no_error(world: World, trouble: str) -> None:
    world.connect()
    world.gateway.trouble["c-1"] = trouble
    assert world.say(action="ping") == []


def test_what_was_not_verified_lately_is_made_due(world: World) -> None:
    world.connect()
    world.say(action="subscribe", conferenceId=CONFERENCE)
    ((roster, at),) = world.doubts.noted
    assert (roster.conference_id, roster.version) == (CONFERENCE, 1)
    assert abs(at - time.time()) < 5


def test_an_unknown_conference_is_made_due_once_its_events_had_time_to_come(world: World) -> None:
    world.connect()
    world.say(action="subscribe", conferenceId="s-nobody")
    ((roster, at),) = world.doubts.noted
    assert (roster.conference_id, roster.version) == ("s-nobody", 0)
    assert abs(at - time.time() - DOUBTFUL_SECONDS) < 5


@pytest.mark.parametrize("known", [{"verified_at": 1}, {"created_at": 1000}])
@pytest.mark.parametrize(("seconds", "doubted"), [(LATELY_SECONDS - 5, 0), (LATELY_SECONDS + 5, 1)])
def test_what_is_new_or_was_verified_lately_is_not(
    world: World, known: dict[str, int], seconds: int, doubted: int
) -> None:
    world.connect()
    at = {name: (int(time.time()) - seconds) * unit for name, unit in known.items()}
    stored = msgspec.structs.replace(world.rosters.stored[ACCOUNT, CONFERENCE], **at)
    world.rosters.stored[ACCOUNT, CONFERENCE] = stored
    world.say(action="subscribe", scope="extension")
    assert len(world.doubts.noted) == doubted


def test_a_doubt_that_can_not_be_noted_is_no_error(world: World) -> None:
    world.connect()
    world.doubts.fail("make_due", throttled())
    assert [message["type"] for message in world.say(action="subscribe", conferenceId=CONFERENCE)] == [
        "subscribed",
        "roster",
    ]


def test_what_has_ended_is_not_made_due(world: World) -> None:
    world.connect()
    ended = msgspec.structs.replace(world.rosters.stored[ACCOUNT, CONFERENCE], present={})
    world.rosters.stored[ACCOUNT, CONFERENCE] = ended
    _, roster = world.say(action="subscribe", conferenceId=CONFERENCE)
    assert (roster["state"], world.doubts.noted) == ("ended", [])
