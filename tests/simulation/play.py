"""What people do: calls are made and brought into conferences, people leave, are removed, are moved about."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from local.simulator.sessions import Code, Direction, Session
from local.simulator.telephony import PlacedCall, Remote, Side
from local.simulator.users import User
from rollcall.adapters.party_table import KEPT_FOR_SECONDS
from tests.simulation.clock import BEGIN
from tests.simulation.template import ORIGIN
from tests.simulation.truth import LegId

if TYPE_CHECKING:
    from tests.simulation.world import World

MOST_PEOPLE = 6
MOST_DAYS = 9
VETERANS = 2
"""In worlds that last for days, so many people of each conference come first and stay."""
FIRST_NAMES = ("Anna", "Bert", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hedy", "Ivo", "Jane")


@dataclass(slots=True)
class Removal:
    """One request to remove somebody, and its answer. `invocation`: of the remove function, if it ran."""

    account_id: str
    conference_id: str
    participant_id: str
    status: int
    invocation: int | None


@dataclass(slots=True)
class Story:
    """One conference from beginning to end, as its people act it out. `apart`: calls that were split off again."""

    world: "World"
    host: User
    conference: Session
    calls: list[PlacedCall] = field(default_factory=list)
    apart: list[PlacedCall] = field(default_factory=list)
    joined: int = 0
    over: bool = False

    def play(self, steps: int) -> None:
        """So many steps, with pauses; then, often, the end."""
        world, chance = self.world, self.world.chance
        self._pause()
        world.truth.host_join(self.conference, self.host)
        for _ in range(steps):
            self._pause()
            if self.over or world.clock.now > BEGIN + MOST_DAYS * 86400:
                break
            self._act(chance.random())
        if not self.over and chance.random() < 0.5 and not world.days:
            self._pause()
            self._end()
        self.over = True
        world.stories_over += 1

    @property
    def inside(self) -> list[PlacedCall]:
        """The calls whose legs are in this very conference now."""
        found = []
        for call in self.calls:
            peer = self.world.truth.own_leg(call).status.peer
            if peer is not None and peer.telephony_session_id == self.conference.id:
                found.append(call)
        return found

    def join(self) -> None:
        """Somebody is called, or calls, and is brought in."""
        chance = self.world.chance
        name = f"{FIRST_NAMES[self.joined % len(FIRST_NAMES)]} {self.joined}"
        # Half of a fifth of the people are colleagues, whose own legs send notifications too.
        colleague = f"7003{chance.randrange(10):05d}" if chance.random() < 0.2 else None
        remote = Remote(name, f"+12055550{100 + self.joined % 100:03d}", colleague)
        direction: Direction = "Outbound" if chance.random() < 0.7 else "Inbound"
        call = self.world.truth.call(self.host, direction, remote)
        self.joined += 1
        self.calls.append(call)
        if chance.random() < 0.5:
            self._pause()
        if not self.over and self.world.truth.own_leg(call).status.code is Code.ANSWERED and self._host_is_in():
            self.world.truth.bring_in(self.host, self.conference, call)

    def remove(self, call: PlacedCall) -> None:
        """Somebody asks Rollcall to remove somebody whom they see, or saw a moment ago."""
        peer = self.world.truth.own_leg(call).status.peer
        if peer is not None:
            asking = self.host if self.world.chance.random() < 0.8 else self.world.another_user(self.host)
            self.world.remove(asking, peer.telephony_session_id, peer.party_id)

    def _act(self, chance: float) -> None:
        inside = self.inside
        movable = [call for call in inside[VETERANS:] if self._is_known(call)] if self.world.days else inside
        if not movable or (len(inside) < MOST_PEOPLE and chance < 0.4):
            self.join()
            return
        call = self.world.chance.choice(movable)
        act = self.world.chance.choices(tuple(_ACTS), tuple(_ACTS.values()))[0]
        act(self, call)

    def _hang_up(self, call: PlacedCall) -> None:
        self.world.truth.hang_up(call, self.world.chance.choice((Side.REMOTE, Side.REMOTE, Side.AGENT)))

    def _tell_again(self, call: PlacedCall) -> None:
        self.world.truth.tell_again(call)

    def _rename(self, call: PlacedCall) -> None:
        self.world.truth.rename(call, f"Renamed {self.joined}")

    def _split(self, call: PlacedCall) -> None:
        self.world.truth.split(call)
        self.apart.append(call)

    def _move(self, call: PlacedCall) -> None:
        others = [
            story
            for story in self.world.stories
            if story.host is self.host and story is not self and not story.over and story._host_is_in()
        ]
        if others:
            other = self.world.chance.choice(others)
            self.world.truth.move(call, other.conference)
            self.calls.remove(call)
            other.calls.append(call)

    def _bring_back(self, _: PlacedCall) -> None:
        waiting = [c for c in self.apart if self.world.truth.own_leg(c).status.code is Code.ANSWERED]
        if waiting and self._host_is_in():
            call = self.world.chance.choice(waiting)
            self.apart.remove(call)
            self.world.truth.bring_in(self.host, self.conference, call)

    def _end(self, _: PlacedCall | None = None) -> None:
        """The host leaves; with half of the hosts the conference ends."""
        if self.world.days:
            return
        keep_alive = self.world.chance.random() < 0.5
        if self._host_is_in():
            self.world.truth.host_leave(self.conference, keep_alive=keep_alive)
        if not keep_alive:
            self.over = True

    def _is_known(self, call: PlacedCall) -> bool:
        """Whether the leg's last event is so young that its record has not expired: what then leaves is noticed."""
        last = self.world.truth.tellings[LegId(call.telephony_session_id, call.party_id)][-1]
        return self.world.clock.now - last.at < KEPT_FOR_SECONDS - 3600

    def _host_is_in(self) -> bool:
        leg = self.conference.own_leg
        return leg is not None and leg.status.code is Code.ANSWERED

    def _pause(self) -> None:
        """Mostly some seconds, at times none: things come in bursts."""
        chance, sleep = self.world.chance, self.world.scheduler.sleep
        if self.world.days:
            sleep(min(chance.expovariate(1 / 60_000.0), 200_000.0))
        elif chance.random() < 0.7:
            sleep(chance.expovariate(1 / 3.0))


_ACTS = {
    Story._hang_up: 15,
    Story.remove: 10,
    Story._tell_again: 11,
    Story._rename: 6,
    Story._split: 6,
    Story._move: 6,
    Story._bring_back: 5,
    Story._end: 3,
}
"""What may happen to somebody who is in, and how often in comparison."""


def remove(world: "World", asking: User, conference_id: str, participant_id: str) -> Removal:
    """Send the request that a web phone sends."""
    response = world.http.request(
        "POST /conferences/{conferenceId}/participants/{participantId}/remove",
        headers={"authorization": f"Bearer {world.token_of(asking)}", "origin": ORIGIN},
        path={"conferenceId": conference_id, "participantId": participant_id},
    )
    own = [invocation.number for invocation in response.invocations if invocation.function == "remove"]
    return Removal(asking.account_id, conference_id, participant_id, response.status, own[0] if own else None)
