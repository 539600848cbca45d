"""Nobody is kept out: axe finds nothing, on a phone's width, light and dark, and nothing is wider than the screen."""

from collections.abc import Iterator
from itertools import product

import pytest
from playwright.sync_api import Browser, expect

from local.stack.places import ROOT
from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen

AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STILL = """
    const finite = document.getAnimations().filter((one) => one.effect.getTiming().iterations !== Infinity);
    Promise.allSettled(finite.map((one) => one.finished)).then(() => null)
"""
LOOKS = list(product(["light", "dark"], [360, 1280]))


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest, chrome: Browser, stack: Stack) -> Iterator[Screen]:
    scheme, width = request.param
    context = chrome.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    screen = Screen(context.new_page(), stack)
    yield screen
    context.close()
    assert screen.complaints == []


def findings(screen: Screen) -> list[str]:
    """What axe finds, once nothing moves any more."""
    screen.page.evaluate(STILL)
    screen.page.evaluate(AXE.read_text())
    found = screen.page.evaluate("(tags) => axe.run(document, { runOnly: tags })", RULES)
    wide = screen.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [
        f"{violation['id']}: {node['html'][:200]}" for violation in found["violations"] for node in violation["nodes"]
    ] + (["wider than the screen"] if wide else [])


def test_every_state_of_the_page(look: Screen, agent: Agent, stack: Stack) -> None:
    look.open()
    expect(look.button("Sign in with RingCentral")).to_be_visible()
    assert findings(look) == []
    look.sign_in(agent)
    assert findings(look) == []

    conference = agent.open_conference()
    for number in range(2, 11):
        agent.bring_in_somebody(conference, f"Person with quite a long name for a row, number {number}")
    look.choose(conference)
    expect(look.people).to_have_count(10)
    assert findings(look) == []

    Agent.set_faults(stack, api=[{"method": "DELETE", "pathPattern": "/parties/", "times": 9, "status": 403}])
    name = "Person with quite a long name for a row, number 5"
    look.button(f"Remove {name}").click()
    assert findings(look) == []
    look.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(look.person(name)).to_contain_text("does not let you")
    assert findings(look) == []

    agent.leave_conference(conference)
    expect(look.region("Roster")).to_have_attribute("data-state", "ended")
    expect(look.page.locator("li[data-leaving]")).to_have_count(0)
    assert findings(look) == []


def test_axe_finds_what_is_wrong(look: Screen) -> None:
    look.open()
    expect(look.button("Sign in with RingCentral")).to_be_visible()
    look.page.evaluate("document.querySelector('#sign-in').textContent = ''")
    assert [found for found in findings(look) if found.startswith("button-name")]
