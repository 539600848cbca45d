"""The HTTP interface does what docs/openapi.yaml says: every answer to thousands of requests, good ones and bad."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.stack.stack import Stack
from rollcall.entry.bodies import LARGEST_PAGE, PAGE
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws
from tests.e2e.interface_run import run
from tests.e2e.waiting import eventually

EXAMPLES = 5000
REACHED = {
    ("GET /conferences", 200),
    ("GET /conferences", 400),
    ("GET /conferences/{conferenceId}", 200),
    ("GET /conferences/{conferenceId}", 404),
    ("POST /conferences/{conferenceId}/participants/{participantId}/remove", 200),
    ("POST /conferences/{conferenceId}/participants/{participantId}/remove", 202),
    ("POST /conferences/{conferenceId}/participants/{participantId}/remove", 403),
    ("POST /conferences/{conferenceId}/participants/{participantId}/remove", 404),
    ("POST /tickets", 201),
    ("POST /webhook", 200),
}
"""Answers without which a run would have shown little."""
CHECKS = {
    "allow_header_conformance",
    "content_type_conformance",
    "ensure_resource_availability",
    "ignored_auth",
    "max_response_time",
    "missing_required_header",
    "negative_data_rejection",
    "not_a_server_error",
    "object_level_authorization",
    "positive_data_acceptance",
    "response_headers_conformance",
    "response_schema_conformance",
    "status_code_conformance",
    "unsupported_method",
    "use_after_free",
}


@pytest.fixture
def agent(stack: Stack) -> Iterator[Agent]:
    """An agent of an account in which no other test has conferences."""
    agent = Agent(stack, "700100044", "700200044")
    yield agent
    agent.close()


def test_every_answer_to_5000_requests_is_one_that_the_document_describes(
    stack: Stack, aws: Aws, agent: Agent, stranger: Agent, tmp_path: Path
) -> None:
    conferences = [agent.open_conference() for _ in range(3)]
    people = [agent.bring_in_somebody(conference, name)[1] for conference in conferences for name in ("Anna", "Bert")]
    theirs = stranger.open_conference()
    eventually(lambda: len(agent.get("/conferences").json()["conferences"]) == len(conferences), "rosters of ours")
    eventually(lambda: stranger.get("/conferences").json()["conferences"], "a roster of the stranger's")
    hosts = [roster["participants"][0]["id"] for roster in agent.get("/conferences").json()["conferences"]]
    token = agent.get("/conferences?limit=1").json()["nextToken"]

    started = time.monotonic()
    ran = run(
        tmp_path,
        stack.api_url,
        tokens={"agent": agent.access_token, "stranger": stranger.access_token},
        verification_token=aws.verification_token(),
        dictionaries={
            "conferences": [*conferences, theirs],
            "participants": [*people, *hosts],
            "next-tokens": [token],
        },
    )
    asked = [request for request in agent.requests_at_ringcentral() if request["method"] != "POST"]
    print(f"\n{ran.cases} cases in {time.monotonic() - started:.0f} s, {len(asked)} questions to RingCentral")
    for (operation, status), times in sorted(ran.answers.items()):
        print(f"{times:6} x {status} {operation}")

    assert ran.passed, ran.printed
    assert ran.cases >= EXAMPLES
    assert ran.phases == {"examples", "coverage", "fuzzing", "stateful"}
    assert ran.checks >= CHECKS
    assert set(ran.answers) >= REACHED


@pytest.mark.parametrize("limit", [1, 2, PAGE, LARGEST_PAGE - 1, LARGEST_PAGE])
def test_every_limit_is_accepted_that_the_document_admits(agent: Agent, limit: int) -> None:
    assert agent.get(f"/conferences?limit={limit}").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "", 404, "unknown-route"),
        ("GET", "/nothing", 404, "unknown-route"),
        ("GET", "/conferences/", 404, "unknown-route"),
        ("GET", "/conferences/a%2Fb", 404, "unknown-route"),
        ("GET", "/conferences/%00", 404, "unknown-conference"),
        ("GET", "/conferences/%FF", 404, "unknown-conference"),
        ("GET", "/conferences/%C3%A9", 404, "unknown-conference"),
        ("GET", f"/conferences/{'x' * 2000}", 404, "unknown-conference"),
        ("POST", "/conferences/a/participants//remove", 404, "unknown-route"),
        ("POST", "/conferences/a/participants/b/remove/", 404, "unknown-route"),
        ("GET", "/conferences?limit=1&limit=2", 400, "invalid-request"),
        ("GET", f"/conferences?limit={'9' * 400}", 400, "invalid-request"),
        ("GET", "/conferences?limit=%D9%A1", 400, "invalid-request"),
        ("GET", "/conferences?nextToken=", 400, "invalid-request"),
        ("GET", "/conferences?nextToken=%00", 400, "invalid-request"),
    ],
)
def test_odd_addresses_get_a_problem(agent: Agent, method: str, path: str, status: int, code: str) -> None:
    answer = agent.get(path) if method == "GET" else agent.post(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/webhook", "OPTIONS, POST"),
        ("/tickets", "OPTIONS, POST"),
        ("/conferences", "GET, OPTIONS"),
        ("/conferences/s-1", "GET, OPTIONS"),
        ("/conferences/s-1/participants/p-1/remove", "OPTIONS, POST"),
    ],
)
def test_another_method_gets_a_405_that_names_the_right_ones(
    stack: Stack, method: str, path: str, allowed: str
) -> None:
    answer = httpx.request(method, stack.api_url + path, timeout=15, trust_env=False)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    assert answer.headers["content-type"] == "application/problem+json"
    assert method == "HEAD" or answer.json()["code"] == "method-not-allowed"
