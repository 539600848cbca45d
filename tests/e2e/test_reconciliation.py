"""What events alone can't tell: RingCentral is asked, and rosters are right, on the running stack."""

import time

import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually


@pytest.fixture(autouse=True)
def _nothing_else_is_due(aws: Aws) -> None:
    """Nothing that other tests have left waiting, and nothing that they have spent."""
    aws.forget_rosters("")
    aws.forget_budgets()
    aws.forget_penalties()


def later(aws: Aws, agent: Agent, conference: str) -> None:
    """As if what is known of the conference were an hour old: what was told is settled, and it is due."""
    aws.backdate_records(agent.account_id, conference)
    aws.make_due(agent.account_id, conference)


def with_people(agent: Agent, conference: str, *names: str) -> None:
    eventually(lambda: _people(agent, conference) == sorted(names), f"{names} are in")


def _people(agent: Agent, conference: str) -> list[str]:
    answer = agent.get(f"/conferences/{conference}")
    return people(answer.json()) if answer.status_code == 200 else []


def drop_everything(stack: Stack) -> None:
    Agent.set_faults(stack, drop=1.0)


def test_a_leave_that_got_lost_is_found_and_told_as_found(stack: Stack, aws: Aws, agent: Agent) -> None:
    conference = agent.open_conference()
    anna, _ = agent.bring_in_somebody(conference, "Anna")
    agent.bring_in_somebody(conference, "Bert")
    with agent.socket() as socket:
        socket.subscribe(conference)
        with_people(agent, conference, agent.name, "Anna", "Bert")
        drop_everything(stack)
        agent.hang_up(anna)
        later(aws, agent, conference)
        aws.run("reconcile")
        (change,) = socket.roster_of(agent.name, "Bert")["changes"]
    assert (change["type"], change["participant"]["name"], change["source"]) == ("left", "Anna", "reconciliation")


def test_joins_that_got_lost_are_found_with_their_names(stack: Stack, aws: Aws, agent: Agent) -> None:
    conference = agent.open_conference()
    with_people(agent, conference, agent.name)
    drop_everything(stack)
    agent.bring_in_somebody(conference, "Anna")
    bert = agent.call("Bert", "Inbound")
    agent.bring_in(conference, bert)
    later(aws, agent, conference)
    aws.run("reconcile")
    with_people(agent, conference, agent.name, "Anna", "Bert")
    Agent.set_faults(stack)
    agent.hang_up(bert)
    with_people(agent, conference, agent.name, "Anna")


def test_a_conference_of_which_nothing_was_ever_told_is_found_when_somebody_subscribes(
    stack: Stack, aws: Aws, agent: Agent
) -> None:
    drop_everything(stack)
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    with agent.socket() as socket:
        assert socket.subscribe(conference)["version"] == 0
        aws.make_due(agent.account_id, conference)
        aws.run("reconcile")
        socket.roster_of(agent.number, "Anna")


def test_a_conference_whose_end_got_lost_ends(stack: Stack, aws: Aws, agent: Agent) -> None:
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    with agent.socket() as socket:
        socket.subscribe(conference)
        with_people(agent, conference, agent.name, "Anna")
        drop_everything(stack)
        agent.leave_conference(conference)
        later(aws, agent, conference)
        aws.run("reconcile")
        ended = socket.next(lambda message: message.get("state") == "ended")
    assert [change["type"] for change in ended["changes"]][-1] == "ended"


def test_a_host_who_leaves_the_others_there_ends_nothing(aws: Aws, agent: Agent) -> None:
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    with_people(agent, conference, agent.name, "Anna")
    agent.leave_conference(conference, keepConferenceAlive=True)
    with_people(agent, conference, "Anna")
    assert aws.due_at(agent.account_id, conference) < time.time() + 60
    later(aws, agent, conference)
    aws.run("reconcile")
    roster = agent.get(f"/conferences/{conference}").json()
    assert (people(roster), roster["state"]) == (["Anna"], "active")


def test_whoever_has_just_joined_is_not_taken_out_by_an_answer_that_is_behind(
    stack: Stack, aws: Aws, agent: Agent
) -> None:
    """The simulator's answers are made to lag behind its events."""
    conference = agent.open_conference()
    with_people(agent, conference, agent.name)
    Agent.set_faults(stack, restLagMs=60_000)
    agent.bring_in_somebody(conference, "Anna")
    with_people(agent, conference, agent.name, "Anna")
    aws.make_due(agent.account_id, conference)
    aws.run("reconcile")
    assert _people(agent, conference) == sorted([agent.name, "Anna"])
    assert aws.due_at(agent.account_id, conference) < time.time() + 60


def test_a_removal_that_finds_nobody_has_ringcentral_asked(stack: Stack, aws: Aws, agent: Agent) -> None:
    conference = agent.open_conference()
    anna, participant = agent.bring_in_somebody(conference, "Anna")
    agent.bring_in_somebody(conference, "Bert")
    with_people(agent, conference, agent.name, "Anna", "Bert")
    drop_everything(stack)
    agent.hang_up(anna)
    Agent.set_faults(stack, drop=1.0, api=[{"method": "DELETE", "pathPattern": "/parties/", "status": 404, "times": 2}])
    assert agent.remove(conference, participant).json()["code"] == "ringcentral-not-found"
    assert aws.due_at(agent.account_id, conference) <= time.time()
    aws.backdate_records(agent.account_id, conference)
    aws.run("reconcile")
    with_people(agent, conference, agent.name, "Bert")
    assert agent.remove(conference, participant).json() == {"status": "already-left"}


def test_whoever_subscribes_to_another_accounts_conference_learns_nothing_by_having_ringcentral_asked(
    aws: Aws, agent: Agent, stranger: Agent
) -> None:
    """The service's user sees the conference, whoever has it asked about."""
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    with_people(agent, conference, agent.name, "Anna")
    with stranger.socket() as prying:
        assert prying.subscribe(conference)["version"] == 0
        aws.make_due(stranger.account_id, conference)
        aws.run("reconcile")
        with pytest.raises(TimeoutError):
            prying.next(within=2.0)
    assert stranger.get(f"/conferences/{conference}").status_code == 404
    assert _people(agent, conference) == sorted([agent.name, "Anna"])
