"""All notifications of a whole conference, as the simulator makes them, in many orders and with duplicates."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.simulator.identifiers import Identifiers
from local.simulator.sessions import PartyEvent
from local.simulator.simulator import Simulator
from local.simulator.telephony import Remote, Side
from local.simulator.views import event_body, event_uri
from tests.support.events import as_body
from tests.support.pipeline import deliver, rosters_after, shown

ORDERS = 400


class Clock:
    """A second passes with every look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Conference:
    """A conference as it happens at RingCentral; `notifications` are all that were sent of it, in order."""

    def __init__(self) -> None:
        self._simulator = Simulator(Clock(), Identifiers())
        self._agent = self._simulator.users.put("700100001", "700200001", "Alice Agent", "+12055550101", admin=False)
        self._conference = self._simulator.call_control.create_conference(self._agent)
        self._calls: dict[str, tuple[str, str]] = {}
        self.notifications: list[dict[str, Any]] = []
        self._happened(self._simulator.conferences.host_join(self._conference, self._agent))

    def _happened(self, events: list[PartyEvent]) -> None:
        for event in events:
            if event.party.owner is not None:
                uri = event_uri(event.party.owner.account_id, event.party.owner.extension_id)
                self.notifications.append({"event": uri, "body": event_body(event)})

    def bring_in(self, name: str, extension_id: str | None = None) -> None:
        placed = self._simulator.telephony.place_call(
            self._agent, "Outbound", Remote(name, "+12055550177", extension_id)
        )
        self._happened(placed.events)
        self._calls[name] = placed.telephony_session_id, placed.party_id
        control = self._simulator.call_control
        self._happened(control.bring_in(self._agent, self._conference.id, *self._calls[name])[1])

    def hang_up(self, name: str) -> None:
        self._happened(self._simulator.telephony.hang_up(self._calls[name][0], Side.REMOTE))

    def remove(self, name: str) -> None:
        control = self._simulator.call_control
        self._happened(control.delete_party(self._agent, *self._calls[name], keep_conference_alive=False))

    def host_leaves(self, *, keep_alive: bool) -> None:
        leave = self._simulator.conferences.host_leave
        self._happened(leave(self._conference, keep_conference_alive=keep_alive))


def half_way() -> tuple[list[dict[str, Any]], set[str | None]]:
    conference = Conference()
    for name in ("Anna", "Bert", "Cleo", "Dora"):
        conference.bring_in(name)
    conference.bring_in("Emil", "700200005")  # whose own leg sends notifications too
    conference.hang_up("Anna")
    conference.remove("Bert")
    return conference.notifications, {"Alice Agent", "Cleo", "Dora", "Emil"}


def host_gone() -> tuple[list[dict[str, Any]], set[str | None]]:
    conference = Conference()
    conference.bring_in("Anna")
    conference.bring_in("Bert")
    conference.host_leaves(keep_alive=True)
    return conference.notifications, {"Anna", "Bert"}


def all_over() -> tuple[list[dict[str, Any]], set[str | None]]:
    conference = Conference()
    conference.bring_in("Anna")
    conference.bring_in("Bert")
    conference.host_leaves(keep_alive=False)
    return conference.notifications, set()


@pytest.mark.parametrize("play", [half_way, host_gone, all_over])
def test_every_order_and_every_duplicate_of_a_conference_ends_in_the_same_roster(play: Any) -> None:
    notifications, present = play()
    bodies = [as_body(notification) for notification in notifications]
    chance = random.Random(len(bodies))
    expected = shown(rosters_after(deliver(bodies).stream))
    assert {person.name for _, people in expected.values() for person in people} == present
    for _ in range(ORDERS):
        delivered = bodies + chance.choices(bodies, k=len(bodies) // 2)
        chance.shuffle(delivered)
        assert shown(rosters_after(deliver(delivered).stream, batch=chance.randint(1, 5))) == expected
