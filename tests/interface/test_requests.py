"""The examples of docs/openapi.yaml, sent to the real handlers: what they answer is what the examples say."""

import json
from typing import Any

import pytest

from local.interface import examples
from local.interface.headers import names
from local.interface.openapi import openapi
from local.stack.places import ROOT
from rollcall.core.errors import RollcallError, StorageFailed
from rollcall.core.identity import read_ticket
from rollcall.entry.routes import CONFERENCE, CONFERENCES, REMOVE, TICKETS, WEBHOOK, Route
from tests.interface.closed import of_openapi, resolved
from tests.interface.site import CALLS, USERS, Site
from tests.simulation.front import Response
from tests.support.stand_in_aws import ServiceCall

DOCUMENT = openapi()
CONFERENCE_PATH = {"conferenceId": examples.CONFERENCE_ID}
REMOVE_PATH = CONFERENCE_PATH | {"participantId": examples.PARTICIPANT_ID}
PATHS: dict[Route, dict[str, str]] = {CONFERENCES: {}, CONFERENCE: CONFERENCE_PATH, REMOVE: REMOVE_PATH, TICKETS: {}}


def described(route: Route, response: Response) -> dict[str, Any]:
    """What the document says of this answer: its content by media type. Its headers and body are found to be such."""
    operation = DOCUMENT["paths"][route.path][route.method.lower()]
    answer = resolved(DOCUMENT, operation["responses"][str(response.status)])
    headers = {names(name): value for name, value in response.headers.items()}
    media_type = headers.pop("Content-Type", None)
    documented = answer.get("headers", {})
    assert set(headers) <= set(documented)
    for name, header in documented.items():
        assert name in headers or not header["required"], name
        if name in headers:
            value = int(headers[name]) if header["schema"]["type"] == "integer" else headers[name]
            of_openapi(DOCUMENT, header["schema"]).validate(value)
    if not response.body:
        assert "content" not in answer
        return {}
    content: dict[str, Any] = answer["content"][media_type]
    of_openapi(DOCUMENT, content["schema"]).validate(response.json)
    return content


def example(route: Route, response: Response, name: str) -> Any:
    """The example of that name for this answer."""
    return described(route, response)["examples"][name]["value"]


def ask(site: Site, route: Route, **more: Any) -> Response:
    return site.request(f"{route.method} {route.path}", **({"path": PATHS[route]} | more))


@pytest.fixture
def joined(site: Site) -> Site:
    """The story up to where both are in."""
    site.tell(examples.HOST_JOINED, examples.JOINED)
    return site


def test_the_examples_of_parameters_are_those_that_are_asked_with_here() -> None:
    parameters = DOCUMENT["paths"][REMOVE.path]["post"]["parameters"]
    assert {parameter["name"]: parameter["example"] for parameter in parameters} == REMOVE_PATH


# ---- good answers


def test_the_roster_is_that_of_the_example_after_its_notifications(joined: Site) -> None:
    answer = ask(joined, CONFERENCE)
    assert answer.status == 200
    assert answer.json == example(CONFERENCE, answer, "roster")


def test_the_list_is_that_of_the_example(joined: Site) -> None:
    answer = ask(joined, CONFERENCES, query={"limit": "1"})
    page = example(CONFERENCES, answer, "page")
    assert answer.status == 200
    assert answer.json["conferences"] == page["conferences"]
    # It is the newest of none before it: the page that the example's token asks for is empty.
    rest = ask(joined, CONFERENCES, query={"nextToken": page["nextToken"]})
    assert (rest.status, described(CONFERENCES, rest) != {}) == (200, True)


def test_a_ticket_looks_like_that_of_the_example(site: Site) -> None:
    answer = ask(site, TICKETS)
    shown = example(TICKETS, answer, "ticket")
    assert (answer.status, answer.json["expiresIn"]) == (201, shown["expiresIn"])
    assert {read_ticket(found["ticket"]).account_id for found in (answer.json, shown)} == {examples.ACCOUNT_ID}


def test_a_removal_is_answered_as_in_the_examples(joined: Site) -> None:
    joined.ringcentral[CALLS] = (204, None)
    answer = ask(joined, REMOVE)
    assert (answer.status, answer.json) == (202, example(REMOVE, answer, "requested"))
    joined.tell(examples.LEFT)
    answer = ask(joined, REMOVE)
    assert (answer.status, answer.json) == (200, example(REMOVE, answer, "left"))


@pytest.mark.parametrize("name", ["host", "joined", "left", "reminder"])
def test_a_notification_is_taken_as_described(site: Site, name: str) -> None:
    operation = DOCUMENT["paths"][WEBHOOK.path]["post"]
    (body,) = [content["examples"][name]["value"] for content in operation["requestBody"]["content"].values()]
    (answer,) = site.tell(body)
    assert (answer.status, described(WEBHOOK, answer)) == (200, {})
    assert not answer.counts["NotificationsQuarantined"]
    assert site.world.aws.objects == {}


