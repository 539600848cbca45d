"""WebSocket connections."""

import json

import pytest

from rollcall.core.errors import TicketRefused
from rollcall.core.identity import Identity
from rollcall.core.keys import watched_conference
from rollcall.core.roster import Roster, apply, leg_changes
from rollcall.services.connections import ClientConnections
from rollcall.services.tickets import TicketOffice
from tests.support.events import ACCOUNT, CONFERENCE, EXTENSION, as_body, in_conference, notification
from tests.support.fakes import FakeConnections, FakeGateway, FakeRosters, throttled
from tests.support.pipeline import deliver

ME = Identity(ACCOUNT, EXTENSION)


class World:
    def __init__(self) -> None:
        self.connections, self.rosters, self.gateway = FakeConnections(), FakeRosters(), FakeGateway()
        self.clients = ClientConnections(self.connections, self.rosters, self.gateway)
        ((old, new),) = deliver([as_body(notification(9, in_conference("p-conf-2")))]).stream
        self.rosters.stored[ACCOUNT, CONFERENCE] = apply(Roster(ACCOUNT, CONFERENCE), leg_changes(old, new), now=1)

    def connect(self, identity: Identity = ME, connection_id: str = "c-1") -> None:
        self.clients.connect(connection_id, TicketOffice(self.connections).issue(identity))

    def say(self, **message: object) -> list[dict[str, object]]:
        already = len(self.gateway.messages("c-1"))
        self.clients.receive("c-1", json.dumps(message))
        return self.gateway.messages("c-1")[already:]


@pytest.fixture
def world() -> World:
    return World()


def test_a_ticket_opens_one_connection_once(world: World) -> None:
    ticket = TicketOffice(world.connections).issue(ME)
    world.clients.connect("c-1", ticket)
    assert world.connections.open["c-1"].extension_id == EXTENSION
    with pytest.raises(TicketRefused):
        world.clients.connect("c-2", ticket)
    assert set(world.connections.open) == {"c-1"}


@pytest.mark.parametrize("ticket", ["", "nonsense", f"{ACCOUNT}.{'x' * 43}"])
def test_any_other_ticket_is_refused(world: World, ticket: str) -> None:
    with pytest.raises(TicketRefused):
        world.clients.connect("c-1", ticket)
    assert world.connections.open == {}


def test_a_ticket_of_another_account_is_worth_nothing_here(world: World) -> None:
    ticket = TicketOffice(world.connections).issue(ME).replace(ACCOUNT, "700100002")
    with pytest.raises(TicketRefused):
        world.clients.connect("c-1", ticket)


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
    assert confirmed == {"type": "subscribed", "scope": "extension"}
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


def test_a_ping_is_answered_without_a_look_at_any_table(world: World) -> None:
    assert world.say(action="ping", requestId=1) == [{"type": "pong", "requestId": 1}]
    assert (world.connections.calls, world.rosters.calls) == ([], [])


def test_a_frame_that_means_nothing_is_answered_and_the_connection_stays(world: World) -> None:
    world.connect()
    (answer,) = world.say(action="dance", requestId="r-9")
    assert (answer["type"], answer["code"], answer["requestId"]) == ("error", "unknown-action", "r-9")
    assert "c-1" in world.connections.open


def test_a_connection_whose_time_is_over_is_told_to_open_another(world: World) -> None:
    assert world.say(action="subscribe", conferenceId=CONFERENCE) == [
        {"type": "bye", "reason": "expired", "retry": "now"}
    ]
    assert world.connections.watches == {}


@pytest.mark.parametrize("method", ["connection", "add_watch"])
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
    world.gateway.trouble["c-1"] = trouble
    assert world.say(action="ping") == []
