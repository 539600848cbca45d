"""JSON Schemas of the code's own types, as they are on the wire."""

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from local.interface.fields import meaning
from rollcall.core.notification import Identifier

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{name}"


def ref(name: str) -> Schema:
    """A reference to one of the components."""
    return {"$ref": _REFERENCE.format(name=name)}


def name_of(reference: Schema) -> str:
    """The name of the component that is referred to."""
    name: str = reference["$ref"].rpartition("/")[2]
    return name


def identifier() -> Schema:
    """What an id may be."""
    schema: Schema = _readable(msgspec.json.schema(Identifier))
    return schema


def pattern(expression: re.Pattern[str] | str) -> str:
    """A regular expression as JSON Schema writes it."""
    text = expression if isinstance(expression, str) else expression.pattern
    return text.replace(r"\A", "^").replace(r"\Z", "$")


def one_of(meanings: Mapping[Any, str]) -> Schema:
    """One of some words, each with its meaning."""
    return {"oneOf": [{"const": word, "description": text} for word, text in meanings.items()]}


def taken(types: Sequence[type[msgspec.Struct]]) -> dict[str, Schema]:
    """The schemas of what is taken from others, and of all that is in it, by name."""
    found = _schemas(types)
    for schema in found.values():
        for field in schema["properties"].values():
            # Nothing, or a structure with nothing in it, is what everybody expects where a field is missing.
            if not field.get("default"):
                field.pop("default", None)
            elif isinstance(field["default"], dict):
                del field["default"]
    return found


def sent(types: Sequence[type[msgspec.Struct]]) -> dict[str, Schema]:
    """The schemas of what Rollcall sends, and of all that is in it, by name. Of types with defaults it must be given
    the types themselves: only they tell whether a field that has its default is left out or sent.
    """
    leaving_out = {struct.__name__: struct.__struct_config__.omit_defaults for struct in types}
    found = _schemas(types)
    for name, schema in found.items():
        for wire_name, field in schema["properties"].items():
            if "default" not in field:
                continue
            del field["default"]
            if not leaving_out[name]:
                schema["required"].append(wire_name)
            else:
                schema["properties"][wire_name] = without_null(field)
    return found


def _schemas(types: Sequence[type[msgspec.Struct]]) -> dict[str, Schema]:
    _, found = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    schemas = {name: _readable(schema) for name, schema in found.items()}
    docstrings = {struct.__name__: struct.__doc__ for struct in types}
    for name, schema in schemas.items():
        schema["description"] = _first_paragraph(docstrings.get(name) or found[name].get("description", ""))
        for wire_name, field in schema["properties"].items():
            if wire_name != "type" or set(field) != {"const"}:  # such a tag says itself what it means
                schema["properties"][wire_name] = {"description": meaning(name, wire_name)} | field
    return schemas


def _readable(schema: Any) -> Any:  # noqa: ANN401  # a schema or a part of one
    """Patterns as JSON Schema writes them, and every choice in its shortest form."""
    match schema:
        case {"pattern": str(expression), **rest}:
            return {**_readable(rest), "pattern": pattern(expression)}
        case {"enum": [only]}:
            return {"const": only}
        case {"anyOf": options, **rest} if all(set(option) == {"type"} for option in options):
            return {"type": [option["type"] for option in options], **rest}
        case dict():
            return {key: _readable(value) for key, value in schema.items()}
        case list():
            return [_readable(item) for item in schema]
        case _:
            return schema


def without_null(field: Schema) -> Schema:
    """The same, of a field that is left out rather than null."""
    match field:
        case {"type": [only, "null"], **rest}:
            return {**rest, "type": only}
        case {"type": [*types, "null"], **rest}:
            return {**rest, "type": types}
        case {"anyOf": [only, {"type": "null"}], **rest}:
            return {**rest, **only}
        case {"anyOf": [*options, {"type": "null"}], **rest}:
            return {**rest, "anyOf": options}
        case _:
            return field


def _first_paragraph(docstring: str) -> str:
    """What a docstring says first, of JSON's names and values instead of Python's. What follows is of the fields."""
    text = " ".join(inspect.cleandoc(docstring).partition("\n\n")[0].split())
    text = re.sub(r"_([a-z])", lambda found: found[1].upper(), text)
    return re.sub(r"\bNone\b", "null", text)
