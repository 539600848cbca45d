"""Each mistake that is made on purpose is found, within a bounded number of worlds."""

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.world import World

MOST_WORLDS = 60


@pytest.mark.parametrize("name", sorted(BUGS))
def test_the_mistake_is_found(name: str) -> None:
    bug = BUGS[name]
    with bug.make():
        for seed in range(MOST_WORLDS):
            if World(seed, conferences=4, profile=bug.kind).run().violations:
                return
    pytest.fail(f"{name}: not found in {MOST_WORLDS} worlds")
