"""Fixtures of the simulator's tests."""

from collections.abc import Iterator

import pytest

from local.simulator.identifiers import Identifiers
from local.simulator.simulator import Simulator
from local.simulator.users import User
from tests.simulator.harness import ALICE, BOB, ManualClock, RunningSimulator
from tests.simulator.server import Server
from tests.simulator.webhook import Webhook


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def simulator(clock: ManualClock) -> Simulator:
    """A simulator without a server, for tests of what it does inside."""
    return Simulator(clock, Identifiers())


@pytest.fixture
def alice(simulator: Simulator) -> User:
    return _put(simulator, ALICE)


@pytest.fixture
def bob(simulator: Simulator) -> User:
    return _put(simulator, BOB)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def served(server: Server, clock: ManualClock) -> Iterator[RunningSimulator]:
    """A simulator that serves on a port, with a clock that stands."""
    with server.serving(clock) as running:
        yield running


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as running:
        yield running


@pytest.fixture
def alice_token(served: RunningSimulator) -> str:
    """A token of Alice, who is a user of the served simulator."""
    return served.add_user(ALICE)


@pytest.fixture
def subscription(served: RunningSimulator, webhook: Webhook) -> str:
    """The service's subscription for the account, whose notifications `webhook` gets."""
    response = served.subscribe(served.log_in_service(), webhook)
    assert response.status_code == 200, response.text
    subscription_id: str = response.json()["id"]
    return subscription_id


def _put(simulator: Simulator, user: dict[str, str]) -> User:
    return simulator.users.put(user["accountId"], user["extensionId"], user["name"], user["phoneNumber"], admin=False)
