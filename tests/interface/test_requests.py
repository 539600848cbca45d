"""The examples of docs/openapi.yaml, sent to the real handlers: what they answer is what the examples say."""

import json
from typing import Any

import pytest

from local.interface import examples
from local.interface.headers import names
from local.interface.openapi import openapi
from local.stack.places import ROOT
from rollcall.core.errors import StorageFailed
from rollcall.core.identity import read_ticket
from rollcall.entry.routes import CONFERENCE, CONFERENCES, REMOVE, TICKETS, WEBHOOK, Route
from tests.interface.closed import of_openapi, resolved
from tests.interface.site import Site
from tests.simulation.front import Response

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
    joined.telephony = (204, None)
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
    assert site.world.buckets.objects == {}


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


# ---- problems: each body is the very example


def refused(route: Route, response: Response, code: str) -> None:
    shown = example(route, response, code)
    assert response.json == shown
    assert response.status == shown["status"]


@pytest.mark.parametrize("route", PATHS)
def test_who_is_not_known_is_refused_as_in_the_example(joined: Site, route: Route) -> None:
    for token in ("", "unknown"):
        refused(route, ask(joined, route, token=token), "unauthenticated")


@pytest.mark.parametrize("route", PATHS)
def test_another_web_page_is_refused_as_in_the_example(joined: Site, route: Route) -> None:
    refused(route, ask(joined, route, headers={"origin": "https://elsewhere.example"}), "origin-not-allowed")


@pytest.mark.parametrize("route", PATHS)
def test_a_table_that_fails_is_told_as_in_the_example(
    joined: Site, route: Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ask(joined, CONFERENCES).status == 200  # so the authorizer knows the caller

    real = joined.world.aws.attempt

    def fail(service: str, patience: float, operation: str, body: bytes) -> Any:
        invocation = joined.world.functions.current
        if invocation is not None and invocation.function != "authorizer":
            raise StorageFailed("ThrottlingException")
        return real(service, patience, operation, body)

    monkeypatch.setattr(joined.world.aws, "attempt", fail)
    refused(route, ask(joined, route), "storage-failed")


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"limit": "many"}])
def test_a_bad_limit_is_refused_as_in_the_example(joined: Site, query: dict[str, str]) -> None:
    refused(CONFERENCES, ask(joined, CONFERENCES, query=query), "invalid-request")


UNKNOWN: list[tuple[Route, dict[str, str], str]] = [
    (CONFERENCE, {"conferenceId": "s-unknown"}, "unknown-conference"),
    (REMOVE, REMOVE_PATH | {"conferenceId": "s-unknown"}, "unknown-conference"),
    (REMOVE, REMOVE_PATH | {"participantId": "p-unknown"}, "unknown-participant"),
    (REMOVE, REMOVE_PATH | {"participantId": examples.HOST_ID}, "host-not-removable"),
]


@pytest.mark.parametrize(("route", "path", "code"), UNKNOWN)
def test_what_can_not_be_is_refused_as_in_the_example(
    joined: Site, route: Route, path: dict[str, str], code: str
) -> None:
    refused(route, ask(joined, route, path=path), code)


def test_who_is_no_host_is_refused_as_in_the_example(joined: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMOVE_POLICY", "host")
    colleague = joined.world.user(examples.ACCOUNT_ID, "62295300002")
    refused(REMOVE, ask(joined, REMOVE, token=joined.world.token_of(colleague)), "host-only")


@pytest.mark.parametrize("route", [CONFERENCE, REMOVE])
def test_what_is_no_route_is_refused_as_in_the_example(site: Site, route: Route) -> None:
    event = json.loads((ROOT / "events/unrouted/encoded-slash.json").read_text())
    answer, _ = site.during(lambda: site.world.functions.invoke("unrouted", event))
    refused(route, Response(answer["statusCode"], answer["headers"], answer["body"]), "unknown-route")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "ringcentral-unauthorized"),
        (403, "ringcentral-forbidden"),
        (404, "ringcentral-not-found"),
        (429, "ringcentral-rate-limited"),
        (500, "ringcentral-failed"),
        (503, "ringcentral-unavailable"),
    ],
)
def test_each_refusal_of_ringcentral_is_told_as_in_the_example(joined: Site, status: int, code: str) -> None:
    joined.telephony = (status, {"errorCode": "CMN-000"})
    refused(REMOVE, ask(joined, REMOVE), code)
