"""The page for readers that says what docs/openapi.yaml says."""

from collections.abc import Iterable, Iterator
from typing import Any

from local.interface.headers import names
from local.interface.markdown import described, examples, link, page, table, type_of, words
from local.interface.problems import problems

_INTRODUCTION = """\
Every operation of the HTTP API. [The HTTP API](http.md) is the guide to it; [openapi.yaml](openapi.yaml) says the same
to programs (OpenAPI 3.1)."""

_SHARED = "Answers of several operations"
_PROBLEM = "application/problem+json"
_JSON = "application/json"
_HEADERS = {problem.code: sorted(problem.headers) for problem in problems()}
"""What each problem is sent with. The document says it of all problems of a status together."""


def reference_http(document: dict[str, Any]) -> str:
    """The page. `document`: OpenAPI."""
    operations = list(_operations(document))
    schemas = document["components"]["schemas"]
    shared = {name.removeprefix("Status"): answer for name, answer in document["components"]["responses"].items()}
    return page(
        [
            "# HTTP reference",
            _INTRODUCTION,
            document["info"]["description"],
            table(
                ["Request", "What it gives or does"],
                [(f"`{address}`", link(operation["summary"])) for address, operation in operations],
            ),
            *[part for address, operation in operations for part in _operation(document, address, operation)],
            f"## {_SHARED}",
            _answers(dict(sorted(shared.items()))),
            "## Types",
            *[part for name, schema in schemas.items() for part in [f"### {name}", *described(schema)]],
        ]
    )


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _operation(document: dict[str, Any], address: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"## {operation['summary']}"
    yield f"```\n{address}\n```"
    yield operation["description"]
    yield from _security(document, operation)
    if operation.get("parameters"):
        yield _parameters(operation["parameters"])
    if "requestBody" in operation:
        content = operation["requestBody"]["content"][_JSON]
        yield f"{operation['requestBody']['description']} See {type_of(content['schema']['anyOf'][0])}."
        yield from _examples(content)
    own = {status: answer for status, answer in operation["responses"].items() if "$ref" not in answer}
    others = [status for status, answer in operation["responses"].items() if "$ref" in answer]
    yield _answers(own)
    yield f"{words(others, 'and')} are [as for other operations](#{link(_SHARED).partition('#')[2]}."
    for status, answer in own.items():
        if _JSON in answer.get("content", {}) and "examples" in answer["content"][_JSON]:
            yield f"With {status}:"
            yield from _examples(answer["content"][_JSON])


def _security(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    schemes = document["components"]["securitySchemes"]
    for name in (name for alternative in operation["security"] for name in alternative):
        scheme = schemes[name]
        header = "Authorization: Bearer …" if scheme["type"] == "http" else f"{scheme['name']}: …"
        yield f"`{header}` {scheme['description']}"


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = [
        (
            f"`{parameter['name']}`",
            parameter["in"],
            type_of(parameter["schema"]) + _default(parameter["schema"]),
            "yes" if parameter.get("required") else "no",
            parameter["description"],
        )
        for parameter in parameters
    ]
    return table(["Parameter", "In", "Type", "Required", "Meaning"], rows)


def _default(schema: dict[str, Any]) -> str:
    return f"; {schema['default']} unless told" if "default" in schema else ""


def _answers(responses: dict[str, Any]) -> str:
    rows = [row for status, response in sorted(responses.items()) for row in _rows(status, response)]
    return table(["Status", "`code` or body", "When", "Headers"], rows)


def _rows(status: str, response: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """A row for each kind of answer with this status: each problem, and any other."""
    content = response.get("content", {})
    for example in content.get(_PROBLEM, {}).get("examples", {}).values():
        problem = example["value"]
        yield status, f"`{problem['code']}`", problem["detail"], _listed(map(names, _HEADERS[problem["code"]]))
    if _PROBLEM in content and _JSON not in content:
        return
    *_, otherwise = response["description"].split("\n\n")
    body = type_of(content[_JSON]["schema"]) if _JSON in content else ""
    of_problems = "Cache-Control", "Retry-After"
    yield status, body, otherwise, _listed(name for name in response.get("headers", {}) if name not in of_problems)


def _listed(headers: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in headers)


def _examples(content: dict[str, Any]) -> list[str]:
    return examples([(example.get("summary", ""), example["value"]) for example in content["examples"].values()])
