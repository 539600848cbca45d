"""RingCentral is asked: after everything else, and in some kinds of worlds also all the time.

Whatever got lost, was given up or came in whatever order: once a conference of which Rollcall knows anything was
verified, its roster shows exactly who is in, by RingCentral's own sessions.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.simulation.invariants import clients_are_right
from tests.simulation.runtime import InvocationFailed
from tests.simulation.truth import LegId
from tests.simulation.views import Stored, stored_rosters

if TYPE_CHECKING:
    from tests.simulation.world import World

ALL_THE_TIME = ("asked", "calm")
"""Where everything is told in time ("calm") there is nothing to be corrected, however far behind an answer is."""

MINUTE, DOUBT_SECONDS = 60.0, 7.0
MINUTES = 90
"""In which every conference is verified: each within an hour, and within a minute or two while it is doubtful."""


def run_again_and_again(world: "World") -> None:
    """Until the stories are over: on the function's schedule or, in calm worlds, with everything doubted all the time,
    of which nothing must come.
    """
    while not world.told_to_end:
        if world.profile == "calm":
            world.scheduler.sleep(DOUBT_SECONDS)
            _doubt_everything(world)
        else:
            world.scheduler.sleep(MINUTE)
        _run(world)


def _doubt_everything(world: "World") -> None:
    for account_id, conference_id in stored_rosters(world):
        world.dynamodb.call(
            "UpdateItem",
            {
                "TableName": "PartyTable",
                "Key": {"pk": {"S": f"ACCOUNT#{account_id}"}, "sk": {"S": f"CONFERENCE#{conference_id}"}},
                "UpdateExpression": "SET dueAt = :now, dueKey = :key",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":now": {"N": str(int(world.clock.now))}, ":key": {"S": "CONFERENCE"}},
                "ReturnValues": "ALL_NEW",
            },
        )


def verify(world: "World") -> None:
    """Let an hour and a half pass in which nothing happens but the schedule."""
    before = {key: _shown(roster) for key, roster in stored_rosters(world).items()}
    for _ in range(MINUTES):
        world.scheduler.spawn(lambda: _run(world), after=MINUTE)
        world.scheduler.run()
    after = {key: _shown(roster) for key, roster in stored_rosters(world).items()}
    wrong = sum(after[key] != shown for key, shown in before.items() if key in after)
    world.counts["rosters that were wrong until RingCentral was asked"] += wrong


def check(world: "World") -> Iterator[str]:
    """Everything that is wrong afterwards."""
    rosters = stored_rosters(world)
    for story in world.stories:
        roster = rosters.get((story.host.account_id, story.conference.id))
        if roster is None:
            world.counts["conferences of which nothing is known"] += 1
            continue
        shown, present = _shown(roster), world.truth.present(story.conference)
        if shown != present:
            yield f"{story.conference.id} was verified and is wrong: {sorted(shown ^ present)}"
    if world.profile == "calm" and world.counts["metric LegsCorrected"]:
        yield f"{world.counts['metric LegsCorrected']} legs were corrected, though everything had been told"
    yield from (f"{problem}, after all was verified" for problem in clients_are_right(world, rosters))


def _run(world: "World") -> None:
    try:
        world.functions.invoke("reconcile", {})
    except InvocationFailed as error:
        world.timeline.note(f"reconcile: {error.reason}")


def _shown(roster: Stored) -> set[tuple[str, LegId]]:
    people = [entry["participant"] for entry in roster["present"].values()]
    return {(who["id"], LegId(who["leg"]["telephonySessionId"], who["leg"]["partyId"])) for who in people}
