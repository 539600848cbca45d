"""Somebody is removed by a click, or the page says why not."""

import re
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect

from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen


@pytest.fixture
def conference(screen: Screen, agent: Agent) -> str:
    conference_id = agent.open_conference()
    for name in ("Carla Customer", "Bob Builder"):
        agent.bring_in_somebody(conference_id, name)
    screen.choose(conference_id)
    screen.expect_people(agent.name, "Carla Customer", "Bob Builder")
    return conference_id


def removals(agent: Agent) -> list[dict[str, Any]]:
    """What reached RingCentral."""
    return [asked for asked in agent.requests_at_ringcentral() if asked["method"] == "DELETE"]


def on_the_line(agent: Agent, stack: Stack) -> list[str]:
    """Who still has a call with the agent, at RingCentral."""
    whose = {"accountId": agent.account_id, "extensionId": agent.extension_id}
    calls = httpx.get(f"{stack.ringcentral_url}/simulator/calls", params=whose, trust_env=False).json()
    return [call["remote"]["name"] for call in calls]


def test_who_is_removed_leaves_the_screen_and_the_call(
    screen: Screen, agent: Agent, stack: Stack, conference: str
) -> None:
    assert on_the_line(agent, stack) == ["Carla Customer", "Bob Builder"]
    screen.remove("Carla Customer")
    screen.expect_people(agent.name, "Bob Builder")
    assert [asked["status"] for asked in removals(agent)] == [204]
    assert on_the_line(agent, stack) == ["Bob Builder"]
    expect(screen.region("Timeline")).to_contain_text("RingCentral accepted to remove Carla Customer")


def test_who_thinks_again_removes_nobody(screen: Screen, agent: Agent, conference: str) -> None:
    screen.button("Remove Carla Customer").click()
    dialog = screen.page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(screen.button("Remove Carla Customer")).to_be_focused()
    screen.button("Remove Carla Customer").click()
    screen.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    screen.expect_people(agent.name, "Carla Customer", "Bob Builder")
    assert removals(agent) == []


def test_the_host_can_not_be_removed(screen: Screen, agent: Agent, conference: str) -> None:
    expect(screen.button(f"Remove {agent.name}")).to_have_count(0)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"status": 403}, "RingCentral does not let you remove them."),
        ({"status": 500}, "RingCentral failed. Try again."),
    ],
)
def test_a_refusal_stands_beside_the_person(
    screen: Screen, agent: Agent, stack: Stack, conference: str, fault: dict[str, Any], told: str
) -> None:
    Agent.set_faults(stack, api=[{"method": "DELETE", "pathPattern": "/parties/", "times": 9} | fault])
    screen.remove("Carla Customer")
    expect(screen.person("Carla Customer")).to_contain_text(told)
    expect(screen.person("Bob Builder")).not_to_contain_text(told)
    screen.expect_people(agent.name, "Carla Customer", "Bob Builder")
    Agent.set_faults(stack)
    screen.remove("Carla Customer")
    screen.expect_people(agent.name, "Bob Builder")


def test_who_has_to_wait_sees_for_how_long_and_then_may(
    screen: Screen, agent: Agent, stack: Stack, conference: str
) -> None:
    fault = {"method": "DELETE", "pathPattern": "/parties/", "status": 429, "retryAfter": 4, "times": 1}
    Agent.set_faults(stack, api=[fault])
    screen.remove("Carla Customer")
    row = screen.person("Carla Customer")
    expect(row).to_contain_text(re.compile(r"Try again in [34] s"))
    expect(row).to_contain_text(re.compile(r"Try again in [12] s"))
    expect(screen.button("Remove Carla Customer")).to_have_attribute("aria-disabled", "true")
    screen.button("Remove Carla Customer").click(force=True)
    expect(screen.page.get_by_role("dialog")).to_be_hidden()
    expect(row).to_contain_text("You can try again now.", timeout=20_000)
    screen.remove("Carla Customer")
    screen.expect_people(agent.name, "Bob Builder")


def test_rollcall_that_can_not_be_reached_is_told_too(screen: Screen, agent: Agent, conference: str) -> None:
    screen.page.route("**/remove", lambda route: route.abort("connectionfailed"))
    screen.remove("Carla Customer")
    expect(screen.person("Carla Customer")).to_contain_text("could not be reached")
    screen.complaints.clear()  # Chromium complains of the request that failed


def test_a_removal_works_by_keyboard_alone(screen: Screen, agent: Agent, conference: str) -> None:
    screen.button("Remove Carla Customer").focus()
    for key in ("Enter", "Tab", "Enter"):
        screen.page.keyboard.press(key)
    screen.expect_people(agent.name, "Bob Builder")
    expect(screen.page.locator("li[data-leaving]")).to_have_count(0)
    expect(screen.button("Remove Bob Builder")).to_be_focused()
