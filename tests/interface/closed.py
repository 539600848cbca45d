"""The documents' schemas, such that only what is described is valid."""

from typing import Any

from jsonschema import Draft7Validator, Draft202012Validator


def closed(part: Any) -> Any:
    """The same, with objects that have no other fields than those described."""
    match part:
        case dict():
            parts = {key: closed(value) for key, value in part.items()}
            return parts | ({"additionalProperties": False} if part.get("type") == "object" else {})
        case list():
            return [closed(item) for item in part]
        case _:
            return part


def of_asyncapi(document: dict[str, Any], schema: dict[str, Any]) -> Draft7Validator:
    """What is valid by one of its schemas."""
    return Draft7Validator({"allOf": [closed(schema)], "components": closed(document["components"])})


def of_openapi(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """What is valid by one of its schemas."""
    return Draft202012Validator({"allOf": [closed(schema)], "components": closed(document["components"])})


def resolved(document: dict[str, Any], part: Any) -> Any:
    """The part of the document that is meant, also where it is only referred to. Raises `KeyError`."""
    while isinstance(part, dict) and "$ref" in part:
        steps = part["$ref"].removeprefix("#/").split("/")
        part = document
        for step in steps:
            part = part[step]
    return part


def references(part: Any) -> list[dict[str, Any]]:
    """Every reference in a part of a document."""
    match part:
        case {"$ref": str()}:
            return [part]
        case dict():
            return [found for value in part.values() for found in references(value)]
        case list():
            return [found for item in part for found in references(item)]
        case _:
            return []


def words(schema: dict[str, Any], field: str) -> list[str]:
    """The words that a field of an object may be."""
    return [option["const"] for option in schema["properties"][field]["oneOf"]]
