"""A conference from its first event to its last, as a web phone sees it."""

import itertools

import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent, Hook, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import settled
from tests.support.events import as_body, in_conference, notification, status


def test_people_join_and_leave_and_the_web_phone_knows(agent: Agent) -> None:
    conference = agent.open_conference()
    with agent.socket() as socket:
        socket.subscribe(conference)
        anna, _ = agent.bring_in_somebody(conference, "Anna")
        roster = socket.roster_of(agent.name, "Anna")
        assert [(change["type"], change["participant"]["name"]) for change in roster["changes"]] == [("joined", "Anna")]
        assert roster["participants"][0]["role"] == "host"
        agent.bring_in(conference, agent.call("Bert", "Inbound"))
        socket.roster_of(agent.name, "Anna", "Bert")
        agent.hang_up(anna)
        roster = socket.roster_of(agent.name, "Bert")
        assert [(change["type"], change["reason"]) for change in roster["changes"]] == [("left", "Disconnected")]
        agent.leave_conference(conference)
        ended = socket.roster_of()
        assert (ended["state"], ended["changes"][-1]) == ("ended", {"type": "ended"})
        highest = max(socket.versions())
    shown = agent.get(f"/conferences/{conference}").json()
    assert (shown["state"], shown["participants"], shown["version"]) == ("ended", [], highest)


def test_others_stay_when_the_host_leaves_the_conference_alive(agent: Agent) -> None:
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    with agent.socket() as socket:
        socket.subscribe(conference)
        agent.leave_conference(conference, keepConferenceAlive=True)
        assert socket.roster_of("Anna")["state"] == "active"


def test_a_leg_brought_into_a_second_conference_leaves_the_first(agent: Agent, stack: Stack) -> None:
    hook, first, second = Hook(stack), f"s-first-{agent.extension_id}", f"s-second-{agent.extension_id}"
    moved = f"{agent.extension_id}moved"
    body = {"telephonySessionId": f"s-{moved}"}
    with agent.socket() as socket:
        socket.subscribe(first)
        socket.subscribe(second)
        for sequence, conference in ((9, first), (12, second)):
            content = notification(sequence, in_conference(f"p-{conference}-2", conference), body=body)
            assert hook.post(as_body(content)).status_code == 200
        socket.next(lambda message: message["conferenceId"] == second and people(message) == ["Person 1"])
    assert agent.get(f"/conferences/{first}").json()["participants"] == []


@pytest.mark.parametrize("order", sorted(set(itertools.permutations(["joined", "left"] * 2))))
def test_every_order_and_duplication_through_the_whole_stack(
    agent: Agent, stack: Stack, order: tuple[str, ...]
) -> None:
    """A second person joins behind each order, so that it is known when the stack has seen it all."""
    hook, conference = Hook(stack), f"s-order-{agent.extension_id}"
    body = {"telephonySessionId": f"s-order-{agent.extension_id}-direct"}
    contents = {
        "joined": notification(9, in_conference("p-2", conference), body=body, second=9),
        "left": notification(11, status("Disconnected"), body=body, second=11),
    }
    marker = notification(
        2, in_conference("p-3", conference), call=2, body={"telephonySessionId": body["telephonySessionId"] + "2"}
    )
    with agent.socket() as socket:
        socket.subscribe(conference)
        for word in order:
            assert hook.post(as_body(contents[word])).status_code == 200
        hook.post(as_body(marker))
        socket.roster_of("Person 2")
    shown = agent.get(f"/conferences/{conference}").json()
    assert [person["id"] for person in shown["participants"]] == ["p-3"]


def test_lost_order_and_duplicates_at_ringcentral_change_nothing(agent: Agent, stack: Stack) -> None:
    Agent.set_faults(stack, duplicate=0.5, reorder=0.5, seed=7)
    conference = agent.open_conference()
    with agent.socket() as socket:
        socket.subscribe(conference)
        legs = [agent.bring_in_somebody(conference, f"Guest {number}")[0] for number in range(5)]
        socket.roster_of(agent.name, *(f"Guest {number}" for number in range(5)))
        for leg in legs[:4]:
            agent.hang_up(leg)
        socket.roster_of(agent.name, "Guest 4")


def test_an_agent_watches_all_own_conferences_at_once(agent: Agent) -> None:
    first = agent.open_conference()
    agent.bring_in_somebody(first, "Anna")
    with agent.socket() as socket:
        socket.say(action="subscribe", scope="extension", requestId=1)
        subscribed = socket.next(lambda message: message["type"] == "subscribed")
        assert subscribed == {
            "type": "subscribed",
            "scope": "extension",
            "extensionId": agent.extension_id,
            "requestId": 1,
        }
        socket.next(lambda message: message["conferenceId"] == first and message["participants"])
        second = agent.open_conference()
        agent.bring_in_somebody(second, "Bert")
        socket.next(lambda message: message["conferenceId"] == second and people(message) == [agent.name, "Bert"])


def test_conferences_are_listed_newest_first_page_by_page(agent: Agent) -> None:
    made = []
    for name in ("Anna", "Bert", "Cleo"):
        conference = agent.open_conference()
        with agent.socket() as socket:
            agent.bring_in_somebody(conference, name)
            if people(socket.subscribe(conference)) != sorted([agent.name, name]):
                socket.roster_of(agent.name, name)
        made.append(conference)
    page = agent.get("/conferences?limit=2").json()
    assert [roster["conferenceId"] for roster in page["conferences"]] == [made[2], made[1]]
    page = agent.get(f"/conferences?limit=2&nextToken={page['nextToken']}").json()
    assert page["conferences"][0]["conferenceId"] == made[0]


def test_a_call_that_is_in_no_conference_never_wakes_the_roster_function(agent: Agent, aws: Aws) -> None:
    conference = agent.open_conference()
    with agent.socket() as socket:
        if people(socket.subscribe(conference)) != [agent.name]:
            socket.roster_of(agent.name)
        before = settled(lambda: aws.runs_of("roster"))
        for number in range(5):
            agent.hang_up(agent.call(f"Caller {number}"))
        agent.bring_in_somebody(conference, "Anna")
        socket.roster_of(agent.name, "Anna")
    assert before > 0
    assert settled(lambda: aws.runs_of("roster")) == before + 1
