"""What DynamoDB's expressions mean: paths, comparisons, functions, arithmetic and sets, over attribute values."""

from collections.abc import Callable, Mapping
from typing import Any

Attribute = dict[str, Any]
Item = dict[str, Attribute]
Values = Mapping[str, Attribute]
Names = Mapping[str, str]
Path = tuple[str, ...]
Test = Callable[[Item, Values], bool]
Operand = Callable[[Item, Values], Attribute | None]
Change = Callable[[Item, Item, Values], None]
"""Takes the item as it was, the item as it becomes, and the values."""


class InvalidExpression(Exception):
    """What DynamoDB would refuse with a ValidationException, or what is not known here."""


def at_path(item: Item, path: Path) -> Attribute | None:
    """The attribute at a path, or None."""
    found = item.get(path[0])
    for name in path[1:]:
        found = found.get("M", {}).get(name) if found else None
    return found


def plain(attribute: Attribute) -> tuple[str, Any]:
    """Type and value of an attribute, in a form that compares as DynamoDB compares."""
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return kind, int(value)
        case "S":
            return kind, value.encode()
        case "SS":
            return kind, frozenset(value)
        case "BOOL" | "NULL" | "L" | "M":
            return kind, value
        case _:
            raise InvalidExpression(f"type {kind}")


def comparison(left: Operand, comparator: str, right: Operand) -> Test:
    """Compare two operands: only what has the same type compares."""

    def test(item: Item, values: Values) -> bool:
        one, other = left(item, values), right(item, values)
        if one is None or other is None:
            return False
        (kind, here), (other_kind, there) = plain(one), plain(other)
        if kind != other_kind:
            return False
        if comparator == "=":
            return bool(here == there)
        if kind not in ("N", "S"):
            raise InvalidExpression(f"{comparator} between {kind}")
        return bool(_ORDER[comparator](here, there))

    return test


_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda here, there: here < there,
    "<=": lambda here, there: here <= there,
    ">": lambda here, there: here > there,
    ">=": lambda here, there: here >= there,
}


def _exists(path: Path) -> Test:
    return lambda item, values: at_path(item, path) is not None


def _not_exists(path: Path) -> Test:
    return lambda item, values: at_path(item, path) is None


def _begins_with(path: Path, prefix: Operand) -> Test:
    def test(item: Item, values: Values) -> bool:
        value, start = at_path(item, path) or {}, prefix(item, values) or {}
        return "S" in value and "S" in start and value["S"].startswith(start["S"])

    return test


def _contains(path: Path, part: Operand) -> Test:
    def test(item: Item, values: Values) -> bool:
        whole, sought = at_path(item, path) or {}, part(item, values) or {}
        if "S" not in sought:
            raise InvalidExpression("contains of something else than text")
        holder: Any = whole.get("SS", whole.get("S", ()))
        return sought["S"] in holder

    return test


def _has_type(path: Path, kind: Operand) -> Test:
    return lambda item, values: (kind(item, values) or {}).get("S") in (at_path(item, path) or {})


FUNCTIONS: dict[str, Callable[..., Test]] = {
    "attribute_type": _has_type,
    "attribute_exists": _exists,
    "attribute_not_exists": _not_exists,
    "begins_with": _begins_with,
    "contains": _contains,
}


def size_of(attribute: Attribute | None) -> Attribute | None:
    """What `size` says of an attribute; None if it has no size."""
    if attribute is None:
        return None
    kind, value = plain(attribute)
    if kind in ("N", "BOOL", "NULL"):
        return None
    return {"N": str(len(attribute["S"] if kind == "S" else value))}


def arithmetic(left: Operand, sign: int, right: Operand) -> Operand:
    """The sum, or (`sign` -1) the difference, of two numbers."""

    def value(item: Item, values: Values) -> Attribute:
        one, other = present(left(item, values), ()), present(right(item, values), ())
        if "N" not in one or "N" not in other:
            raise InvalidExpression("arithmetic with something else than numbers")
        return {"N": str(int(one["N"]) + sign * int(other["N"]))}

    return value


def present(attribute: Attribute | None, path: Path) -> Attribute:
    """The attribute; refuses one that is missing."""
    if attribute is None:
        raise InvalidExpression(f"the expression for {path} refers to an attribute that does not exist")
    return attribute


def put_at(item: Item, path: Path, value: Attribute) -> None:
    """Set the value at the path; maps on the way are copied, since images of the stream hold the old ones."""
    target: dict[str, Any] = item
    for name in path[:-1]:
        if "M" not in target.get(name, {}):
            raise InvalidExpression("the document path is invalid for update")
        target[name] = {"M": dict(target[name]["M"])}
        target = target[name]["M"]
    target[path[-1]] = value


def drop(item: Item, name: str) -> None:
    """Remove an attribute."""
    item.pop(name, None)


def add_to(before: Item, after: Item, name: str, value: Attribute) -> None:
    """ADD: to a number, or to a set of text."""
    old = before.get(name)
    if old is None:
        after[name] = value
    elif "N" in old and "N" in value:
        after[name] = {"N": str(int(old["N"]) + int(value["N"]))}
    elif "SS" in old and "SS" in value:
        after[name] = {"SS": sorted({*old["SS"], *value["SS"]})}
    else:
        raise InvalidExpression("ADD of another type")


def take_from(before: Item, after: Item, name: str, value: Attribute) -> None:
    """DELETE: from a set of text, which vanishes when it is empty."""
    if "SS" not in value or "SS" not in before.get(name, value):
        raise InvalidExpression("DELETE from something else than a set of text")
    left = sorted({*before.get(name, {"SS": ()})["SS"]} - {*value["SS"]})
    if left:
        after[name] = {"SS": left}
    else:
        drop(after, name)
