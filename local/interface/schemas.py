"""JSON Schemas of the code's own types."""

import re
from typing import Any

import msgspec

from rollcall.core.messages import RosterView
from rollcall.core.notification import Envelope, Identifier, SessionBody
from rollcall.entry.bodies import ConferencePage, Removal, TicketIssued
from rollcall.entry.problems import Problem

Schema = dict[str, Any]

NOTIFICATION = "TelephonySessionNotification"
GATEWAY_MESSAGE = "GatewayMessage"

_REFERENCE = "#/components/schemas/{name}"


def ref(name: str) -> Schema:
    """A reference to one of the components."""
    return {"$ref": _REFERENCE.format(name=name)}


def identifier() -> Schema:
    """What an id may be."""
    schema: Schema = _readable(msgspec.json.schema(Identifier))
    return schema


def components() -> dict[str, Schema]:
    """Every schema that the document refers to, by its name."""
    types = [RosterView, ConferencePage, TicketIssued, Removal, Problem, _notification()]
    _, found = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    message = {
        "title": GATEWAY_MESSAGE,
        "description": "What API Gateway says when it answers by itself.",
        "type": "object",
        "properties": {"message": {"type": "string"}},
        "required": ["message"],
    }
    return {name: _readable(schema) for name, schema in found.items()} | {GATEWAY_MESSAGE: message}


def _notification() -> type[msgspec.Struct]:
    """The envelope together with the body that it has when it tells of a telephony session.

    The code decodes the two one after the other, since only the envelope says what the body is.
    """
    fields: list[Any] = []
    for field in msgspec.structs.fields(Envelope):
        if field.name == "body":
            fields.append(("body", SessionBody))
        elif field.required:
            fields.append((field.name, field.type))
        else:
            fields.append((field.name, field.type, field.default))
    notification = msgspec.defstruct(NOTIFICATION, fields, rename="camel", kw_only=True)
    notification.__doc__ = "A leg of a telephony session changed. What stands here is what is read; there is more."
    return notification


def pattern(expression: re.Pattern[str] | str) -> str:
    """A regular expression as JSON Schema writes it."""
    text = expression if isinstance(expression, str) else expression.pattern
    return text.replace(r"\A", "^").replace(r"\Z", "$")


def _readable(schema: Any) -> Any:  # noqa: ANN401  # a schema or a part of one
    """Patterns as JSON Schema writes them, and docstrings as running text."""
    match schema:
        case {"pattern": str(expression), **rest}:
            return {**{key: _readable(value) for key, value in rest.items()}, "pattern": pattern(expression)}
        case dict():
            return {key: _text(value) if key == "description" else _readable(value) for key, value in schema.items()}
        case list():
            return [_readable(item) for item in schema]
        case _:
            return schema


def _text(value: Any) -> Any:  # noqa: ANN401  # a text, or a property of that name
    """A docstring speaks of Python's names and values; whoever reads the document sees those of JSON."""
    if not isinstance(value, str):
        return _readable(value)
    text = re.sub(r"_([a-z])", lambda found: found[1].upper(), " ".join(value.split()))
    return re.sub(r"\bNone\b", "null", text)
