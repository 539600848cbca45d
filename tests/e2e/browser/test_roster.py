"""What is in the DOM follows the conference."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen


@pytest.fixture
def conference(screen: Screen, agent: Agent) -> str:
    """One that the agent has begun while the console was open, chosen there."""
    conference_id = agent.open_conference()
    expect(screen.conference(conference_id)).to_be_visible()
    screen.choose(conference_id)
    screen.expect_people(agent.name)
    return conference_id


def timeline(screen: Screen) -> Locator:
    return screen.region("Timeline").get_by_role("listitem")


def test_people_come_and_go(screen: Screen, agent: Agent, conference: str) -> None:
    carla, _ = agent.bring_in_somebody(conference, "Carla Customer")
    screen.expect_people(agent.name, "Carla Customer")
    agent.bring_in_somebody(conference, "Bob Builder")
    screen.expect_people(agent.name, "Carla Customer", "Bob Builder")
    agent.hang_up(carla)
    screen.expect_people(agent.name, "Bob Builder")
    expect(screen.page.locator("li[data-leaving]")).to_have_count(0)
    screen.expect_version_of(agent, conference)
    expect(timeline(screen).filter(has_text="Carla Customer joined")).to_have_count(1)
    expect(timeline(screen).filter(has_text=re.compile("Carla Customer left.*hung up"))).to_have_count(1)
    expect(screen.conference(conference)).to_contain_text("2 people")


def test_who_leaves_is_shown_leaving_and_then_is_gone(screen: Screen, agent: Agent, conference: str) -> None:
    leg, participant = agent.bring_in_somebody(conference, "Carla Customer")
    row = screen.page.locator(f'li[data-participant="{participant}"]')
    expect(row).to_be_visible()
    agent.hang_up(leg)
    expect(row).to_contain_text("left · hung up")
    expect(row).to_have_count(0)


def test_the_end_is_shown_and_the_conference_leaves_the_list(screen: Screen, agent: Agent, conference: str) -> None:
    agent.leave_conference(conference)
    expect(screen.region("Roster")).to_have_attribute("data-state", "ended")
    expect(screen.region("Roster")).to_contain_text("Ended")
    expect(screen.conference(conference)).to_have_count(0)
    screen.expect_people()


def test_ten_people(screen: Screen, agent: Agent, conference: str) -> None:
    names = [f"Person {number}" for number in range(2, 11)]
    for name in names:
        agent.bring_in_somebody(conference, name)
    screen.expect_people(agent.name, *names)
    screen.expect_version_of(agent, conference)


def test_names_are_text_whatever_is_in_them(screen: Screen, agent: Agent, conference: str) -> None:
    names = [
        "<img src=x onerror=\"document.title='owned'\">",
        "</li><script>document.title='owned'</script>",
        "&lt;b&gt; ${1+1} {{2+2}} \u202etxet",
    ]
    for name in names:
        agent.bring_in_somebody(conference, name)
    screen.expect_people(agent.name, *names)
    expect(screen.page.locator("img, .person-name *")).to_have_count(0)
    expect(screen.page).not_to_have_title("owned")
    screen.button(f"Remove {names[0]}").click()
    expect(screen.page.get_by_role("dialog")).to_contain_text(names[0])


def test_the_link_to_a_conference_shows_it_after_a_reload(screen: Screen, agent: Agent, conference: str) -> None:
    agent.bring_in_somebody(conference, "Carla Customer")
    assert conference in screen.page.url
    screen.page.reload()
    screen.expect_people(agent.name, "Carla Customer")
    screen.expect_version_of(agent, conference)


def test_a_conference_that_was_there_before_is_listed_and_shown(screen: Screen, agent: Agent) -> None:
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Carla Customer")
    expect(screen.conference(conference)).to_contain_text("2 people")
    screen.page.reload()
    screen.choose(conference)
    screen.expect_people(agent.name, "Carla Customer")
