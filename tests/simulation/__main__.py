"""`python -m tests.simulation`: many worlds, or one seed again with its timeline.

python -m tests.simulation --conferences 100000 --processes 2
python -m tests.simulation --seed 17 [--profile storage] [--verbose]
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "layers/rollcall")]

from tests.simulation.faults import PROFILES  # noqa: E402  # after the paths
from tests.simulation.many import CONFERENCES_PER_WORLD, Task, reports, told  # noqa: E402
from tests.simulation.world import Report, World  # noqa: E402

SHOWN_FAILURES = 10


def main() -> int:
    """Returns the exit status."""
    options = _options()
    if options.seed is not None:
        return _replay(options)
    worlds = -(-options.conferences // CONFERENCES_PER_WORLD)
    tasks = (Task(options.first + at, CONFERENCES_PER_WORLD, options.profile) for at in range(worlds))
    began = time.perf_counter()
    total, profiles, failed = Counter[str](), Counter[str](), list[Report]()
    for report in reports(tasks, options.processes):
        total += report.counts
        profiles[report.profile] += 1
        if report.violations:
            failed.append(report)
            if len(failed) <= SHOWN_FAILURES:
                _say(f"seed {report.seed} ({report.profile}): {report.violations[0]}")
                _say(f"  replay: {_replay_command(report, CONFERENCES_PER_WORLD)}")
    seconds = time.perf_counter() - began
    for line in told(total, profiles, seconds):
        _say(line)
    _say(f"\n{worlds} worlds, {len(failed)} with violations")
    return 1 if failed else 0


def _replay(options: argparse.Namespace) -> int:
    world = World(
        options.seed,
        conferences=options.world or CONFERENCES_PER_WORLD,
        profile=options.profile,
        verbose=options.verbose,
    )
    report = world.run()
    for line in world.timeline.lines:
        _say(line)
    _say(f"seed {report.seed} ({report.profile}), digest {world.timeline.digest:08x}")
    for violation in report.violations:
        _say(f"VIOLATED: {violation}")
    return 1 if report.violations else 0


def _replay_command(report: Report, conferences: int) -> str:
    profile = f" --profile {report.profile}" if report.profile != "?" else ""
    return f"python -m tests.simulation --seed {report.seed}{profile} --world {conferences} --verbose"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__.splitlines()[0])
    parser.add_argument("--conferences", type=int, default=2000, help="how many, over all worlds")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the first world's seed")
    parser.add_argument("--profile", choices=sorted(PROFILES), help="one kind of world only")
    parser.add_argument("--seed", type=int, help="this world only, again")
    parser.add_argument("--world", type=int, help="conferences in that world")
    parser.add_argument("--verbose", action="store_true", help="the timeline of that world")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a command's output


if __name__ == "__main__":
    sys.exit(main())
