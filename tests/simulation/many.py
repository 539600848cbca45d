"""Many worlds, one after another or in several processes, and what they came to."""

import multiprocessing
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.simulation.world import Report, World

CONFERENCES_PER_WORLD = 6

_GROUPS = {
    "what happened": (
        "conferences",
        "events",
        "notifications",
        "stream records",
        "batches",
        "roster versions",
        "messages",
    ),
    "what Rollcall corrected": (
        "metric PartiesOvertaken",
        "metric ConferencesVerified",
        "metric LegsCorrected",
        "rosters that were wrong until RingCentral was asked",
        "deferred",
        "metric RosterConflicts",
        "clients come back",
        "metric ConnectionsGone",
        "metric NotificationsQuarantined",
        "metric RequestsRefused",
        "metric StreamRecordsNotUnderstood",
    ),
    "what is known and left": (
        "metric NotificationsLost",
        "given up",
        "clients behind after failed posts",
        "times of joining lost to a newer event",
    ),
}


class Task(NamedTuple):
    """One world to run."""

    seed: int
    conferences: int
    profile: str | None


def run(task: Task) -> Report:
    """One world, in any process. An error in it is a violation too."""
    warnings.simplefilter("error")
    try:
        return World(task.seed, conferences=task.conferences, profile=task.profile).run()
    except Exception:  # noqa: BLE001  # whatever it is, the seed has to be told
        return Report(task.seed, task.profile or "?", [traceback.format_exc()], Counter())


def reports(tasks: Iterable[Task], processes: int) -> Iterator[Report]:
    """Run all worlds; their reports as they come."""
    if processes == 1:
        yield from map(run, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(run, tasks, chunksize=8)


def told(total: Counter[str], profiles: Counter[str], seconds: float) -> Iterator[str]:
    """The counts of all worlds, line by line. `profiles`: how many worlds there were of each kind."""
    grouped = {name for names in _GROUPS.values() for name in names}
    faults = sorted(name for name in total if not name.startswith(("metric", "invocation", "removal")))
    groups = _GROUPS | {
        "what went wrong on purpose": tuple(
            name for name in faults if name not in grouped | {"steps", "containers", "removals"}
        ),
        "removals": tuple(sorted(name for name in total if name.startswith("removal "))),
        "invocations": tuple(sorted(name for name in total if name.startswith("invocation"))),
    }
    for group, names in groups.items():
        yield f"\n{group}"
        for name in names:
            if total[name]:
                yield f"  {name.removeprefix('metric ').removeprefix('invocation of '):<48}{total[name]:>12,}"
    kinds = ", ".join(f"{name} {count}" for name, count in sorted(profiles.items()))
    yield f"\nworlds by kind: {kinds}"
    yield f"{seconds:.1f} s, {total['steps']:,} steps"
