"""Signing in and out, in a real browser at the real stack."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import expect

from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen
from tests.e2e.waiting import eventually

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


def whose(token: str, stack: Stack) -> int:
    """The status with which RingCentral answers whose token this is."""
    url = f"{stack.ringcentral_url}/restapi/v1.0/account/~/extension/~"
    return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, trust_env=False).status_code


def test_who_signs_out_is_out_at_ringcentral_too(screen: Screen, agent: Agent, stack: Stack) -> None:
    login = json.loads(screen.page.evaluate("sessionStorage.getItem('rollcall.tokens')"))
    assert whose(login["accessToken"], stack) == 200
    screen.button("Sign out").click()
    expect(screen.button("Sign in with RingCentral")).to_be_visible()
    assert agent.name not in screen.page.content()
    assert screen.page.evaluate("JSON.stringify({...sessionStorage})") == "{}"
    eventually(lambda: whose(login["accessToken"], stack) == 401, "RingCentral takes the token no more")


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
