"""Rosters follow the stream, and watchers are told, whatever dies in between."""

import time
from typing import Any

import msgspec
import pytest

from rollcall.core.keys import watched_by_host, watched_conference, watched_extension
from rollcall.core.policy import Policy
from rollcall.core.roster import Roster, apply, leg_changes
from rollcall.services.roster import ATTEMPTS, RecordChanges, RosterUpdates
from tests.support.events import ACCOUNT, CONFERENCE, EXTENSION, as_body, in_conference, notification, status
from tests.support.fakes import FakeConnections, FakeGateway, FakeRosters, throttled
from tests.support.pipeline import deliver

JOIN = notification(9, in_conference("p-conf-2"), second=9)
LEAVE = notification(11, status("Disconnected"), second=11)
ELSEWHERE = notification(9, in_conference("p-other-2", "s-other"), call=2, second=9)
WATCHED = watched_conference(ACCOUNT, CONFERENCE)


def records(*contents: dict[str, Any]) -> list[RecordChanges]:
    stream = deliver([as_body(content) for content in contents]).stream
    return [RecordChanges(str(number), leg_changes(old, new)) for number, (old, new) in enumerate(stream)]


ACCOUNT_WIDE = Policy()


class World:
    def __init__(self, policy: Policy = ACCOUNT_WIDE) -> None:
        self.rosters, self.connections, self.gateway = FakeRosters(), FakeConnections(), FakeGateway()
        self.updates = RosterUpdates(self.rosters, self.connections, self.gateway, policy)

    def process(self, records: list[RecordChanges], seconds_left: float = 30.0) -> set[str]:
        return self.updates.process(records, lambda: seconds_left)

    def roster(self, conference_id: str = CONFERENCE) -> Roster:
        return self.rosters.stored[ACCOUNT, conference_id]

    def versions(self, connection_id: str) -> list[object]:
        return [message["version"] for message in self.gateway.messages(connection_id)]


@pytest.fixture
def world() -> World:
    world = World()
    world.connections.watches[WATCHED] = ["c-1", "c-2"]
    return world


def test_a_join_is_written_and_told_to_everybody_who_watches(world: World) -> None:
    assert world.process(records(JOIN)) == set()
    assert world.roster().version == 1
    for connection in ("c-1", "c-2"):
        (message,) = world.gateway.messages(connection)
        assert message["type"] == "roster"
        assert [change["type"] for change in message["changes"]] == ["joined"]  # type: ignore[attr-defined]


def test_the_same_batch_again_is_one_version_and_the_state_is_sent_again(world: World) -> None:
    batch = records(JOIN)
    world.process(batch)
    world.process(batch)
    assert world.roster().version == 1
    first, second = world.gateway.messages("c-1")
    assert first | {"sentAt": None} == second | {"sentAt": None}
    assert world.rosters.calls == ["load", "save", "load"]


def test_killed_between_write_and_push_the_repeat_pushes(world: World) -> None:
    world.connections.fail("watchers", throttled())
    assert world.process(records(JOIN)) == {"0"}
    assert (world.roster().version, world.gateway.sent) == (1, [])
    assert world.process(records(JOIN)) == set()
    assert (world.roster().version, world.versions("c-1")) == (1, [1])


def test_a_newcomer_is_not_told_what_has_ended_meanwhile(world: World) -> None:
    world.connections.watches[watched_extension(ACCOUNT, EXTENSION)] = ["new", "old"]
    world.connections.since["new"] = int(time.time() * 1000)
    load = world.rosters.load

    def after_it_has_ended(account_id: str, conference_id: str) -> Roster:
        if (found := load(account_id, conference_id)).version:
            changes = [change for record in records(JOIN, LEAVE) for change in record.changes]
            world.rosters.save(apply(found, changes, now=1), over=found)
        return load(account_id, conference_id)

    world.rosters.load = after_it_has_ended  # type: ignore[method-assign]
    assert world.process(records(JOIN)) == set()
    assert world.roster().state == "ended"
    assert (world.versions("new"), world.versions("old"), world.versions("c-1")) == ([], [1], [1])


def test_a_newcomer_is_told_what_is_newest(world: World) -> None:
    world.connections.watches[watched_extension(ACCOUNT, EXTENSION)] = ["c-1", "new"]
    world.connections.since = {"c-1": int(time.time() * 1000), "new": int(time.time() * 1000)}
    assert world.process(records(JOIN)) == set()
    assert (world.versions("new"), world.versions("c-1"), world.versions("c-2")) == ([1], [1], [1])


