"""How long it takes from an event's arrival at the webhook until it stands in the DOM. The figures are printed."""

import statistics
import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from local.stack.stack import Stack
from tests.e2e.actors import Agent, Hook
from tests.e2e.browser.screen import Screen
from tests.support.events import as_body, in_conference, notification, status

UPDATES = 60
OBSERVE = """
    const roster = document.querySelector("#roster");
    window.seenAt = {};
    new MutationObserver(() => {
        window.seenAt[roster.dataset.version] ??= performance.timeOrigin + performance.now();
    }).observe(roster, { attributes: true, attributeFilter: ["data-version"] });
"""


def event(sequence: int, conference: str, call: int) -> bytes:
    """Somebody joins by an odd sequence and leaves by an even one, now."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    change = in_conference("p-delay-2", conference) if sequence % 2 else status("Disconnected")
    return as_body(notification(sequence, change, call=call, body={"eventTime": now}))


def test_from_the_webhook_to_the_screen(
    screen: Screen, agent: Agent, stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    conference = agent.open_conference()
    screen.choose(conference)
    screen.expect_people(agent.name)
    roster = screen.region("Roster")
    first = int(roster.get_attribute("data-version") or "")
    screen.page.evaluate(OBSERVE)
    hook, call, posted = Hook(stack), 900_000 + int(agent.extension_id) % 1000, []
    for number in range(1, UPDATES + 1):
        body = event(number, conference, call)
        posted.append(time.time() * 1000)
        assert hook.post(body).status_code == 200
        expect(roster).to_have_attribute("data-version", str(first + number))
    seen = screen.page.evaluate("window.seenAt")
    delays = [seen[str(first + 1 + number)] - at for number, at in enumerate(posted)]
    centiles = statistics.quantiles(delays, n=20)
    with capsys.disabled():
        figures = f"p50 {statistics.median(delays):.0f} ms, p95 {centiles[18]:.0f} ms"
        print(f"\nwebhook to DOM, {len(delays)} updates: {figures}")
    assert len(delays) == UPDATES
    assert min(delays) > 0
    expect(screen.region("Delay")).to_contain_text("last 40 updates")
