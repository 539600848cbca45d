"""The network goes, the laptop sleeps, the connection ends: what is shown is right again in the end."""

import time

import httpx
import pytest
from playwright.sync_api import expect

from local.stack.stack import Stack
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws
from tests.e2e.browser.line import Line
from tests.e2e.browser.screen import Screen
from tests.e2e.waiting import eventually

CUT_SECONDS = 30.0
NOTICED_WITHIN_MS = 60_000
"""A ping every 30 s, 10 s for its answer, and some time to come back."""

LOOK_UP = "dispatchEvent(new Event('online'))"
"""Makes the page ask whether its connection is still there, for which it would otherwise take half a minute."""

RECORD_STATES = """
    (() => {
        const [pill, states] = [document.querySelector("#connection"), []];
        new MutationObserver(() => states.push(pill.dataset.connection)).observe(pill, { attributes: true });
        return states;
    })()
"""


def connection_key(connection: str) -> dict[str, dict[str, str]]:
    return {"pk": {"S": f"CONNECTION#{connection}"}, "sk": {"S": "CONNECTION"}}


@pytest.fixture
def conference(screen: Screen, agent: Agent) -> str:
    conference_id = agent.open_conference()
    screen.choose(conference_id)
    screen.expect_people(agent.name)
    return conference_id


def much_happens(agent: Agent, conference: str) -> str:
    """Somebody leaves, somebody joins, another conference begins. Returns the other's id."""
    carla, _ = agent.bring_in_somebody(conference, "Carla Customer")
    agent.bring_in_somebody(conference, "Bob Builder")
    agent.hang_up(carla)
    return agent.open_conference()


def expect_all_right(screen: Screen, agent: Agent, conference: str, other: str, ended: str) -> None:
    screen.expect_people(agent.name, "Bob Builder")
    screen.expect_version_of(agent, conference)
    expect(screen.conference(other)).to_contain_text("1 person")
    expect(screen.conference(ended)).to_have_count(0)
    expect(screen.region("Timeline")).to_contain_text("Bob Builder joined")


@pytest.mark.parametrize("forgotten", [False, True], ids=["connections-survive", "connections-forgotten"])
def test_the_network_is_gone_for_half_a_minute(
    screen: Screen, agent: Agent, line: Line, conference: str, *, forgotten: bool
) -> None:
    ended = agent.open_conference()
    expect(screen.conference(ended)).to_be_visible()
    line.cut()
    gone_at = time.monotonic()
    other = much_happens(agent, conference)
    agent.leave_conference(ended)
    time.sleep(CUT_SECONDS - (time.monotonic() - gone_at))
    screen.expect_people(agent.name)  # nothing got through
    line.mend(forgotten=forgotten)
    expect(screen.conference(other)).to_be_visible(timeout=NOTICED_WITHIN_MS)
    screen.wait_until("open")
    expect_all_right(screen, agent, conference, other, ended)


def test_the_laptop_sleeps_for_three_hours(screen: Screen, agent: Agent, stack: Stack, line: Line) -> None:
    """The clock jumps, the network has forgotten the connection, and the access token is over."""
    page = screen.page
    page.clock.install()
    page.reload()
    screen.wait_until("open")
    conference, ended = agent.open_conference(), agent.open_conference()
    screen.choose(conference)
    screen.expect_people(agent.name)
    line.cut()
    other = much_happens(agent, conference)
    agent.leave_conference(ended)
    expired = {"accountId": agent.account_id, "extensionId": agent.extension_id}
    httpx.post(f"{stack.ringcentral_url}/simulator/tokens/expire", json=expired, trust_env=False).raise_for_status()
    agent.log_in()
    line.mend(forgotten=True)
    page.clock.fast_forward("03:00:00")
    expect(screen.conference(other)).to_be_visible(timeout=NOTICED_WITHIN_MS)
    screen.wait_until("open")
    expect_all_right(screen, agent, conference, other, ended)


def test_a_connection_whose_time_is_nearly_over_is_replaced_without_a_gap(
    screen: Screen, agent: Agent, aws: Aws, conference: str
) -> None:
    (connection,) = agent.connections(aws)
    states = screen.page.evaluate_handle(RECORD_STATES)
    aws.expire("ConnectionTableName", connection_key(connection), in_seconds=300)
    screen.page.evaluate(LOOK_UP)
    eventually(lambda: agent.connections(aws) not in ([], [connection]), "there is another connection")
    agent.bring_in_somebody(conference, "Carla Customer")
    screen.expect_people(agent.name, "Carla Customer")
    eventually(lambda: connection not in agent.connections(aws), "the old one is over")
    assert states.json_value() == []


def test_a_connection_that_rollcall_ends_is_replaced(screen: Screen, agent: Agent, aws: Aws, conference: str) -> None:
    (connection,) = agent.connections(aws)
    aws.expire("ConnectionTableName", connection_key(connection))
    screen.page.evaluate(LOOK_UP)
    eventually(lambda: agent.connections(aws) not in ([], [connection]), "there is another connection")
    agent.bring_in_somebody(conference, "Carla Customer")
    screen.expect_people(agent.name, "Carla Customer")
    eventually(lambda: connection not in agent.connections(aws), "the old one is forgotten")
