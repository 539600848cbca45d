"""What went wrong once in rare races, each played out exactly."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from local.simulator.telephony import Remote, Side
from tests.simulation import life, views
from tests.simulation.faults import Rates
from tests.simulation.installation import installed
from tests.simulation.life import ACCOUNTS, EXTENSIONS
from tests.simulation.truth import Telling
from tests.simulation.world import World
from tests.support.stand_in_aws import ServiceCall

SLOW_SECONDS = 5.0


class Scene:
    """A conference of one host in which nothing goes wrong but what the test slows down."""

    def __init__(self) -> None:
        self.world = World(0, profile="calm")
        self.world.faults.rates = Rates(slow_call=0.0, cold_start=0.0)
        self.told: list[Telling] = []
        self.world.tell = self.told.append
        self.story = self.world.add_story(ACCOUNTS[0], EXTENSIONS[0])

    @property
    def key(self) -> tuple[str, str]:
        return self.story.host.account_id, self.story.conference.id

    def deliver(self, *tellings: Telling) -> None:
        for telling in tellings:
            self.world.scheduler.spawn(partial(self.world.sender.deliver, telling))

    def run(self, seconds: float) -> None:
        self.world.scheduler.run(seconds)

    @contextmanager
    def slowed(self, slow: Callable[[str, Mapping[str, Any]], bool]) -> Iterator[None]:
        """Within it, the first call that `slow` picks takes long."""
        real, left = self.world.aws.attempt, [1]

        def attempt(call: ServiceCall) -> Mapping[str, Any]:
            if left and slow(call.operation, call.request):
                left.pop()
                self.world.functions.pause(SLOW_SECONDS)
            return real(call)

        self.world.aws.attempt = attempt  # type: ignore[method-assign]
        yield
        assert not left, "nothing was slow"
        self.world.aws.attempt = real  # type: ignore[method-assign]


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    with installed(scene.world):
        yield scene
    scene.world.functions.close()


def test_a_late_push_of_an_older_version_shows_no_conference_that_has_ended(scene: Scene) -> None:
    truth, story = scene.world.truth, scene.story
    truth.host_join(story.conference, story.host)
    scene.deliver(scene.told[-1])
    client = scene.world.add_client(story.host, None)
    to_extension = f"EXTENSION#{story.host.extension_id}"
    with scene.slowed(lambda operation, request: operation == "Query" and to_extension in str(request)):
        while not views.stored_rosters(scene.world):
            scene.run(0.05)
        # Version 1 is written, and who is to be told is still being asked. Another worker of the stream is faster.
        scene.world.dynamodb.call("PutItem", {"TableName": "PartyTable", "Item": _ended(scene)})
        scene.world.scheduler.spawn(lambda: life.come_back(scene.world, client))
        scene.run(20.0)
    rosters = views.stored_rosters(scene.world)
    assert rosters[scene.key]["state"] == "ended"
    assert scene.key[1] not in client.views or client.views[scene.key[1]].state == "ended"


def _ended(scene: Scene) -> dict[str, Any]:
    """The roster as another worker of the stream writes it when the host has left."""
    account, conference = scene.key
    item = dict(scene.world.dynamodb.tables["PartyTable"].partitions[f"ACCOUNT#{account}"][f"CONFERENCE#{conference}"])
    item.pop("hostKey")
    return item | {"version": {"N": "2"}, "present": {"M": {}}, "state": {"S": "ended"}}


def test_the_time_of_joining_does_not_depend_on_the_order_of_events(scene: Scene) -> None:
    truth, story = scene.world.truth, scene.story
    truth.host_join(story.conference, story.host)
    call = truth.call(story.host, "Outbound", Remote("Anna", "+12055550101"))
    truth.bring_in(story.host, story.conference, call)
    first = scene.told[-1]
    later = []
    for _ in range(2):
        scene.run(5.0)
        truth.tell_again(call)
        later.append(scene.told[-1])
    scene.deliver(later[0])
    scene.run(5.0)
    with scene.slowed(lambda operation, request: operation == "UpdateItem" and "joinedAt" in str(request)):
        scene.deliver(first)
        scene.run(0.4)
        scene.deliver(later[1])
        scene.run(10.0)
    ((_, entry),) = views.stored_rosters(scene.world)[scene.key]["present"].items()
    assert entry["participant"]["joinedAt"] == first.time


def test_without_the_race_the_time_is_right(scene: Scene) -> None:
    truth, story = scene.world.truth, scene.story
    truth.host_join(story.conference, story.host)
    call = truth.call(story.host, "Outbound", Remote("Anna", "+12055550101"))
    truth.bring_in(story.host, story.conference, call)
    first = scene.told[-1]
    scene.run(5.0)
    truth.tell_again(call)
    for telling in (scene.told[-1], first):
        scene.deliver(telling)
        scene.run(5.0)
    ((_, entry),) = views.stored_rosters(scene.world)[scene.key]["present"].items()
    assert entry["participant"]["joinedAt"] == first.time
    truth.hang_up(call, Side.REMOTE)
