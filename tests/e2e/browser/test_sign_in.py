"""Signing in and out, in a real browser at the real stack."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen

STORED = "JSON.stringify([{...localStorage}, document.cookie])"


def test_somebody_signs_in_and_stays_so_over_a_reload(screen: Screen, agent: Agent) -> None:
    expect(screen.page.locator("#user-name")).to_contain_text(agent.name)
    assert urlsplit(screen.page.url).query == ""
    screen.page.reload()
    screen.wait_until("open")
    expect(screen.page.locator("#user-name")).to_contain_text(agent.name)


def test_nothing_of_the_login_outlives_the_tab(screen: Screen, open_console: Callable[[], Screen]) -> None:
    assert screen.page.evaluate(STORED) == '[{},""]'
    other = open_console()
    other.open()
    expect(other.button("Sign in with RingCentral")).to_be_visible()


def test_who_signs_out_is_out_at_ringcentral_too(screen: Screen, agent: Agent) -> None:
    token = screen.page.evaluate("JSON.stringify({...sessionStorage})")
    screen.button("Sign out").click()
    expect(screen.button("Sign in with RingCentral")).to_be_visible()
    assert agent.name not in screen.page.content()
    assert "access" in token
    assert screen.page.evaluate("JSON.stringify({...sessionStorage})") == "{}"
    revoked = [asked for asked in agent.requests_at_ringcentral() if asked["path"].endswith("/oauth/revoke")]
    assert [asked["status"] for asked in revoked] == [200]


def test_who_cancels_is_told_and_may_try_again(open_console: Callable[[], Screen], agent: Agent) -> None:
    screen = open_console()
    screen.open()
    screen.button("Sign in with RingCentral").click()
    screen.button("Cancel").click()
    expect(screen.page.get_by_role("alert")).to_be_visible()
    assert urlsplit(screen.page.url).query == ""
    screen.sign_in(agent)


def test_an_answer_to_a_sign_in_that_nobody_began_is_not_taken(
    open_console: Callable[[], Screen], agent: Agent
) -> None:
    screen = open_console()
    screen.open()
    screen.page.goto(f"{screen.page.url}?code=somebody-elses&state=guessed")
    expect(screen.page.get_by_role("alert")).to_be_visible()
    expect(screen.button("Sign in with RingCentral")).to_be_visible()
    assert urlsplit(screen.page.url).query == ""
