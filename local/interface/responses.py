"""Answers as the document describes them: good ones, problems, and what API Gateway says by itself."""

from collections.abc import Collection
from typing import Any

from local.interface.headers import headers
from local.interface.http_schemas import GATEWAY_MESSAGE
from local.interface.problems import DescribedProblem, problems
from local.interface.schemas import ref

Responses = dict[str, Any]

_PROBLEM = "application/problem+json"
_JSON = "application/json"

_ALWAYS = frozenset({"cache-control"})
"""What every answer of a function in JSON has."""

GATEWAY = {
    400: ("Bad Request", "API Gateway can't read the request."),
    413: ("Request Entity Too Large", "The body is larger than the 10 MB that API Gateway takes."),
    414: ("Request-URI Too Long", "The path is longer than API Gateway takes."),
    429: ("Too Many Requests", "The throttle of the stage is reached."),
    431: ("Request Header Fields Too Large", "Request line and headers are longer than API Gateway takes."),
    500: ("Internal Server Error", "A function failed."),
    503: ("Service Unavailable", "A function took too long."),
}
"""What API Gateway may answer without asking a function, or when one fails: JSON with this message, but no problem
document. Beside the message, when."""


def good(
    status: int, description: str, schema: str, links: dict[str, Any] | None = None, **named: object
) -> tuple[str, dict[str, Any]]:
    """An answer with a JSON body. `named`: its examples by name."""
    content = {"schema": ref(schema), "examples": {name: {"value": example} for name, example in named.items()}}
    response = {"description": description, "headers": headers(_ALWAYS), "content": {_JSON: content}}
    return str(status), response | ({"links": links} if links else {})


def empty(status: int, description: str, *possible: str) -> tuple[str, dict[str, Any]]:
    """An answer without a body, with headers that it may have."""
    described = {"headers": headers(frozenset(), frozenset(possible))} if possible else {}
    return str(status), {"description": description, **described}


def refusals(codes: Collection[str]) -> Responses:
    """The answers with these problems, and those of API Gateway itself, each status once."""
    answered = [problem for problem in problems() if problem.code in codes]
    unknown = set(codes) - {problem.code for problem in answered}
    if unknown:
        raise LookupError(f"no such problems: {', '.join(sorted(unknown))}")
    statuses = sorted({problem.status for problem in answered} | set(GATEWAY))
    return {str(status): _refusal(status, [p for p in answered if p.status == status]) for status in statuses}


def share(operations: list[Responses]) -> dict[str, Any]:
    """Replace, in place, what several operations answer alike by references. Returns what these refer to, by name."""
    shared: dict[str, Any] = {}
    every = [(status, response) for responses in operations for status, response in responses.items()]
    for status, response in every:
        if every.count((status, response)) > 1:
            shared.setdefault(f"Status{status}", response)
    for responses in operations:
        for status, response in responses.items():
            names = [name for name, other in shared.items() if other == response]
            if names:
                responses[status] = {"$ref": f"#/components/responses/{names[0]}"}
    return shared


def _refusal(status: int, answered: list[DescribedProblem]) -> dict[str, Any]:
    described = [f"`{problem.code}`: {problem.example['detail']}" for problem in answered]
    content: dict[str, Any] = {}
    if answered:
        examples = {problem.code: {"value": problem.example} for problem in answered}
        content[_PROBLEM] = {"schema": _problem_schema(answered), "examples": examples}
    if status in GATEWAY:
        message, when = GATEWAY[status]
        described.append(when)
        content[_JSON] = {"schema": ref(GATEWAY_MESSAGE), "example": {"message": message}}
    sent = [problem.headers | _ALWAYS for problem in answered] + ([frozenset[str]()] if status in GATEWAY else [])
    possible = frozenset[str]().union(*sent)
    response = {"description": "\n\n".join(described), "content": content}
    always = frozenset[str].intersection(*sent)
    return response | ({"headers": headers(always, possible)} if possible else {})


def _problem_schema(answered: list[DescribedProblem]) -> dict[str, Any]:
    """A problem with this status and one of these codes."""
    narrowed = {
        "status": {"const": answered[0].status},
        "code": {"enum": [problem.code for problem in answered]},
    }
    return {"allOf": [ref("Problem"), {"properties": narrowed}]}
