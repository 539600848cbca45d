"""DynamoDB's attribute values, to and from plain values.

DynamoDB's API and stream records both use them. boto3 has serializers for them, but importing boto3 also imports its S3
transfers: that is a tenth of a cold start (docs/decisions.md). The tests hold this module against boto3's serializers.
Only the types that Rollcall stores are known here: text, whole numbers, booleans, null, lists, maps and sets of text.
"""

from collections.abc import Callable, Mapping
from typing import Any

Attribute = dict[str, Any]
"""One key, which names the type: `{"S": "text"}`."""

Plain = str | int | bool | None | frozenset[str] | list["Plain"] | dict[str, "Plain"]


def to_attribute(value: Any) -> Attribute:  # noqa: ANN401, PLR0911  # one return for each type
    """One value as an attribute value. Raises `TypeError` for a type that Rollcall does not store."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case None:
            return {"NULL": True}
        case list() | tuple():
            return {"L": [to_attribute(element) for element in value]}
        case dict():
            return {"M": to_item(value)}
        case frozenset():
            return {"SS": sorted(value)}
        case _:
            raise TypeError(type(value))


def to_item(values: Mapping[str, Any]) -> dict[str, Attribute]:
    """A map of values as an item."""
    return {name: to_attribute(value) for name, value in values.items()}


def from_attribute(attribute: Mapping[str, Any]) -> Plain:
    """One attribute value as a plain value. Raises `TypeError` for a type that Rollcall does not store."""
    ((kind, value),) = attribute.items()
    if kind not in _PLAIN:
        raise TypeError(kind)
    return _PLAIN[kind](value)


def from_item(item: Mapping[str, Any]) -> dict[str, Plain]:
    """An item, or a stream record's image, as a map of plain values."""
    return {name: from_attribute(attribute) for name, attribute in item.items()}


_PLAIN: Mapping[str, Callable[[Any], Plain]] = {
    "S": str,
    "N": int,
    "BOOL": bool,
    "NULL": lambda _: None,
    "L": lambda elements: [from_attribute(element) for element in elements],
    "M": from_item,
    "SS": frozenset,
}
