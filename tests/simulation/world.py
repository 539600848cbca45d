"""One world: everything put together from one seed, run to its end, and checked."""

import random
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from local.simulator.users import User
from tests.simulation import invariants, life, play, reconciliation, template
from tests.simulation.clients import Client, Surroundings
from tests.simulation.clock import Clock
from tests.simulation.dynamodb import DynamoDb
from tests.simulation.faults import PROFILES, Faults
from tests.simulation.front import HttpApi, WebSocketApi
from tests.simulation.gateway import WebSockets
from tests.simulation.installation import installed
from tests.simulation.pushes import Pushes
from tests.simulation.ringcentral import RingCentralApi
from tests.simulation.runtime import Functions, InvocationFailed
from tests.simulation.scheduler import Scheduler
from tests.simulation.sender import Sender
from tests.simulation.services import Aws, DeferredQueue
from tests.simulation.stream_driver import FunctionFailed, StreamDriver, settings_from
from tests.simulation.stream_records import Record, StreamRecords
from tests.simulation.tables import Change
from tests.simulation.truth import Telling, Truth
from tests.simulation.watch import Watch


@dataclass(slots=True)
class Report:
    """What became of a world. `corrections`: how often a client's view was replaced."""

    seed: int
    profile: str
    violations: list[str]
    counts: Counter[str]


@dataclass(slots=True)
class Timeline:
    """What happened, as lines, if somebody wants to read it; in any case a digest that tells two runs apart."""

    clock: Clock
    wanted: bool
    lines: list[str] = field(default_factory=list)
    digest: int = 0

    def note(self, text: str) -> None:
        self.digest = zlib.crc32(f"{self.clock.now} {text}".encode(), self.digest)
        if self.wanted:
            self.lines.append(f"{self.clock.moment():%d %H:%M:%S.%f} {text}")