def test_there_is_no_other_example_of_a_notification() -> None:
    content = DOCUMENT["paths"][WEBHOOK.path]["post"]["requestBody"]["content"]["application/json"]
    assert set(content["examples"]) == {"host", "joined", "left", "reminder"}


def test_the_handshake_of_the_example_is_echoed(site: Site) -> None:
    (parameter,) = DOCUMENT["paths"][WEBHOOK.path]["post"]["parameters"]
    headers = {parameter["name"].lower(): parameter["example"]}
    answer = site.request("POST /webhook", token="", headers=headers)
    assert (answer.status, answer.headers["validation-token"]) == (200, parameter["example"])
    described(WEBHOOK, answer)


def test_a_webhook_without_a_token_is_refused_as_described(site: Site) -> None:
    answer = site.request("POST /webhook", token="", body=json.dumps(examples.JOINED))
    assert (answer.status, described(WEBHOOK, answer)) == (401, {})


# ---- problems: each that the document names, of each operation, with the very body of its example


def failing(monkeypatch: pytest.MonkeyPatch, site: Site, error: Exception) -> None:
    """From now on every call to AWS fails, but those of the authorizer."""
    real = site.world.aws.attempt

    def fail(call: ServiceCall) -> Any:
        invocation = site.world.functions.current
        if invocation is not None and invocation.function != "authorizer":
            raise error
        return real(call)

    monkeypatch.setattr(site.world.aws, "attempt", fail)


ASKED_FOR: dict[str, dict[str, Any]] = {
    "unauthenticated": {"token": "unknown"},
    "origin-not-allowed": {"headers": {"origin": "https://elsewhere.example"}},
    "invalid-request": {"query": {"limit": "101"}},
    "unknown-conference": {"path": REMOVE_PATH | {"conferenceId": "s-unknown"}},
    "unknown-participant": {"path": REMOVE_PATH | {"participantId": "p-unknown"}},
    "host-not-removable": {"path": REMOVE_PATH | {"participantId": examples.HOST_ID}},
}
"""What a request that comes to the problem has of its own."""

OF_RINGCENTRAL = {
    "ringcentral-forbidden": (USERS, 403),
    "ringcentral-rate-limited": (USERS, 429),
    "ringcentral-unavailable": (USERS, 503),
    "ringcentral-unauthorized": (CALLS, 401),
    "ringcentral-not-found": (CALLS, 404),
    "ringcentral-failed": (CALLS, 500),
}
"""Where RingCentral answers with which status."""


def cause(code: str, site: Site, route: Route, monkeypatch: pytest.MonkeyPatch) -> Response:
    """The answer to a request to the operation that comes to this problem."""
    more = ASKED_FOR.get(code, {})
    match code:
        case "host-only":
            monkeypatch.setenv("REMOVE_POLICY", "host")
            colleague = site.world.user(examples.ACCOUNT_ID, "62295300002")
            more = {"token": site.world.token_of(colleague)}
        case "unknown-route":
            event = json.loads((ROOT / "events/unrouted/encoded-slash.json").read_text())
            answer, _ = site.during(lambda: site.world.functions.invoke("unrouted", event))
            return Response(answer["statusCode"], answer["headers"], answer["body"])
        case "storage-failed":
            failing(monkeypatch, site, StorageFailed("ThrottlingException"))
        case "internal":
            failing(monkeypatch, site, RollcallError())
        case _ if not more:
            part, status = OF_RINGCENTRAL[code]
            site.ringcentral[part] = (status, {"errorCode": "CMN-000"})
    return ask(site, route, **more)


NAMED = [
    pytest.param(route, code, id=f"{route.path} {code}")
    for route in PATHS
    for answer in DOCUMENT["paths"][route.path][route.method.lower()]["responses"].values()
    for code in resolved(DOCUMENT, answer).get("content", {}).get("application/problem+json", {}).get("examples", ())
]


def refused(route: Route, response: Response, code: str) -> None:
    shown = example(route, response, code)
    assert response.json == shown
    assert response.status == shown["status"]


@pytest.mark.parametrize(("route", "code"), NAMED)
def test_every_problem_of_the_document_comes_with_the_body_of_its_example(
    joined: Site, route: Route, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(route, cause(code, joined, route, monkeypatch), code)


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "ringcentral-forbidden"), (429, "ringcentral-rate-limited"), (503, "ringcentral-unavailable")],
)
def test_a_removal_is_refused_as_described_also_by_ringcentral(joined: Site, status: int, code: str) -> None:
    joined.ringcentral[CALLS] = (status, {"errorCode": "CMN-000"})
    refused(REMOVE, ask(joined, REMOVE), code)


def test_who_shows_no_token_at_all_is_refused_in_the_same_way(joined: Site) -> None:
    refused(CONFERENCES, ask(joined, CONFERENCES, token=""), "unauthenticated")


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "many"}])
def test_every_bad_limit_is_refused_in_the_same_way(joined: Site, query: dict[str, str]) -> None:
    refused(CONFERENCES, ask(joined, CONFERENCES, query=query), "invalid-request")
