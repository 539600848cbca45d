"""What fills a world: conferences and their people, web phones that come and go, outages, and time passing."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from tests.simulation.clients import Client
from tests.simulation.play import Story
from tests.simulation.views import look_now_and_then

if TYPE_CHECKING:
    from tests.simulation.world import World

ACCOUNTS = ("700100001", "700100002")
EXTENSIONS = ("700200001", "700200002")
"""The same extensions in every account."""

DAY = 86400.0
OUTAGES_OF = ("dynamodb", "dynamodb", "dynamodb", "sqs", "gateway", "s3", "secretsmanager")
OUTAGE_SECONDS = (2.0, 8.0, 25.0)


def begin(world: "World", conferences: int) -> None:
    """Plan everything that happens by itself."""
    chance, scheduler = world.chance, world.scheduler
    if world.days:
        scheduler.spawn(lambda: _expire(world))
    else:
        scheduler.spawn(lambda: look_now_and_then(world))
    if chance.random() < world.faults.rates.outages:
        for service in chance.sample(OUTAGES_OF, k=chance.choice((1, 1, 2))):
            scheduler.after(chance.random() * 30.0, _outage(world, service, chance.choice(OUTAGE_SECONDS)))
    for _ in range(conferences):
        story = world.add_story(chance.choice(ACCOUNTS), chance.choice(EXTENSIONS))
        first = chance.random() * 10.0
        scheduler.spawn(_played(story, chance.randint(15, 25) if world.days else chance.randint(2, 10)), after=first)
        for client in _clients_of(world, story):
            if not world.days:  # where they would connect anew for days, they come at the end only
                scheduler.spawn(_living(world, client), after=chance.random() * 15.0)
        if world.faults.happens("poison", world.faults.rates.poison):
            scheduler.after(first + chance.random() * 10.0, world.poison)


def come_back(world: "World", client: Client) -> None:
    """A client that was away gets in and is told everything, now that everything works."""
    for _ in range(20):
        if client.settled:
            return
        if client.gone:
            client.connect()
        else:
            client.subscribe()
    world.violations.append(f"{client.name} can't get in, though everything works")


def _clients_of(world: "World", story: Story) -> Iterator[Client]:
    """Some who watch the conference, at times the host's list of conferences, at times another account's user."""
    account, extension, chance = story.host.account_id, story.host.extension_id, world.chance
    for _ in range(chance.choice((0, 1, 1, 2, 5))):
        yield world.add_client(world.user(account, chance.choice(EXTENSIONS)), [story.conference.id])
    if chance.random() < 0.4:
        yield world.add_client(world.user(account, extension), None)
    if chance.random() < 0.15:
        other = next(each for each in ACCOUNTS if each != account)
        yield world.add_client(world.user(other, extension), [story.conference.id])


def _live(world: "World", client: Client) -> None:
    """A client's life until the end of the stories."""
    chance, sleep = world.chance, world.scheduler.sleep
    while not world.told_to_end:
        if client.gone:
            if not client.connect():
                sleep(1.0 + chance.random() * 3.0)
            continue
        if not client.settled:
            client.subscribe()
            continue
        sleep(1.0 + chance.random() * 8.0)
        if world.faults.happens("connection lost", world.faults.rates.lose_connection / 10):
            client.lose(seen_after=chance.choice((0.0, 0.0, 3.0, 20.0)), told=chance.random() < 0.7)
            sleep(chance.random() * 10.0)
        else:
            _something_small(world, client)


def _something_small(world: "World", client: Client) -> None:
    chance = world.chance.random()
    if chance < 0.1:
        client.ping()
    elif chance < 0.14:
        client.read_list()
    elif chance < 0.16 and client.wanted:
        # Wanted no more, and a moment later once more.
        conference = client.wanted[0]
        client.unsubscribe(conference)
        client.wanted.append(conference)


def _expire(world: "World") -> None:
    """DynamoDB removes what has expired, at its own pace."""
    while not world.told_to_end:
        world.scheduler.sleep(world.chance.random() * DAY)
        world.counts["items removed by TTL"] += world.dynamodb.expire(world.clock.now)


def _outage(world: "World", service: str, seconds: float) -> Callable[[], None]:
    def strike() -> None:
        if not world.faults.healthy:
            world.timeline.note(f"{service} is out for {seconds} s")
            world.faults.begin_outage(service, world.clock.now + seconds)

    return strike


def _played(story: Story, steps: int) -> Callable[[], None]:
    return lambda: story.play(steps)


def _living(world: "World", client: Client) -> Callable[[], None]:
    return lambda: _live(world, client)
