"""Parts of pages for readers, in Markdown as GitHub shows it."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from local.interface.schemas import Schema, name_of

_WIDTH = 125
_SAYS_SOMETHING = 2**31
"""A bound beyond it is that of the number's type."""


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, without the columns in which nothing stands."""
    found = list(rows)
    kept = [column for column in range(len(heading)) if any(row[column] for row in found)]
    lines = [
        [line[column].replace("|", r"\|") for column in kept] for line in (heading, ["---"] * len(heading), *found)
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def link(heading: str) -> str:
    """A link to a heading of the same page."""
    return f"[{heading}](#{anchor(heading)})"


def anchor(heading: str) -> str:
    """What GitHub calls a heading in addresses."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def words(items: Sequence[str], last: str) -> str:
    """Several as one would say them: a, b and c."""
    return f" {last} ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def page(parts: Iterable[str]) -> str:
    """Paragraphs, tables and headings, one after another."""
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def examples(named: Sequence[tuple[str, Any]]) -> list[str]:
    """JSON values, each with what it shows. Short ones stand together; of long ones all but the first are folded."""
    lines = [json.dumps(value, ensure_ascii=False) for _, value in named]
    if all(len(line) <= _WIDTH for line in lines):
        return ["```json\n" + "\n".join(lines) + "\n```"]
    (about, value), *others = named
    folded = [f"<details>\n<summary>{label}</summary>\n\n{_block(other)}\n\n</details>" for label, other in others]
    return [about, _block(value), *folded]


def _block(value: Any) -> str:  # noqa: ANN401  # JSON
    return f"```json\n{json_text(value)}\n```"


def json_text(value: Any, indent: str = "", used: int = 0) -> str:  # noqa: ANN401  # JSON
    """JSON in which whatever fits into a line stands in one. `used`: what stands in the line already."""
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or len(indent) + used + len(line) <= _WIDTH:
        return line
    inner = indent + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(inner + json_text(item, inner) for item in value) + f"\n{indent}]"
    keys = {key: f"{json.dumps(key)}: " for key in value}
    items = [f"{inner}{keys[key]}{json_text(item, inner, len(keys[key]))}" for key, item in value.items()]
    return "{\n" + ",\n".join(items) + f"\n{indent}}}"


def described(schema: Schema) -> list[str]:
    """What a type is, its fields, and what the words mean that a field may be."""
    if "properties" not in schema:
        return [schema["description"], f"One of {words([link(name_of(option)) for option in schema['oneOf']], 'and')}."]
    either = [f"`{name}`" for branch in schema.get("oneOf", ()) for name in branch["required"]]
    parts = [schema["description"], fields(schema)]
    if either:
        parts.append(f"Exactly one of {words(either, 'and')} is there.")
    for name, field in schema["properties"].items():
        options = [option for option in field.get("oneOf", ()) if "const" in option]
        if options:
            rows = [(f"`{option['const']}`", option["description"]) for option in options]
            parts.append(table([f"`{name}`", "When"], rows))
    return parts


def fields(schema: Schema) -> str:
    """A table of an object's fields."""
    one_of = {name for branch in schema.get("oneOf", ()) for name in branch["required"]}
    rows = [
        (f"`{name}`", type_of(field), _required(name, schema, one_of), field.get("description", ""))
        for name, field in schema["properties"].items()
    ]
    return table(["Field", "Type", "Required", "Meaning"], rows)


def _required(name: str, schema: Schema, one_of: set[str]) -> str:
    if name in one_of:
        return "one of them"
    return "yes" if name in schema.get("required", ()) else "no"


def type_of(schema: Schema) -> str:
    """What a value may be."""
    match schema:
        case {"$ref": _}:
            text = link(name_of(schema))
        case {"const": value}:
            text = f"`{json.dumps(value)}`"
        case {"enum": values}:
            text = words([f"`{json.dumps(value)}`" for value in values], "or")
        case {"oneOf": [{"const": _}, *_]}:
            text = "one of the words below"
        case {"oneOf": options} | {"anyOf": options}:
            text = words([type_of(option) for option in options], "or")
        case {"type": "array", "items": items}:
            text = f"list of {type_of(items)}"
        case {"type": list() as names}:
            text = words(names, "or")
        case {"type": str() as name}:
            text = f"{name}{_bounds(schema)}"
        case _:
            raise NotImplementedError(schema)
    return text


def _bounds(schema: Schema) -> str:
    match schema:
        case {"maxLength": most}:
            return f" (up to {most} characters)"
        case {"minimum": least, "maximum": most} if most < _SAYS_SOMETHING:
            return f" ({least} to {most})"
        case _:
            return ""
