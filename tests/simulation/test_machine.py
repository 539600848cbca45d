"""The same world in Hypothesis's hands: it chooses what happens next, and shrinks what breaks an invariant.

Notifications wait until a rule delivers, repeats or drops them, so every order is possible. Faults strike one call,
which a rule chooses; everything else works.
"""

import random
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from local.simulator.sessions import Code
from local.simulator.telephony import PlacedCall, Remote, Side
from tests.simulation import invariants
from tests.simulation.clients import Client
from tests.simulation.faults import CALL_FAULTS, Faults, Rates
from tests.simulation.installation import installed
from tests.simulation.life import ACCOUNTS, EXTENSIONS
from tests.simulation.play import Story
from tests.simulation.truth import Telling
from tests.simulation.world import World

EXACT = Rates(slow_call=0.0, cold_start=0.0, lose_connection=0.0)


class WholeSystem(RuleBasedStateMachine):
    """Two conferences of one host, and one of the same extension in another account."""

    @initialize(seed=st.integers(0, 3))
    def begin(self, seed: int) -> None:
        self.world = World(seed, profile="calm")
        self.world.faults.rates = EXACT
        self.waiting: list[Telling] = []
        self.calls: list[PlacedCall] = []
        self.world.tell = self.waiting.append
        self.stories: list[Story] = []
        with installed(self.world):
            for account in (ACCOUNTS[0], ACCOUNTS[0], ACCOUNTS[1]):
                story = self.world.add_story(account, EXTENSIONS[0])
                self.world.truth.host_join(story.conference, story.host)
                self.stories.append(story)

    @rule(at=st.integers(0, 2), inbound=st.booleans())
    def join(self, at: int, inbound: bool) -> None:
        story, truth = self.stories[at], self.world.truth
        number = len(self.calls)
        with installed(self.world):
            remote = Remote(f"Person {number}", f"+12055550{100 + number % 100}")
            call = truth.call(story.host, "Inbound" if inbound else "Outbound", remote)
            truth.bring_in(story.host, story.conference, call)
            self.calls.append(call)
        # What came before is of no interest here: it says that nobody is in any conference.
        self.waiting = [telling for telling in self.waiting if telling.person or telling.sequence > 4]
        self.world.tell = self.waiting.append

    @precondition(lambda self: self.inside())
    @rule(data=st.data(), what=st.sampled_from(["leave", "split", "tell again", "rename", "move"]))
    def change(self, data: Any, what: str) -> None:
        truth = self.world.truth
        call = data.draw(st.sampled_from(self.inside()), "whom")
        with installed(self.world):
            match what:
                case "leave":
                    truth.hang_up(call, Side.REMOTE)
                case "split":
                    truth.split(call)
                case "tell again":
                    truth.tell_again(call)
                case "rename":
                    truth.rename(call, "Renamed")
                case "move":
                    peer = truth.own_leg(call).status.peer
                    assert peer is not None
                    others = [s for s in self.stories[:2] if s.conference.id != peer.telephony_session_id]
                    if len(others) == 1:
                        truth.move(call, others[0].conference)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data(), again=st.booleans())
    def deliver(self, data: Any, again: bool) -> None:
        """RingCentral posts one of the notifications that wait; at times it stays, to be posted once more."""
        telling = data.draw(st.sampled_from(self.waiting), "which")
        if not again:
            self.waiting.remove(telling)
        self.world.scheduler.spawn(lambda: self.world.sender.deliver(telling))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def drop(self, data: Any) -> None:
        self.waiting.remove(data.draw(st.sampled_from(self.waiting), "which"))

    @rule(kind=st.sampled_from(CALL_FAULTS), calls=st.integers(0, 6))
    def fail(self, kind: str, calls: int) -> None:
        """The next call but so many fails."""
        self.world.faults.force(kind, calls)

    @rule(at=st.integers(0, 2), everything=st.booleans())
    def connect(self, at: int, everything: bool) -> None:
        story = self.stories[at]
        client = self.world.add_client(story.host, None if everything else [story.conference.id])

        def come() -> None:
            if client.connect():
                client.subscribe()

        self.world.scheduler.spawn(come)

    @precondition(lambda self: self.world.clients)
    @rule(data=st.data(), told=st.booleans())
    def lose(self, data: Any, told: bool) -> None:
        client: Client = data.draw(st.sampled_from(self.world.clients), "who")
        with installed(self.world):
            client.lose(seen_after=1.0, told=told)

    @precondition(lambda self: self.inside())
    @rule(data=st.data())
    def remove(self, data: Any) -> None:
        call = data.draw(st.sampled_from(self.inside()), "whom")
        peer = self.world.truth.own_leg(call).status.peer
        assert peer is not None
        asking, conference, participant = self.stories[0].host, peer.telephony_session_id, peer.party_id
        self.world.scheduler.spawn(lambda: self.world.remove(asking, conference, participant))

    @rule(seconds=st.sampled_from([0.005, 0.02, 0.1, 1.0, 5.0]))
    def time_passes(self, seconds: float) -> None:
        with installed(self.world):
            self.world.scheduler.run(seconds)
        assert self.world.violations == []

    def teardown(self) -> None:
        """Everything arrives that was not dropped, and everything is right."""
        if not hasattr(self, "world"):
            return
        try:
            with installed(self.world):
                for telling in self.waiting:
                    self.world.scheduler.spawn(partial(self.world.sender.deliver, telling))
                self.world.settle()
                assert self.world.violations + invariants.check(self.world) == []
        finally:
            self.world.functions.close()

    def inside(self) -> list[PlacedCall]:
        return [call for call in self.calls if self.world.truth.own_leg(call).status.code is Code.GONE]


TestWholeSystem = WholeSystem.TestCase
TestWholeSystem.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def test_a_forced_fault_strikes_the_call_that_was_chosen() -> None:
    faults = Faults(EXACT, random.Random(0))
    faults.force("throttled", 2)
    assert [faults.of_call("dynamodb", 0.0) for _ in range(4)] == ["none", "none", "throttled", "none"]
