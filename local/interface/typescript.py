"""JSON Schemas as TypeScript declarations."""

import json
import textwrap

from local.interface.schemas import Schema, name_of

_WIDTH = 120
_NAMES = {"integer": "number"}


def declarations(schemas: dict[str, Schema]) -> str:
    """An exported declaration for each schema, by its name."""
    return "\n".join(_declaration(name, schema) for name, schema in schemas.items())


def _declaration(name: str, schema: Schema) -> str:
    comment = _comment(_described(schema), "")
    match schema:
        case {"oneOf": branches, "properties": dict()}:
            return f"{comment}export type {name} = {_either(schema, branches)};\n"
        case {"properties": dict()}:
            return f"{comment}export interface {name} {_fields(schema)}\n"
        case _:
            return f"{comment}export type {name} = {_type(schema)};\n"


def _fields(schema: Schema) -> str:
    lines = []
    for name, field in schema["properties"].items():
        optional = "" if name in schema["required"] else "?"
        line = f"  {name}{optional}: {_type(field)};\n"
        if len(line.rstrip()) > _WIDTH:
            options = "".join(f"\n    | {option}" for option in _type(field).split(" | "))
            line = f"  {name}{optional}:{options};\n"
        lines.append(_comment(_described(field), "  ") + line)
    return "{\n" + "".join(lines) + "}"


def _either(schema: Schema, branches: list[Schema]) -> str:
    """An object that has exactly one of some fields: what is always there, and for each of them the others' lack."""
    ones = [name for branch in branches for name in branch["required"]]
    fields = schema["properties"]
    always = schema | {"properties": {name: field for name, field in fields.items() if name not in ones}}
    options = [
        "; ".join(f"{name}: {_type(fields[name])}" if name == there else f"{name}?: never" for name in ones)
        for there in ones
    ]
    return f"{_fields(always)} & ({' | '.join(f'{{ {option} }}' for option in options)})"


def _type(schema: Schema) -> str:
    match schema:
        case {"$ref": _}:
            options = [name_of(schema)]
        case {"const": value}:
            options = [json.dumps(value)]
        case {"enum": values}:
            options = [json.dumps(value) for value in values]
        case {"oneOf": schemas} | {"anyOf": schemas}:
            options = [_type(option) for option in schemas]
        case {"type": "array", "items": items}:
            options = [f"({_type(items)})[]" if "|" in _type(items) else f"{_type(items)}[]"]
        case {"type": list() as names}:
            options = [_type({"type": name}) for name in names]
        case {"type": str() as name}:
            options = [_NAMES.get(name, name)]
        case _:
            raise NotImplementedError(schema)
    return " | ".join(dict.fromkeys(options))


def _described(schema: Schema) -> list[str]:
    """The description, and beneath it what each of some words means."""
    words = [
        f"- `{option['const']}`: {option['description']}" for option in schema.get("oneOf", ()) if "const" in option
    ]
    return [schema["description"], *words] if "description" in schema else []


def _comment(paragraphs: list[str], indent: str) -> str:
    if not paragraphs:
        return ""
    if len(paragraphs) == 1 and len(paragraphs[0]) + len(indent) + len("/**  */") <= _WIDTH:
        return f"{indent}/** {paragraphs[0]} */\n"
    lines = [line for paragraph in paragraphs for line in _wrapped(paragraph, _WIDTH - len(indent) - len(" * "))]
    return "".join([f"{indent}/**\n", *(f"{indent} * {line}\n" for line in lines), f"{indent} */\n"])


def _wrapped(paragraph: str, width: int) -> list[str]:
    hanging = "  " if paragraph.startswith("- ") else ""
    return textwrap.wrap(paragraph, width, subsequent_indent=hanging, break_on_hyphens=False)