def test_to_look_again_is_a_read_for_newcomers_alone(world: World) -> None:
    world.connections.watches[watched_extension(ACCOUNT, EXTENSION)] = ["old"]
    world.connections.since = {"c-1": int(time.time() * 1000)}
    world.process(records(JOIN))
    assert world.rosters.calls == ["load", "save"]


def test_whoever_watches_the_host_is_told_once_also_of_the_end(world: World) -> None:
    world.connections.watches[watched_extension(ACCOUNT, EXTENSION)] = ["c-2", "c-3"]
    for batch in ([record] for record in records(JOIN, LEAVE)):
        world.process(batch)
    assert world.versions("c-2") == [1, 2]
    assert [message["state"] for message in world.gateway.messages("c-3")] == ["active", "ended"]


def test_where_only_hosts_may_watch_nobody_else_is_told() -> None:
    world = World(Policy(watch="host"))
    world.connections.watches |= {
        WATCHED: ["from before the policy"],
        watched_by_host(ACCOUNT, EXTENSION, CONFERENCE): ["host"],
        watched_by_host(ACCOUNT, "700200099", CONFERENCE): ["colleague"],
        watched_extension(ACCOUNT, EXTENSION): ["host everywhere"],
    }
    world.process(records(JOIN))
    assert sorted(post.connection_id for post in world.gateway.sent) == ["host", "host everywhere"]


def test_nobody_watching_means_nothing_is_sent(world: World) -> None:
    world.connections.watches.clear()
    world.process(records(JOIN))
    assert world.gateway.calls == 0


def test_a_gone_connection_is_forgotten_and_costs_the_others_nothing(world: World) -> None:
    world.gateway.trouble["c-1"] = "410"
    assert world.process(records(JOIN)) == set()
    assert world.connections.watches[WATCHED] == ["c-2"]
    assert world.versions("c-2") == [1]


def test_forgetting_may_fail_without_harm(world: World) -> None:
    world.gateway.trouble["c-1"] = "410"
    world.connections.fail("forget_watcher", throttled())
    assert world.process(records(JOIN)) == set()
    assert world.connections.watches[WATCHED] == ["c-1", "c-2"]


def test_one_connection_that_fails_does_not_fail_the_record(world: World) -> None:
    world.gateway.trouble["c-1"] = "500"
    assert world.process(records(JOIN)) == set()


def test_if_nobody_could_be_reached_the_record_comes_again(world: World) -> None:
    world.gateway.trouble = {"c-1": "403", "c-2": "timeout"}
    assert world.process(records(JOIN)) == {"0"}


def test_a_conference_that_fails_holds_up_no_other(world: World) -> None:
    world.rosters.fail("load", throttled())
    assert world.process(records(JOIN, ELSEWHERE)) == {"0"}
    assert world.roster("s-other").version == 1


def test_without_time_left_nothing_is_begun_and_the_records_come_again(world: World) -> None:
    assert world.process(records(JOIN, ELSEWHERE), seconds_left=5.0) == {"0", "1"}
    assert world.rosters.calls == []


def test_everything_of_a_batch_is_posted_at_once(world: World) -> None:
    world.connections.watches[watched_conference(ACCOUNT, "s-other")] = ["c-9"]
    world.process(records(JOIN, ELSEWHERE))
    assert (world.gateway.calls, len(world.gateway.sent)) == (1, 3)


def other_writers(count: int) -> list[Roster]:
    """Versions 1 to `count`, in which other people join."""
    roster, versions = Roster(ACCOUNT, CONFERENCE), []
    for number in range(count):
        content = notification(9, in_conference(f"p-conf-{number + 10}"), call=2, party={"id": f"p-{number}"})
        ((old, new),) = deliver([as_body(content)]).stream
        roster = apply(roster, leg_changes(old, new), now=1)
        versions.append(roster)
    return versions


def test_a_conflict_is_solved_upon_what_the_other_wrote(world: World) -> None:
    world.rosters.interfere.extend(other_writers(3))
    assert world.process(records(JOIN)) == set()
    assert (world.roster().version, len(world.roster().present)) == (4, 4)
    assert world.rosters.calls.count("load") == 1


def test_conflicts_without_end_fail_the_record(world: World) -> None:
    world.rosters.interfere.extend(other_writers(ATTEMPTS))
    assert world.process(records(JOIN)) == {"0"}


def test_a_message_is_small_enough_for_one_frame(world: World) -> None:
    long = {"name": "ü" * 10_000, "phoneNumber": "9" * 10_000}
    contents = [
        notification(9, in_conference("p" * 190 + str(call)), call=call, party={"to": long}) for call in range(10)
    ]
    world.process(records(*contents))
    assert max(len(post.body) for post in world.gateway.sent) < 32 * 1024
    assert msgspec.json.decode(world.gateway.sent[0].body)["version"] == 1
