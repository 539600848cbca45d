"""Mutations of a notification as a tree: it stays JSON, or nearly."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz.recipe import Recipe
from tests.fuzz.values import IDS, VALUES, twice

Place = tuple[Any, Any]
"""An object or array, and the key or index of one of its members."""

_MEANT = [
    *("uuid", "event", "timestamp", "body", "sequence", "telephonySessionId", "sessionId", "parties", "eventTime"),
    *(
        "accountId",
        "origin",
        "type",
        "id",
        "status",
        "extensionId",
        "direction",
        "to",
        "from",
        "muted",
        "conferenceRole",
    ),
    *("code", "reason", "peerId", "partyId", "phoneNumber", "name", "Sequence", "body.sequence", "", "\0", "__proto__"),
]
_AFFIXES = ["#", "/", "\0", " ", "\ud800", "\ufffd", "é", "#PARTY#", "..", "x" * 200]
_SOME, _MANY = [0, 0, 2, 2, 3, 3, 10, 10], [11, 50, 600, 1000]
_COMPACT = '{"code": "Gone", "reason": "Conference", "peerId": {"telephonySessionId": "s-conf"}}'


def mutate(tree: dict[str, Any], recipe: Recipe) -> None:
    """One mutation of the tree, in place."""
    places = list(_places(tree))
    if not places:
        return
    mutation = recipe.one_of(_MUTATIONS)
    mutation(tree, places, recipe)


def _places(tree: Any) -> Iterator[Place]:
    members = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, member in members:
        yield tree, key
        if isinstance(member, (dict, list)) and len(member) < 100:
            yield from _places(member)


def _replace(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    where, key = places[recipe.below(len(places))]
    where[key] = recipe.one_of(VALUES)


def _drop(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    where, key = places[recipe.below(len(places))]
    del where[key]


def _double(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    where, key = places[recipe.below(len(places))]
    if isinstance(where, list):
        where.append(where[key])
    else:
        where[twice(key)] = recipe.one_of([where[key], recipe.one_of(VALUES)])


def _rename(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    where, key = places[recipe.below(len(places))]
    if isinstance(where, dict):
        where[recipe.one_of([recipe.one_of(_MEANT), key.upper(), key + " "])] = where.pop(key)


def _swap(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    (here, key), (there, other) = places[recipe.below(len(places))], places[recipe.below(len(places))]
    one, another = here[key], there[other]
    here[key] = copy.deepcopy(another)
    there[other] = copy.deepcopy(one)


def _wrap(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    where, key = places[recipe.below(len(places))]
    value = where[key]
    wrapped: list[Any] = [[value], {"a": value}, str(value), list(value) if isinstance(value, dict) else [value, value]]
    where[key] = recipe.one_of(wrapped)


def _affix(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    texts = [(where, key) for where, key in places if isinstance(where[key], str)]
    if texts:
        where, key = texts[recipe.below(len(texts))]
        affix = recipe.one_of(_AFFIXES)
        where[key] = recipe.one_of([where[key] + affix, affix + where[key], where[key][:3] + affix + where[key][3:]])


def _count(_tree: Any, places: list[Place], recipe: Recipe) -> None:
    numbers = [(where, key) for where, key in places if type(where[key]) is int]
    if numbers:
        where, key = numbers[recipe.below(len(numbers))]
        value = where[key]
        where[key] = recipe.one_of(
            [value + 1, value - 1, -value, value * 10**19, value * 10**38, value + 0.5, float(value), str(value)]
        )


def _of_body(tree: dict[str, Any]) -> dict[str, Any]:
    body = tree.get("body")
    return body if isinstance(body, dict) else {}


def _of_party(tree: dict[str, Any]) -> dict[str, Any]:
    parties = _of_body(tree).get("parties")
    return parties[0] if isinstance(parties, list) and parties and isinstance(parties[0], dict) else {}


def _many(tree: dict[str, Any], _places: list[Place], recipe: Recipe) -> None:
    """Any number of parties; numbered, all the same, or so small that a thousand of them are few octets."""
    party, kind = _of_party(tree), recipe.below(3)
    number = recipe.one_of(_MANY if recipe.one_in(16) else _SOME)  # a thousand parties take as long as many requests
    parties = [dict(party) for _ in range(number)]
    if kind != 1:
        for place, copy in enumerate(parties):
            copy["id"] = f"p-{place}"
    if kind == 2:
        parties = [{"id": f"p-{place}", "status": json.loads(_COMPACT)} for place in range(number)]
    _of_body(tree)["parties"] = parties


def _identify(tree: dict[str, Any], _places: list[Place], recipe: Recipe) -> None:
    """Nonsense where an id is expected."""
    party, body = _of_party(tree), _of_body(tree)
    status = party.get("status")
    peer = status.get("peerId") if isinstance(status, dict) else None
    wanted: list[tuple[Any, str]] = [
        (body, "telephonySessionId"), (party, "id"), (party, "extensionId"), (party, "accountId"), (body, "accountId"),
        (peer, "telephonySessionId"), (peer, "partyId"), (peer, "sessionId"), (status, "peerId"),
    ]  # fmt: skip
    where, key = recipe.one_of(wanted)
    if isinstance(where, dict):
        where[key] = recipe.one_of(IDS)


def _disown(tree: dict[str, Any], _places: list[Place], recipe: Recipe) -> None:
    """An account that is none, and everything agrees on it."""
    account = recipe.one_of(IDS)
    tree["event"] = f"/restapi/v1.0/account/{account}/telephony/sessions"
    _of_party(tree)["accountId"] = account


_MUTATIONS: list[Callable[[dict[str, Any], list[Place], Recipe], None]] = [
    _count, _affix, _drop, _identify, _rename, _double, _replace, _swap, _wrap, _identify, _disown, _many,
]  # fmt: skip
