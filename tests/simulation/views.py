"""What clients show, held against the rosters in the table: in the end, and whenever all has been pushed."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from tests.simulation.clients import Client
from tests.simulation.watch import Key

if TYPE_CHECKING:
    from tests.simulation.world import World

Stored = dict[str, Any]
LOOK_EVERY_SECONDS = 1.5
ARRIVED_AFTER_SECONDS = 1.0


def stored_rosters(world: "World") -> dict[Key, Stored]:
    """All rosters in the table that have not expired."""
    found = {}
    for account, partition in world.dynamodb.tables["PartyTable"].partitions.items():
        for item in partition.values() if account.startswith("ACCOUNT#") else ():
            if "present" in item and int(item["expiresAt"]["N"]) > world.clock.now:
                roster = world.watch.decoded(item)
                found[roster["accountId"], roster["conferenceId"]] = roster
    return found


def participants_of(roster: Stored) -> list[dict[str, Any]]:
    """A roster's people, in the order in which clients see them."""
    people = [entry["participant"] for entry in roster["present"].values()]
    return sorted(people, key=lambda person: (person["role"] != "host", person["joinedAt"], person["id"]))


def shown_to(client: Client, rosters: dict[Key, Stored]) -> set[str]:
    """The conferences that a client should show, and those that it shows."""
    if client.wanted is not None:
        return set(client.wanted)
    account, host = client.user.account_id, client.user.extension_id
    active = {
        conference
        for (owner, conference), roster in rosters.items()
        if owner == account and roster["hostExtensionId"] == host and roster["state"] == "active"
    }
    return active | set(client.views)


def behind(world: "World", client: Client, conference: str, rosters: dict[Key, Stored]) -> Iterator[str]:
    """What is wrong with a client's view of a conference of which everything has been pushed.

    A client may be behind only if a post to its connection failed, after all repeats: it is right again with the next.
    """
    stored, view = rosters.get((client.user.account_id, conference)), client.views.get(conference)
    expected = (stored["version"], stored["state"], participants_of(stored)) if stored else (0, "active", [])
    if (got := (view.version, view.state, view.participants) if view else None) == expected:
        return
    missed = _missed(client)
    if (view is not None and missed.get(conference, 0) > view.version) or (view is None and missed):
        world.counts["clients behind after failed posts"] += 1
    else:
        yield f"{client.name} shows {conference} as {got}; it is {expected}"


def look_now_and_then(world: "World") -> None:
    """While the world runs: whatever has been pushed must be shown by every client that had subscribed before."""
    while not world.told_to_end:
        world.scheduler.sleep(LOOK_EVERY_SECONDS)
        before = world.clock.now - ARRIVED_AFTER_SECONDS
        rosters = stored_rosters(world)
        for client in world.clients:
            if not client.settled or client.asking or client.since > before:
                continue
            for conference in shown_to(client, rosters):
                if world.pushes.done_before((client.user.account_id, conference), before):
                    world.counts["views looked at"] += 1
                    world.violations += behind(world, client, conference, rosters)


def _missed(client: Client) -> dict[str, int]:
    """The highest version of each conference that could not be posted to a client's connection."""
    found: dict[str, int] = defaultdict(int)
    for body in client.connection.socket.missed if client.connection else ():
        message = msgspec.json.decode(body)
        if message.get("type") == "roster":
            found[message["conferenceId"]] = max(found[message["conferenceId"]], message["version"])
        else:
            found[""] = 1
    return found
