"""The pause before a deferred notification's next attempt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.core.backoff import LONGEST, pause


@pytest.mark.parametrize(
    ("deliveries", "shortest", "longest"),
    [(1, 1, 2), (2, 2, 4), (3, 4, 8), (6, 32, 64), (7, 60, 120), (8, 60, 120), (1000, 60, 120)],
)
def test_it_doubles_up_to_a_limit_and_half_of_it_is_chance(deliveries: int, shortest: int, longest: int) -> None:
    assert (pause(deliveries, 0), pause(deliveries, 1)) == (shortest, longest)


@given(st.integers(), st.floats(0, 1))
def test_it_is_always_what_a_queue_can_wait(deliveries: int, chance: float) -> None:
    assert 1 <= pause(deliveries, chance) <= LONGEST
