"""What nobody may do over HTTP: refused as documented, nothing written, and not a word of another account."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws
from tests.e2e.forbidden import Attempt, attempts, filled_in
from tests.e2e.waiting import SECONDS, eventually
from tests.support.events import as_body, in_conference, notification

NAME, NUMBER = "Victoria Victim", "+12055550177"


@pytest.fixture(scope="module")
def victim(stack: Stack) -> Iterator[Agent]:
    victim = Agent(stack, "700100077", "700200701")
    yield victim
    victim.close()


@pytest.fixture(scope="module")
def intruder(stack: Stack) -> Iterator[Agent]:
    intruder = Agent(stack, "700100078", "700200702")
    yield intruder
    intruder.close()


@pytest.fixture(scope="module")
def scene(victim: Agent, intruder: Agent, aws: Aws) -> dict[str, str]:
    """Two accounts with a conference each, and everything of the victim's that an intruder may have got hold of.

    No other conference is there: to verify one would change the tables, which are held against what they were.
    """
    aws.forget_rosters("")
    victims_conference, conference = victim.open_conference(), intruder.open_conference()
    leg, victims_participant = victim.bring_in_somebody(victims_conference, NAME)
    (known,) = eventually(lambda: _with_two(victim), "the victim's conference is known")
    assert NAME in json.dumps(known)
    (own,) = eventually(lambda: intruder.get("/conferences").json()["conferences"], "the intruder's is known")
    position = json.dumps([2**52, victims_conference]).encode()
    return {
        "token": intruder.access_token,
        "verification_token": aws.verification_token(),
        "conference": conference,
        "host": own["participants"][0]["id"],
        "victims_account": victim.account_id,
        "victims_conference": victims_conference,
        "victims_participant": victims_participant,
        "victims_leg": leg[1],
        "victims_position": base64.urlsafe_b64encode(position).decode().rstrip("="),
        "join": as_body(notification(9, in_conference("p-conf-2"))).decode(),
    }


def _with_two(agent: Agent) -> list[dict[str, Any]]:
    conferences: list[dict[str, Any]] = agent.get("/conferences").json()["conferences"]
    return [conference for conference in conferences if len(conference["participants"]) == 2]


def written(aws: Aws) -> list[str]:
    """Everything in both tables but what Rollcall itself remembers of callers."""
    items = aws.items("PartyTableName") + aws.items("ConnectionTableName")
    own = ("IDENTITY#", "PENALTY#", "LEASE#", "NOTE#")
    return sorted(json.dumps(item, sort_keys=True) for item in items if not item["pk"]["S"].startswith(own))


def send(stack: Stack, attempt: Attempt, scene: dict[str, str]) -> httpx.Response:
    headers = [(name, filled_in(value, scene)) for name, value in attempt.headers]
    if attempt.token:
        headers.append(("Authorization", f"Bearer {scene['token']}"))
    with httpx.Client(timeout=SECONDS, trust_env=False) as client:
        return client.request(
            attempt.method,
            stack.api_url + filled_in(attempt.path, scene),
            headers=headers,
            content=filled_in(attempt.body, scene),
        )


def test_there_are_enough_of_them_and_no_two_are_the_same() -> None:
    names = [attempt.name for attempt in attempts()]
    assert len(names) == len(set(names)) >= 60


@pytest.mark.parametrize("attempt", attempts(), ids=lambda attempt: attempt.name)
def test_it_is_refused_and_leaves_no_trace(
    stack: Stack, aws: Aws, victim: Agent, scene: dict[str, str], attempt: Attempt
) -> None:
    before = written(aws)
    asked_before = len(victim.requests_at_ringcentral())
    answer = send(stack, attempt, scene)

    status, code = attempt.answered
    assert (answer.status_code, _code(answer)) == (status, code), answer.text
    told = answer.text + str(answer.headers)
    for secret in (NAME, NUMBER, victim.name, victim.extension_id, scene["verification_token"]):
        assert secret not in told
    assert "x-injected" not in answer.headers
    assert written(aws) == before
    assert len(victim.requests_at_ringcentral()) == asked_before


def _code(answer: httpx.Response) -> str | None:
    if answer.headers.get("content-type") != "application/problem+json":
        return None
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return str(problem["code"])


def test_a_token_that_ringcentral_no_longer_takes_is_refused_and_none_is_guessed(stack: Stack) -> None:
    faults = [((401, 401), "unauthenticated"), ((503, 503), "ringcentral-unavailable"),
              ((500, 503), "ringcentral-unavailable"), ((429, 429), "ringcentral-rate-limited")]  # fmt: skip
    for number, ((status, answered), code) in enumerate(faults):
        fresh = Agent(stack, "700100078", f"70020071{number}")
        Agent.set_faults(stack, api=[{"method": "GET", "pathPattern": "/extension/~", "status": status, "times": 9}])
        for path in ("/conferences", "/conferences/s-1"):
            answer = fresh.get(path)
            assert (answer.status_code, answer.json()["code"]) == (answered, code)
        Agent.set_faults(stack)
        fresh.close()
