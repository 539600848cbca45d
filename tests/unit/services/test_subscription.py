"""The subscription looks after itself."""

from collections.abc import Callable

import pytest

from rollcall.core.errors import RingCentralFailed, RingCentralNotFound, SubscriptionBusy
from rollcall.core.identity import digest
from rollcall.core.subscription import REMINDER_FILTER, Remembered
from rollcall.services.subscription import WAIT_SECONDS, SubscriptionKeeper
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
    assert world.api.calls == []


def test_a_deployment_that_ends_takes_its_own_along(world: World) -> None:
    world.keeper.keep()
    world.api.subscriptions["foreign"] = world.api.subscriptions["made-1"] | {
        "id": "foreign",
        "deliveryMode": {"address": "https://x/"},
    }
    world.keeper.end()
    assert list(world.api.subscriptions) == ["foreign"]


def test_after_the_end_no_scheduled_run_makes_it_again(world: World, counted: Counted) -> None:
    world.keeper.keep()
    world.keeper.end()
    world.api.calls.clear()
    assert not world.keeper.keep()
    assert (world.api.calls, world.api.subscriptions) == ([], {})
    assert counted() == {"SubscriptionsMade": 1, "SubscriptionsDeleted": 1}


def test_an_end_that_dies_halfway_is_kept_to_and_can_be_repeated(world: World) -> None:
    world.keeper.keep()
    world.api.fail("DELETE made-1", RingCentralFailed(500))
    with pytest.raises(RingCentralFailed):
        world.keeper.end()
    assert not world.keeper.keep()
    world.keeper.end()
    assert world.api.subscriptions == {}


def test_an_end_before_any_subscription_was_made_prevents_the_first_one(world: World) -> None:
    world.keeper.end()
    assert not world.keeper.keep()
    assert world.api.subscriptions == {}


def test_a_deployment_makes_it_again_after_the_end(world: World) -> None:
    world.keeper.keep()
    world.keeper.end()
    world.keeper.begin()
    assert list(world.api.subscriptions) == ["made-2"]
    assert world.keeper.keep()


def test_a_deployment_takes_back_the_end_also_if_the_subscription_was_never_deleted(world: World) -> None:
    world.keeper.keep()
    world.api.fail("DELETE made-1", RingCentralFailed(500))
    with pytest.raises(RingCentralFailed):
        world.keeper.end()
    world.keeper.begin()
    assert list(world.api.subscriptions) == ["made-1"]
    assert world.keeper.keep()


class Clock:
    """Time that passes only while somebody sleeps; `at` runs an action when its second has come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.at = 0.0, dict[float, Callable[[], None]]()
        monkeypatch.setattr("time.monotonic", lambda: self.now)
        monkeypatch.setattr("time.sleep", self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.now += seconds
        for second in [second for second in self.at if second <= self.now]:
            self.at.pop(second)()


@pytest.mark.parametrize("run", ["begin", "end"])
def test_a_run_that_must_not_be_skipped_waits_for_the_one_before_it(
    world: World, monkeypatch: pytest.MonkeyPatch, run: str
) -> None:
    clock = Clock(monkeypatch)
    world.store.taken.add("subscription")
    clock.at[3.0] = world.store.taken.clear
    getattr(world.keeper, run)()
    assert 3.0 <= clock.now < 6.0
    assert world.api.calls != []


@pytest.mark.parametrize("run", ["begin", "end"])
def test_it_does_not_wait_for_ever(world: World, monkeypatch: pytest.MonkeyPatch, run: str) -> None:
    clock = Clock(monkeypatch)
    world.store.taken.add("subscription")
    with pytest.raises(SubscriptionBusy):
        getattr(world.keeper, run)()
    assert WAIT_SECONDS <= clock.now < WAIT_SECONDS + 2
    assert (world.api.calls, world.store.note) == ([], None)