class World:
    """Everything. `run` lets it happen and returns the report."""

    def __init__(self, seed: int, *, conferences: int = 4, profile: str | None = None, verbose: bool = False) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        drawn = self.chance.choice(sorted(PROFILES))  # also where it is not used: a seed is one world either way
        self.profile = profile or drawn
        self.days = self.profile == "days"
        self.stories: list[play.Story] = []
        self.stories_over = 0
        self.clients: list[Client] = []
        self.removals: list[play.Removal] = []
        self.poisoned: list[str] = []
        self.ending = False
        self.violations: list[str] = []
        self.counts = Counter[str]()
        self.clock = Clock()
        self.timeline = Timeline(self.clock, verbose)
        self.scheduler = Scheduler(self.clock)
        self.faults = Faults(PROFILES[self.profile], self.chance)
        self.truth = Truth(self.clock, self.chance, self._tell)
        self.web_sockets = WebSockets(self.scheduler, self.faults)
        self.web_sockets.note = self.timeline.note
        self.functions = Functions(self.scheduler, self.faults, self.web_sockets)
        self.dynamodb = DynamoDb(template.tables(), self._changed, self._index_later)
        self.aws = Aws(self.scheduler, self.faults, self.functions, self.dynamodb)
        self.queue = DeferredQueue(self.scheduler, template.deferred_queue(), self.functions)
        self.aws.deferred = self.queue
        self.ringcentral = RingCentralApi(self.truth, self.faults, self.functions, self.chance)
        self.http = HttpApi(self.functions)
        self.web_socket = WebSocketApi(self.scheduler, self.functions, self.web_sockets)
        self.sender = Sender(self.scheduler, self.faults, self.http, self.timeline.note)
        self.tell: Callable[[Telling], None] = self.sender.send
        self.watch = Watch(self)
        self.pushes = Pushes(self.clock)
        self.failures: list[dict[str, Any]] = []
        self._records = StreamRecords("PartyTable")
        self.stream = StreamDriver(
            self.scheduler,
            settings_from(template.stream_mapping()),
            self._invoke_roster,
            self.failures.append,
            shards=self.chance.choice((1, 2, 4)),
            chance=self.chance.random,
            poll_seconds=self.chance.choice((0.25, 0.25, 2.0, 8.0)),
            redeliver=lambda: self.faults.happens("redelivered batch", self.faults.rates.redeliver),
        )
        self._conferences = conferences
        self._tokens: dict[tuple[str, str], str] = {}
        self._surroundings = Surroundings(
            self.scheduler, self.http, self.web_socket, self.web_sockets, self.watch.seen, self.timeline.note
        )

    def run(self) -> Report:
        """Let everything happen, then check."""
        try:
            with installed(self):
                life.begin(self, self._conferences)
                if self.profile in reconciliation.ALL_THE_TIME:
                    self.scheduler.spawn(lambda: reconciliation.run_again_and_again(self))
                self.scheduler.run()
                self.settle()
                self.violations += invariants.check(self)
                reconciliation.verify(self)
                self.violations += reconciliation.check(self)
        finally:
            self.functions.close()
        return self.report()

    def report(self) -> Report:
        """What was counted, and what is wrong."""
        counts = self.counts + self.faults.counts + self.functions.counts + self.sender.counts
        counts["conferences"] = len(self.stories)
        counts["steps"] = self.scheduler.steps
        counts["deferred"] = self.queue.ever
        counts["stream records"] = len(self.stream.stream)
        counts["given up"] = len(self.stream.given_up)
        counts["removals"] = len(self.removals)
        return Report(self.seed, self.profile, self.violations, counts)

    def settle(self) -> None:
        """Faults end, everything under way arrives, and clients that were away come back."""
        self.ending = True
        self.faults.heal()
        self.scheduler.run()
        self.timeline.note("everything has arrived")
        for client in self.clients:
            if not client.settled:
                self.scheduler.spawn(self._coming_back(client))
        self.scheduler.run()

    def _coming_back(self, client: Client) -> Callable[[], None]:
        return lambda: life.come_back(self, client)

    @property
    def told_to_end(self) -> bool:
        """Whether all stories are over, or everything is to come to its end."""
        return self.ending or self.stories_over >= len(self.stories)

    def user(self, account_id: str, extension_id: str) -> User:
        """One of the users, made when they are first needed."""
        return self.truth.users.put(account_id, extension_id, f"Agent {extension_id[-1]}", "+12055550101", admin=False)

    def another_user(self, user: User) -> User:
        """A colleague of the user's."""
        others = [extension for extension in life.EXTENSIONS if extension != user.extension_id]
        return self.user(user.account_id, self.chance.choice(others))

    def token_of(self, user: User) -> str:
        """The user's access token."""
        key = (user.account_id, user.extension_id)
        if key not in self._tokens:
            self._tokens[key] = self.ringcentral.token_of(user)
        return self._tokens[key]

    def add_client(self, user: User, wanted: list[str] | None) -> Client:
        """A web phone that does not live yet."""
        name = f"client {len(self.clients)} of {user.extension_id}@{user.account_id}"
        client = Client(name, user, self.token_of(user), wanted, self._surroundings)
        self.clients.append(client)
        return client

    def add_story(self, account_id: str, extension_id: str) -> play.Story:
        """A conference that is yet to begin."""
        host = self.user(account_id, extension_id)
        story = play.Story(self, host, self.truth.create_conference(host))
        self.stories.append(story)
        return story

    def remove(self, asking: User, conference_id: str, participant_id: str) -> None:
        """Ask Rollcall for a removal."""
        removal = play.remove(self, asking, conference_id, participant_id)
        self.counts[f"removal {removal.status}"] += 1
        self.timeline.note(f"removal of {participant_id}: {removal.status}")
        self.removals.append(removal)

    def poison(self) -> None:
        """A record that nobody understands comes into the party table."""
        number = len(self.poisoned)
        session = f"s-poison{number}"
        item = {
            "pk": {"S": f"SESSION#{session}"},
            "sk": {"S": f"PARTY#p-poison{number}"},
            "conferenceId": {"S": "s-conf"},
            "sequence": {"S": "not a number"},
        }
        self.poisoned.append(session)
        self.dynamodb.call("PutItem", {"TableName": "PartyTable", "Item": item})

    def _index_later(self, follow: Callable[[], None]) -> None:
        """A global index follows within a second, in no order."""
        self.scheduler.after(self.chance.random(), follow)

    def _tell(self, telling: Telling) -> None:
        self.tell(telling)

    def _changed(self, change: Change) -> None:
        """Something was written."""
        self.watch.changed(change)
        if self.dynamodb.tables[change.table].schema.streams:
            record = self._records.record(change.key, change.old, change.new, at=self.clock.now)
            if change.by_ttl:
                record["userIdentity"] = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
            self.stream.add(record)

    def _invoke_roster(self, event: dict[str, list[Record]]) -> Any:
        self.counts["batches"] += 1
        try:
            with self.pushes.batch(event["Records"]) as succeeded:
                answer, invocation = self.functions.invoke("roster", event)
                if not answer["batchItemFailures"]:
                    succeeded.append(invocation.number)
        except InvocationFailed as error:
            self.timeline.note(f"roster, {len(event['Records'])} records: {error.reason}")
            raise FunctionFailed(error.reason) from None
        self.timeline.note(f"roster, {len(event['Records'])} records: {answer}")
        return msgspec.json.decode(msgspec.json.encode(answer))
