"""Where only a conference's host may watch it, and where only the host may have somebody removed."""

import contextlib
import itertools
from collections.abc import Iterator

import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually

_extensions = itertools.count(700200901)


@pytest.fixture
def colleague(stack: Stack) -> Iterator[Agent]:
    """Somebody else of the same account, of whom no other test knows."""
    colleague = Agent(stack, "700100001", str(next(_extensions)))
    yield colleague
    colleague.close()


@contextlib.contextmanager
def policies(aws: Aws, **policies: str) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for function in ("roster", "connections", "conferences", "remove"):
            stack.enter_context(aws.changed_environment(function, **policies))
        yield


def test_a_colleague_may_watch_and_ask_and_ringcentral_decides(agent: Agent, colleague: Agent) -> None:
    conference = agent.open_conference()
    with colleague.socket() as socket:
        socket.subscribe(conference)
        _, anna = agent.bring_in_somebody(conference, "Anna")
        socket.roster_of(agent.name, "Anna")
    answer = colleague.remove(conference, anna)
    assert (answer.status_code, answer.json()["code"]) == (403, "ringcentral-forbidden")


def test_only_the_host_may_watch(aws: Aws, agent: Agent, colleague: Agent) -> None:
    with policies(aws, WATCH_POLICY="host"):
        conference = agent.open_conference()
        with agent.socket() as host, colleague.socket() as prying:
            host.subscribe(conference)
            assert people(prying.subscribe(conference)) == []
            prying.say(action="subscribe", scope="extension")
            prying.next(lambda message: message["type"] == "subscribed")
            _, anna = agent.bring_in_somebody(conference, "Anna")
            host.roster_of(agent.name, "Anna")
            with pytest.raises(TimeoutError):
                prying.next(within=1.0)
            assert people(prying.subscribe(conference)) == []
        assert colleague.get(f"/conferences/{conference}").json()["code"] == "unknown-conference"
        assert conference not in colleague.get("/conferences").text
        assert colleague.remove(conference, anna).json()["code"] == "unknown-conference"
        assert people(agent.get(f"/conferences/{conference}").json()) == sorted([agent.name, "Anna"])
        assert conference in agent.get("/conferences").text
    assert [request for request in colleague.requests_at_ringcentral() if request["method"] == "DELETE"] == []


def test_only_the_host_may_have_somebody_removed(aws: Aws, agent: Agent, colleague: Agent) -> None:
    with policies(aws, REMOVE_POLICY="host"):
        conference = agent.open_conference()
        _, anna = agent.bring_in_somebody(conference, "Anna")
        eventually(lambda: "Anna" in colleague.get(f"/conferences/{conference}").text, "Anna is in")
        answer = colleague.remove(conference, anna)
        assert (answer.status_code, answer.json()["code"]) == (403, "host-only")
        assert [request for request in colleague.requests_at_ringcentral() if request["method"] == "DELETE"] == []
        assert agent.remove(conference, anna).status_code == 202
