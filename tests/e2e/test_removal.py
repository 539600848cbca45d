"""Throwing somebody out, and everything that may stand in the way."""

import httpx
import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent, people


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_somebody_is_removed_once_and_the_second_time_has_already_left(agent: Agent) -> None:
    conference = agent.open_conference()
    leg, anna = agent.bring_in_somebody(conference, "Anna")
    with agent.socket() as socket:
        if people(socket.subscribe(conference)) != sorted([agent.name, "Anna"]):
            socket.roster_of(agent.name, "Anna")
        answer = agent.remove(conference, anna)
        assert (answer.status_code, answer.json()) == (202, {"status": "requested"})
        assert socket.roster_of(agent.name)["changes"][0]["type"] == "left"
    answer = agent.remove(conference, anna)
    assert (answer.status_code, answer.json()) == (200, {"status": "already-left"})
    deletions = [request["path"] for request in agent.requests_at_ringcentral() if request["method"] == "DELETE"]
    assert deletions == [f"/restapi/v1.0/account/~/telephony/sessions/{leg[0]}/parties/{leg[1]}"]


@pytest.fixture
def conference(agent: Agent) -> tuple[str, str]:
    """A conference with Anna in it, whom Rollcall knows."""
    conference = agent.open_conference()
    _, anna = agent.bring_in_somebody(conference, "Anna")
    with agent.socket() as socket:
        if people(socket.subscribe(conference)) != sorted([agent.name, "Anna"]):
            socket.roster_of(agent.name, "Anna")
    return conference, anna


@pytest.mark.parametrize(
    ("fault", "answered", "retry_after"),
    [
        ({"status": 401}, (401, "ringcentral-unauthorized"), None),
        ({"status": 403}, (403, "ringcentral-forbidden"), None),
        ({"status": 404}, (404, "ringcentral-not-found"), None),
        ({"status": 429, "retryAfter": 30}, (429, "ringcentral-rate-limited"), "30"),
        ({"status": 500}, (502, "ringcentral-failed"), None),
        ({"status": 503, "retryAfter": 9}, (503, "ringcentral-unavailable"), "9"),
    ],
)
def test_what_ringcentral_refuses_is_a_problem_of_its_own(
    agent: Agent,
    stack: Stack,
    conference: tuple[str, str],
    fault: dict[str, int],
    answered: tuple[int, str],
    retry_after: str | None,
) -> None:
    Agent.set_faults(stack, api=[{"method": "DELETE", "pathPattern": "/parties/", "times": 2} | fault])
    answer = agent.remove(*conference)
    assert problem(answer) == answered
    assert answer.headers.get("retry-after") == retry_after
    assert people(agent.get(f"/conferences/{conference[0]}").json()) == sorted([agent.name, "Anna"])


def test_during_a_penalty_ringcentral_is_not_asked(agent: Agent, stack: Stack, conference: tuple[str, str]) -> None:
    fault = {"method": "DELETE", "pathPattern": "/parties/", "status": 429, "retryAfter": 30, "times": 1}
    Agent.set_faults(stack, api=[fault])
    assert problem(agent.remove(*conference)) == (429, "ringcentral-rate-limited")
    asked = len(agent.requests_at_ringcentral())
    for _ in range(3):
        answer = agent.remove(*conference)
        assert problem(answer) == (429, "ringcentral-rate-limited")
        assert 25 <= int(answer.headers["retry-after"]) <= 31
    assert len(agent.requests_at_ringcentral()) == asked


def test_the_conferences_own_leg_is_the_second_way(agent: Agent, stack: Stack, conference: tuple[str, str]) -> None:
    Agent.set_faults(stack, api=[{"method": "DELETE", "pathPattern": "/parties/", "status": 404, "times": 1}])
    with agent.socket() as socket:
        socket.subscribe(conference[0])
        assert agent.remove(*conference).status_code == 202
        socket.roster_of(agent.name)


def test_nobody_unknown_is_removed(agent: Agent, conference: tuple[str, str]) -> None:
    assert problem(agent.remove("s-unknown", conference[1])) == (404, "unknown-conference")
    assert problem(agent.remove(conference[0], "p-unknown")) == (404, "unknown-participant")
    assert problem(agent.remove("s" * 5000, "p-unknown")) == (404, "unknown-conference")


def test_the_host_is_not_removed(agent: Agent, conference: tuple[str, str]) -> None:
    (host,) = [p for p in agent.get(f"/conferences/{conference[0]}").json()["participants"] if p["role"] == "host"]
    assert problem(agent.remove(conference[0], host["id"])) == (403, "host-not-removable")
