"""Whole worlds, a few of each kind. Many more: `make simulate`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.simulation import __main__ as command
from tests.simulation.faults import PROFILES
from tests.simulation.world import World

ROOT = Path(__file__).parents[2]
SEEDS = range(8)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_whatever_goes_wrong_everything_is_right_in_the_end(profile: str) -> None:
    for seed in SEEDS:
        report = World(seed, conferences=4, profile=profile).run()
        assert report.violations == [], (
            f"python -m tests.simulation --seed {seed} --profile {profile} --world 4 --verbose"
        )


def test_every_fault_happens() -> None:
    """A world in which nothing goes wrong proves nothing."""
    rates = PROFILES["everything"]
    expected = {
        *(f"call {kind}" for kind in rates.call),
        *(f"post {kind}" for kind in rates.post),
        *(f"ringcentral {kind}" for kind in rates.ringcentral),
        "dropped notification",
        "duplicated notification",
        "late notification",
        "forged notification",
        "undecodable notification",
        "redelivered batch",
        "connection lost",
        "crash while posting",
        "poison",
    }
    for seed in range(60):
        expected -= set(World(seed, conferences=4, profile="everything").run().counts)
        if not expected:
            return
    assert expected == set()


def test_a_seed_is_a_world() -> None:
    def digest(seed: int, profile: str = "everything") -> int:
        world = World(seed, conferences=3, profile=profile)
        world.run()
        return world.timeline.digest

    assert digest(5) == digest(5)
    assert digest(5) != digest(6)
    assert digest(5, "days") == digest(5, "days")  # in days, tokens are read again


def test_a_seed_is_the_same_world_in_a_process_of_its_own() -> None:
    world = World(3, conferences=3, profile="days")
    world.run()
    again = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--seed", "3", "--profile", "days", "--world", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )
    assert f"digest {world.timeline.digest:08x}" in again.stdout


def test_a_seed_can_be_told_again(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(
        sys, "argv", ["simulation", "--seed", "5", "--profile", "everything", "--world", "2", "--verbose"]
    )
    assert command.main() == 0
    timeline = capsys.readouterr().out
    assert "notification p-" in timeline
    assert "everything has arrived" in timeline
    assert "digest" in timeline


def test_many_worlds_are_counted(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["simulation", "--conferences", "12"])
    assert command.main() == 0
    told = capsys.readouterr().out
    assert "2 worlds, 0 with violations" in told
    assert "roster versions" in told


def test_the_product_is_as_it_was_afterwards() -> None:
    import time  # noqa: PLC0415

    World(1, conferences=1).run()
    assert abs(time.time() - Path(__file__).stat().st_atime) < 10 * 365 * 86400
    assert time.sleep.__module__ == "time"
