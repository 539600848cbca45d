"""The subscription looks after itself."""

import pytest

from rollcall.core.errors import (
    RingCentralFailed,
    RingCentralNotFound,
)
from rollcall.core.identity import digest
from rollcall.core.subscription import REMINDER_FILTER, Remembered
from rollcall.services.subscription import SubscriptionKeeper
from tests.support.counted import Counted
from tests.support.fake_tie import FakeSecret, FakeStore, KeeperApi

ADDRESS, FILTER = "https://ours/webhook", "/restapi/v1.0/account/~/telephony/sessions"


class World:
    def __init__(self) -> None:
        self.api, self.store, self.token = KeeperApi(), FakeStore(), FakeSecret("secret")
        self.keeper = SubscriptionKeeper(
            self.api, self.token, self.store, self.store, address=ADDRESS, filters=(FILTER,)
        )

    def addresses(self) -> list[str]:
        return [record["deliveryMode"]["address"] for record in self.api.subscriptions.values()]


@pytest.fixture
def world() -> World:
    return World()


def test_it_is_made_with_all_that_it_needs_and_then_left_alone(world: World, counted: Counted) -> None:
    for _ in range(3):
        assert world.keeper.keep()
    (record,) = world.api.subscriptions.values()
    assert list(record["eventFilters"]) == [FILTER, REMINDER_FILTER]
    assert record["deliveryMode"] == {"transportType": "WebHook", "address": ADDRESS, "verificationToken": "secret"}
    assert world.store.note == Remembered("made-1", digest("secret"))
    assert counted() == {"SubscriptionsMade": 1}


@pytest.mark.parametrize("harm", ["Blacklisted", "gone"])
def test_what_went_wrong_behind_our_back_is_mended(world: World, harm: str) -> None:
    world.keeper.keep()
    if harm == "gone":
        world.api.subscriptions.clear()
    else:
        world.api.subscriptions["made-1"]["status"] = harm
    world.keeper.keep()
    assert list(world.api.subscriptions) == ["made-2"]


def test_a_new_verification_token_makes_a_new_one_before_the_old_one_goes(world: World) -> None:
    world.keeper.keep()
    world.token.values = ["newer"]
    world.api.calls.clear()
    world.keeper.keep()
    assert world.api.calls == ["GET subscription", "POST subscription"]
    world.keeper.keep()
    assert list(world.api.subscriptions) == ["made-2"]


def test_a_changed_address_takes_the_old_one_along_and_no_other(world: World) -> None:
    world.keeper.keep()
    world.api.subscriptions["foreign"] = world.api.subscriptions["made-1"] | {
        "id": "foreign",
        "deliveryMode": {"address": "https://x/"},
    }
    moved = SubscriptionKeeper(
        world.api, world.token, world.store, world.store, address="https://new/", filters=(FILTER,)
    )
    moved.keep()
    moved.keep()
    assert sorted(world.addresses()) == ["https://new/", "https://x/"]


def test_killed_before_the_note_the_next_run_replaces_it(world: World) -> None:
    world.store.fail("remember", RingCentralFailed(None))
    with pytest.raises(RingCentralFailed):
        world.keeper.keep()
    world.keeper.keep()
    world.keeper.keep()
    assert list(world.api.subscriptions) == ["made-2"]


def test_it_is_renewed_and_gone_ones_are_no_harm(world: World, counted: Counted) -> None:
    world.keeper.keep()
    world.api.subscriptions["made-1"]["expirationTime"] = "2020-01-01T00:00:00.000Z"
    world.keeper.keep()
    world.api.fail("POST renew", RingCentralNotFound(404, "SUB-507"))
    world.keeper.keep()
    assert counted()["SubscriptionsRenewed"] == 1
    world.token.values = ["newer"]
    world.api.fail("DELETE made-1", RingCentralNotFound(404))
    for _ in range(2):
        world.keeper.keep()
    assert "made-2" in world.api.subscriptions


def test_disabled_filters_are_told(world: World, counted: Counted) -> None:
    world.keeper.keep()
    record = world.api.subscriptions["made-1"]
    record["eventFilters"], record["disabledFilters"] = [FILTER], [{"filter": REMINDER_FILTER, "reason": "x"}]
    world.keeper.keep()
    assert counted() == {"SubscriptionsMade": 1, "FiltersDisabled": 1}


def test_whoever_comes_second_does_nothing(world: World) -> None:
    world.store.taken.add("subscription")
    assert not world.keeper.keep()
    world.keeper.end()
    assert world.api.calls == []


def test_a_deployment_that_ends_takes_its_own_along(world: World) -> None:
    world.keeper.keep()
    world.api.subscriptions["foreign"] = world.api.subscriptions["made-1"] | {
        "id": "foreign",
        "deliveryMode": {"address": "https://x/"},
    }
    world.keeper.end()
    assert list(world.api.subscriptions) == ["foreign"]
