"""Chromium, before the real stack."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from local import browser as chromium
from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws
from tests.e2e.browser.line import Line, line_to
from tests.e2e.browser.screen import Screen
from tests.e2e.waiting import SECONDS


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def line(stack: Stack) -> Iterator[Line]:
    with line_to(urlsplit(stack.console_url).port or 0) as line:
        yield line


@pytest.fixture(scope="package")
def chrome(playwright: Playwright, stack: Stack, line: Line) -> Iterator[Browser]:
    """The browser reaches the stack over `line`, and does not know it."""
    site = urlsplit(stack.console_url).netloc
    over_line = f"--host-resolver-rules=MAP {site} 127.0.0.1:{line.port}"
    browser = playwright.chromium.launch(executable_path=chromium.path(), args=[*chromium.FLAGS, over_line])
    yield browser
    browser.close()


@pytest.fixture(scope="package", autouse=True)
def _nothing_is_left(aws: Aws) -> Iterator[None]:
    """No conference of these tests is listed or verified while others run."""
    yield
    aws.forget_rosters("")


@pytest.fixture(autouse=True)
def _mended(line: Line) -> Iterator[None]:
    yield
    line.mend()


@pytest.fixture
def context(chrome: Browser) -> Iterator[BrowserContext]:
    """One person's browser."""
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(SECONDS * 1000)
    yield context
    context.close()


@pytest.fixture
def open_console(context: BrowserContext, stack: Stack) -> Iterator[Callable[[], Screen]]:
    """Opens the console in another tab of the same browser. In none of them may anything go wrong unnoticed."""
    screens: list[Screen] = []

    def open_one() -> Screen:
        screens.append(Screen(context.new_page(), stack))
        return screens[-1]

    yield open_one
    for screen in screens:
        assert screen.complaints == []


@pytest.fixture
def screen(open_console: Callable[[], Screen], agent: Agent) -> Screen:
    """The console, with the agent signed in."""
    screen = open_console()
    screen.sign_in(agent)
    return screen
