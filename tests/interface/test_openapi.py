"""docs/openapi.yaml is what the code says, and valid."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from local.interface import documents, examples, operations
from local.interface.openapi import openapi
from local.interface.problems import problems
from local.stack.places import ROOT
from rollcall.adapters.roster_table import RosterTable
from rollcall.core.errors import InvalidRequest
from rollcall.core.identity import Identity
from rollcall.core.messages import RosterView
from rollcall.core.notification import OtherNotification, TelephonySessionNotification, decode_notification
from rollcall.core.party import party_records
from rollcall.entry.bodies import ConferencePage, Removal, TicketIssued
from rollcall.entry.http_api import Request
from rollcall.entry.problems import ANSWERS, Problem
from rollcall.entry.routes import PAGES, REMOVE, ROUTES
from tests.interface.closed import of_openapi, references, resolved

DOCUMENT = openapi()
TYPES: dict[str, type[msgspec.Struct]] = {
    struct.__name__: struct for struct in (RosterView, ConferencePage, TicketIssued, Removal, Problem)
}


def responses() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every answer that is described: operation, status, answer."""
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                yield operation["operationId"], status, resolved(DOCUMENT, response)


def response_examples() -> Iterator[Any]:
    """A schema and a value for it, of every example."""
    for operation, status, response in responses():
        for media_type, content in response.get("content", {}).items():
            named = content.get("examples") or {"": {"value": content["example"]}}
            for name, example in named.items():
                label = f"{operation} {status} {media_type} {name}"
                yield pytest.param(content["schema"], example["value"], id=label)


def named_type(schema: dict[str, Any]) -> type[msgspec.Struct] | None:
    (reference,) = [found for found in (schema, *schema.get("allOf", [])) if "$ref" in found]
    return TYPES.get(reference["$ref"].rpartition("/")[2])


def test_it_is_valid_openapi() -> None:
    validate(yaml.safe_load(documents.yaml_of(openapi)), cls=OpenAPIV31SpecValidator)


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert found
    for reference in found:
        resolved(DOCUMENT, reference)


# ---- routes


def test_routes_stand_in_the_document_the_template_and_the_code_alike() -> None:
    described = {(method.upper(), path) for path, found in DOCUMENT["paths"].items() for method in found}
    assert described == set(ROUTES)
    routed = {f"{route.method} {route.path}" for route in (*ROUTES, *PAGES)}
    assert {key for key in route_keys() if key != "$default"} == routed


def test_what_no_route_takes_goes_to_a_function_that_may_do_nothing() -> None:
    resources = template()["Resources"]
    route = resources["UnroutedRoute"]["Properties"]
    assert (route["RouteKey"], route["AuthorizationType"]) == ("$default", "NONE")
    assert resources["UnroutedIntegration"]["Properties"]["IntegrationUri"] == "UnroutedFunction.Arn"
    assert resources["UnroutedFunction"]["Properties"]["Policies"] == ["NoLogGroups"]


