"""Deferred notifications: taken, or put off for longer each time."""

import pytest

from rollcall.services.deferred import Delivery, Repeats
from rollcall.services.ingest import Ingest
from tests.support.events import as_body, in_conference, notification
from tests.support.fakes import FakeDeliveries, FakeParties, FakeQuarantine, FakeReminders, throttled

JOIN = as_body(notification(9, in_conference("p-conf-2")))


class World:
    def __init__(self) -> None:
        self.parties, self.deliveries = FakeParties(), FakeDeliveries()
        ingest = Ingest(self.parties, FakeQuarantine(), FakeReminders(), seconds=1)
        self.repeats = Repeats(ingest, self.deliveries, lambda: 1.0)

    def take(self, number: int) -> bool:
        return self.repeats.take(Delivery(JOIN, f"receipt-{number}", number))


@pytest.fixture
def world() -> World:
    return World()


def test_what_is_taken_is_not_put_off(world: World) -> None:
    assert world.take(1)
    assert (len(world.parties.stream), world.deliveries.put_offs) == (1, [])


def test_what_fails_comes_again_and_later_each_time(world: World) -> None:
    world.parties.fail("put_if_newer", throttled(), throttled(), throttled())
    assert [world.take(number) for number in (1, 2, 3, 4)] == [False, False, False, True]
    assert world.deliveries.put_offs == [("receipt-1", 2), ("receipt-2", 4), ("receipt-3", 8)]


def test_a_notification_that_can_not_be_put_off_stays_all_the_same(world: World) -> None:
    world.parties.fail("put_if_newer", throttled())
    world.deliveries.fail("put_off", throttled())
    assert not world.take(1)
