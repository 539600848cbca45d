"""When the failures of a webhook suspend its subscription."""

from local.simulator import choices
from local.simulator.health import Health, Suspension
from tests.simulator.harness import ManualClock


def fail(health: Health, clock: ManualClock, times: int) -> None:
    for _ in range(times):
        health.failed("why", clock())


def test_so_many_failures_in_a_row_suspend(clock: ManualClock) -> None:
    health = Health()
    fail(health, clock, choices.FAILURES_TO_SUSPEND - 1)
    assert health.suspension is None
    fail(health, clock, 1)
    assert health.suspension == Suspension(clock.now, "why")


def test_a_delivery_begins_the_count_and_the_time_anew(clock: ManualClock) -> None:
    health = Health()
    fail(health, clock, choices.FAILURES_TO_SUSPEND - 1)
    health.delivered()
    clock.advance(choices.FAILING_SECONDS_TO_SUSPEND)
    fail(health, clock, choices.FAILURES_TO_SUSPEND - 1)
    assert health.suspension is None


def test_failing_for_long_suspends_too(clock: ManualClock) -> None:
    health = Health()
    fail(health, clock, 1)
    clock.advance(choices.FAILING_SECONDS_TO_SUSPEND - 1)
    fail(health, clock, 1)
    assert health.suspension is None
    clock.advance(1)
    fail(health, clock, 1)
    assert health.suspension == Suspension(clock.now, "why")


def test_a_suspension_keeps_its_first_reason_and_is_for_good(clock: ManualClock) -> None:
    health = Health()
    health.suspend("first", clock())
    suspended_at = clock.now
    clock.advance(1)
    health.suspend("second", clock())
    fail(health, clock, choices.FAILURES_TO_SUSPEND)
    health.delivered()
    assert health.suspension == Suspension(suspended_at, "first")
