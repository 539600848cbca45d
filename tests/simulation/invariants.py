"""What must hold when everything has arrived. What must hold at every moment is in `watch`.

Rosters are held against the truth as far as Rollcall was told it. Each notification of a leg has a fate: Rollcall has
it ("taken": answered with 200 and not reported as lost); nobody heard it ("unheard": dropped on the way); or the answer
does not tell ("perhaps": an error, or reported as lost, after which the record may have been written all the same).
What a roster may show of a leg is what the newest taken notification says, or any newer perhaps. Where nothing was
dropped and no answer was an error that is exactly the truth, which is held against the sessions themselves as well.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rollcall.adapters.party_table import KEPT_FOR_SECONDS
from rollcall.adapters.roster_table import ACTIVE_KEPT_FOR_SECONDS
from tests.simulation.truth import LegId, Person, Telling
from tests.simulation.views import Stored, behind, shown_to, stored_rosters
from tests.simulation.watch import Key

if TYPE_CHECKING:
    from tests.simulation.world import World


def check(world: "World") -> list[str]:
    """Everything that is wrong when everything has arrived."""
    rosters = stored_rosters(world)
    return [
        *_everything_is_quiet(world),
        # Where RingCentral is asked all the time, rosters may be better than what was told: see `reconciliation`.
        *([] if world.profile == "asked" else _rosters_are_right(world, rosters)),
        *_the_truth_agrees_with_itself(world),
        *_nothing_is_lost(world),
        *clients_are_right(world, rosters),
        *_removals_hit(world),
    ]


def _everything_is_quiet(world: "World") -> Iterator[str]:
    if not world.stream.idle:
        yield "the stream is not empty"
    if world.queue.messages or world.queue.dead:
        yield f"{len(world.queue.messages)} messages are still deferred, {len(world.queue.dead)} are dead letters"
    yield from (f"unexpected error: {text}" for text in world.functions.unexpected)
    yield from (f"DynamoDB refused: {text}" for text in world.aws.refused)
    for record in world.stream.given_up:
        session = record["dynamodb"]["Keys"]["pk"]["S"].removeprefix("SESSION#")
        if session not in world.poisoned and not world.poisoned:
            yield f"a record of {session} was given up"


def _rosters_are_right(world: "World", rosters: dict[Key, Stored]) -> Iterator[str]:
    shown: dict[LegId, list[tuple[Key, dict[str, Any]]]] = defaultdict(list)
    for key, roster in rosters.items():
        for participant_id, entry in roster["present"].items():
            person = entry["participant"]
            leg = LegId(person["leg"]["telephonySessionId"], person["leg"]["partyId"])
            shown[leg].append((key, person))
            if person["id"] != participant_id:
                yield f"{participant_id} is filed under another id than its own"
        if (roster["state"] == "ended") is bool(roster["present"]):
            yield f"{key} is {roster['state']} with {len(roster['present'])} people"
    for leg in shown.keys() - world.truth.tellings.keys():
        yield f"{leg} is shown and never was"
    expired = _silent_conferences(world)
    for leg, tellings in world.truth.tellings.items():
        person = tellings[-1].person
        if person is None or person.conference not in expired:
            yield from _leg_is_right(leg, tellings, shown[leg])


def _silent_conferences(world: "World") -> set[str]:
    """Conferences in which nobody joined or left for so long that the roster expired. It may have begun anew since."""
    oldest = world.clock.now - ACTIVE_KEPT_FOR_SECONDS
    return world.watch.began_anew | {
        conference for (_, conference), at in world.watch.written_at.items() if at <= oldest
    }


def _leg_is_right(leg: LegId, tellings: list[Telling], shown: list[tuple[Key, dict[str, Any]]]) -> Iterator[str]:
    possible = list(_possible(tellings))
    if len(shown) > 1:
        yield f"{leg} is in {len(shown)} conferences at once"
        return
    if not shown:
        if all(telling is not None and telling.person is not None for telling in possible):
            yield f"{leg} is in no roster; told was {_told(possible)}"
        return
    ((key, person),) = shown
    for telling in possible:
        if (
            telling is not None
            and telling.person is not None
            and _same(telling.person, telling.account_id, key, person)
        ):
            times = _possible_times(telling.person, tellings)
            if person["joinedAt"] not in times:
                yield f"{leg} is in since {person['joinedAt']}, possible is {sorted(times)}"
            return
    yield f"{leg} is shown as {person} in {key}; told was {_told(possible)}"


def _possible(tellings: list[Telling]) -> Iterator[Telling | None]:
    """What may be the newest that Rollcall knows; None: nothing at all."""
    taken = [telling for telling in tellings if telling.fate == "taken"]
    newest = max(taken, key=lambda telling: telling.sequence) if taken else None
    yield newest
    for telling in tellings:
        if telling.fate == "perhaps" and (newest is None or telling.sequence > newest.sequence):
            yield telling


def _possible_times(person: Person, tellings: list[Telling]) -> set[str]:
    """Since when somebody may be shown to be in: the earliest that was told of the stay."""
    of_stay = [
        telling
        for telling in tellings
        if telling.person is not None
        and (telling.person.conference, telling.person.id) == (person.conference, person.id)
    ]
    taken = [telling.time for telling in of_stay if telling.fate == "taken"]
    perhaps = [telling.time for telling in of_stay if telling.fate == "perhaps"]
    latest = min(taken, default=None)
    return {time for time in [latest, *perhaps] if time is not None and (latest is None or time <= latest)}


def _same(told: Person, account_id: str, key: Key, shown: dict[str, Any]) -> bool:
    return key == (account_id, told.conference) and (
        shown["id"],
        shown["role"],
        shown["name"],
        shown["phoneNumber"],
        shown["extensionId"],
        shown["direction"],
    ) == (told.id, told.role, told.name, told.phone_number, told.extension_id, told.direction)


def _told(possible: list[Telling | None]) -> str:
    return " or ".join(f"#{telling.sequence} {telling.person}" if telling else "nothing" for telling in possible)


def _the_truth_agrees_with_itself(world: "World") -> Iterator[str]:
    """Who is in by the sessions is who is in by the newest notifications."""
    by_tellings: dict[str, set[tuple[str, LegId]]] = defaultdict(set)
    for leg, tellings in world.truth.tellings.items():
        person = tellings[-1].person
        if person is not None:
            by_tellings[person.conference].add((person.id, leg))
    for story in world.stories:
        present = world.truth.present(story.conference)
        if present != by_tellings[story.conference.id]:
            difference = present ^ by_tellings[story.conference.id]
            yield f"the truth about {story.conference.id} contradicts itself: {difference}"


def _nothing_is_lost(world: "World") -> Iterator[str]:
    """Whatever was answered with 200 was written, by itself or by something newer; or is in quarantine."""
    table = world.dynamodb.tables["PartyTable"]
    for leg, tellings in world.truth.tellings.items():
        newest = max((telling.sequence for telling in tellings if telling.fate == "taken"), default=0)
        if not newest or world.clock.now - tellings[-1].at >= KEPT_FOR_SECONDS:
            continue
        record = table.find((f"SESSION#{leg.session}", f"PARTY#{leg.party}"))
        if record is None or int(record["sequence"]["N"]) < newest:
            yield f"notification #{newest} of {leg} was answered with 200 and is lost"
    if world.sender.believed:
        yield f"{world.sender.believed} forged notifications were believed"
    kept = set(world.aws.objects["QuarantineBucket"].values())
    for body in world.sender.undecodable:
        if body not in kept:
            yield f"{body!r} was answered with 200 and is not in quarantine"


def clients_are_right(world: "World", rosters: dict[Key, Stored]) -> Iterator[str]:
    """Each client shows what is stored of what it watches."""
    for client in world.clients:
        for conference in shown_to(client, rosters):
            yield from behind(world, client, conference, rosters)


def _removals_hit(world: "World") -> Iterator[str]:
    """An accepted removal deleted exactly one leg; every request named it, or the person's own in the conference."""
    by_invocation = defaultdict(list)
    for deletion in world.ringcentral.deletions:
        by_invocation[deletion.invocation].append(deletion)
    for removal in world.removals:
        deletions = by_invocation.pop(removal.invocation, []) if removal.invocation is not None else []
        done = sum(deletion.done for deletion in deletions)
        if removal.status == 202 and done != 1:
            yield f"a removal was accepted, and {done} legs were deleted"
        if done > 1 or len(deletions) > 2:
            yield f"a removal deleted {done} legs with {len(deletions)} requests"
        direct = world.truth.stays.get((removal.conference_id, removal.participant_id))
        for deletion in deletions:
            if deletion.leg not in (direct, LegId(removal.conference_id, removal.participant_id)):
                yield f"a removal of {removal.participant_id} hit {deletion.leg}"
            if deletion.account_id != removal.account_id:
                yield f"a removal for {removal.account_id} was asked as {deletion.account_id}"
    for invocation, deletions in by_invocation.items():
        if sum(deletion.done for deletion in deletions) > 1:
            yield f"invocation {invocation}, which failed, deleted more than one leg"