def test_every_described_route_but_the_webhook_asks_the_authorizer() -> None:
    routes = [item["Properties"] for item in template()["Resources"].values() if item["Type"].endswith("V2::Route")]
    public = {route["RouteKey"] for route in routes if route["AuthorizationType"] == "NONE"}
    assert public == {"$default", "POST /webhook", *(f"{page.method} {page.path}" for page in PAGES)}
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            schemes = {name for alternative in operation["security"] for name in alternative}
            webhook = operation["operationId"] == "receiveNotification"
            assert schemes == {operations.RINGCENTRAL if webhook else operations.USER}
            assert ({} in operation["security"]) == webhook  # the handshake


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms as plain values."""


def _plain(loader: _Loader, _suffix: str, node: yaml.Node) -> Any:
    match node:
        case yaml.ScalarNode():
            return loader.construct_scalar(node)
        case yaml.SequenceNode():
            return loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            return loader.construct_mapping(node, deep=True)
    raise TypeError(node)


_Loader.add_multi_constructor("!", _plain)


def template() -> Any:
    return yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # a SafeLoader


def route_keys() -> set[str]:
    resources = template()["Resources"].values()
    return {item["Properties"]["RouteKey"] for item in resources if item["Type"] == "AWS::ApiGatewayV2::Route"}


# ---- problems


def test_every_problem_of_the_code_is_an_answer_of_some_operation() -> None:
    described = {
        (int(status), code)
        for _, status, response in responses()
        for code in response.get("content", {}).get("application/problem+json", {}).get("examples", {})
    }
    of_no_operation = {(405, "method-not-allowed")}
    answers = {(answer.status, answer.code) for answer in ANSWERS.values()} | {(500, "internal")}
    assert described | of_no_operation == answers


@pytest.mark.parametrize("problem", problems(), ids=lambda problem: problem.code)
def test_a_problem_needs_the_headers_that_its_status_stands_for(problem: Any) -> None:
    by_status = {401: {"www-authenticate"}, 405: {"allow"}, 429: {"retry-after"}}
    by_code = {"ringcentral-unavailable": {"retry-after"}}
    assert problem.headers == by_status.get(problem.status, by_code.get(problem.code, set()))


def test_a_header_that_api_gateway_may_rename_is_promised_to_nobody() -> None:
    """On AWS `WWW-Authenticate` may arrive as x-amzn-remapped-www-authenticate."""
    headers = [answer.get("headers", {}).get("WWW-Authenticate") for _, _, answer in responses()]
    assert {header["required"] for header in headers if header} == {False}


def test_only_a_removal_is_refused_for_the_hosts_sake() -> None:
    answering = {operation for operation, status, answer in responses() if "host-" in json.dumps(answer)}
    assert answering == {"removeParticipant"}
    assert {"host-only", "host-not-removable"} <= set(operations.codes_of(REMOVE))


def test_the_table_for_readers_lists_the_same_problems() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \| \S", (ROOT / "docs/http.md").read_text(), re.MULTILINE)
    listed = [(int(status), code) for status, code in rows]
    assert sorted(listed) == sorted((problem.status, problem.code) for problem in problems())


# ---- examples


@pytest.mark.parametrize(("schema", "example"), list(response_examples()))
def test_an_example_of_an_answer_is_what_its_schema_and_its_type_say(schema: dict[str, Any], example: Any) -> None:
    of_openapi(DOCUMENT, schema).validate(example)
    struct = named_type(schema)
    if struct is not None:
        decoded = msgspec.convert(example, struct)
        assert msgspec.to_builtins(decoded) == example


def test_the_examples_of_notifications_let_somebody_in_and_out() -> None:
    joined, left = (decode_notification(json.dumps(body).encode()) for body in (examples.JOINED, examples.LEFT))
    assert isinstance(joined, TelephonySessionNotification)
    assert isinstance(left, TelephonySessionNotification)
    (before,), (after,) = party_records(joined), party_records(left)
    assert before.membership is not None
    assert (before.membership.conference_id, before.membership.participant) == (
        examples.ROSTER.conference_id,
        examples.ROSTER.participants[1],
    )
    assert (after.leg, after.membership) == (before.leg, None)
    assert decode_notification(json.dumps(examples.REMINDER).encode()) == OtherNotification("reminder")


def test_the_example_of_a_next_token_is_one() -> None:
    asked: list[Any] = []

    class Pages:
        def page(self, *_arguments: Any, **how: Any) -> tuple[list[Any], None]:
            asked.append(how["start"])
            return [], None

    table: Any = Pages()
    RosterTable(table).newest_first("809640001", limit=1, next_token=examples.NEXT_TOKEN)
    assert asked[0]["sk"] == f"CONFERENCE#{examples.CONFERENCE_ID}"


# ---- limits


def test_the_limits_of_a_page_are_those_of_the_code() -> None:
    (limit,) = [p for p in DOCUMENT["paths"]["/conferences"]["get"]["parameters"] if p["name"] == "limit"]
    least, most = limit["schema"]["minimum"], limit["schema"]["maximum"]
    assert [asked_for(number, most) for number in (least, most)] == [least, most]
    for number in (least - 1, most + 1):
        with pytest.raises(InvalidRequest):
            asked_for(number, most)


def asked_for(number: int, most: int) -> int:
    request = Request(Identity("a", "e"), "token", None, {}, {"limit": str(number)})
    return request.integer("limit", default=50, least=1, most=most)


def test_an_id_is_what_the_code_takes_for_one() -> None:
    for path in DOCUMENT["paths"].values():
        for operation in path.values():
            for parameter in (found for found in operation.get("parameters", []) if found["in"] == "path"):
                schema = Draft202012Validator(parameter["schema"])
                assert schema.is_valid(parameter["example"])
                assert not any(schema.is_valid(text) for text in ("", "a b", "é", "\0", "x" * 201))
