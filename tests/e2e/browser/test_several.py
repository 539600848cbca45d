"""Several tabs, several people, several accounts."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import expect

from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen
from tests.e2e.waiting import eventually

MANY = 250
ACCOUNT_OF_MANY = "700100088"


def test_two_tabs_agree(open_console: Callable[[], Screen], agent: Agent) -> None:
    one, other = open_console(), open_console()
    for screen in (one, other):
        screen.sign_in(agent)
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Carla Customer")
    for screen in (one, other):
        screen.choose(conference)
        screen.expect_people(agent.name, "Carla Customer")
    agent.bring_in_somebody(conference, "Bob Builder")
    one.remove("Carla Customer")
    for screen in (one, other):
        screen.expect_people(agent.name, "Bob Builder")
        screen.expect_version_of(agent, conference)


def test_a_colleague_sees_it_in_the_list_and_live(stack: Stack, screen: Screen, agent: Agent) -> None:
    colleague = Agent(stack, agent.account_id, "700299001")
    conference = colleague.open_conference()
    leg, _ = colleague.bring_in_somebody(conference, "Carla Customer")
    screen.button("Refresh").click()
    screen.choose(conference)
    screen.expect_people(colleague.name, "Carla Customer")
    colleague.hang_up(leg)
    screen.expect_people(colleague.name)
    colleague.close()


def test_another_account_sees_nothing(open_console: Callable[[], Screen], agent: Agent, stranger: Agent) -> None:
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Xenia Unseen")
    screen = open_console()
    screen.sign_in(stranger, conference)  # with the link to it
    expect(screen.region("Roster")).to_have_attribute("data-version", "0")
    agent.bring_in_somebody(conference, "Yuri Unseen")
    own = stranger.open_conference()  # shows that what is live arrives
    expect(screen.conference(own)).to_be_visible()
    screen.expect_people()
    expect(screen.conferences).to_have_count(1)
    seen = screen.page.content()
    assert not [name for name in (agent.name, "Xenia Unseen", "Yuri Unseen") if name in seen]


def listed(agent: Agent) -> int:
    """How many conferences the agent's account has."""
    page = agent.get("/conferences?limit=100").json()
    found = len(page["conferences"])
    while "nextToken" in page:
        page = agent.get(f"/conferences?limit=100&nextToken={page['nextToken']}").json()
        found += len(page["conferences"])
    return found


@pytest.fixture
def many(stack: Stack) -> Iterator[list[Agent]]:
    agents = [Agent(stack, ACCOUNT_OF_MANY, f"7008{number:05d}") for number in range(MANY)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(Agent.open_conference, agents))
    eventually(lambda: listed(agents[0]) == MANY, "all conferences are there")
    yield agents
    for agent in agents:
        agent.close()


def test_250_conferences_are_listed_and_found(open_console: Callable[[], Screen], many: list[Agent]) -> None:
    me = many[42]
    screen = open_console()
    screen.sign_in(me)
    expect(screen.conferences).to_have_count(MANY)
    expect(screen.conferences.filter(has_text="Yours")).to_have_count(1)
    screen.page.get_by_label("Name or number").fill(me.number)
    conference = me.open_conference()  # goes on living meanwhile
    expect(screen.conference(conference)).to_be_visible()
    screen.choose(conference)
    screen.expect_people(me.name)
    screen.page.get_by_label("Name or number").fill("")
    expect(screen.conferences).to_have_count(MANY + 1)
