"""The real stack, once for all end-to-end tests: SAM's own build and deployment, with IAM enforced."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack.stack import Stack, running_stack
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws

_extensions = itertools.count(1)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack(Path(".local/test")) as stack:
        yield stack


@pytest.fixture(scope="session")
def aws(stack: Stack) -> Aws:
    return Aws(stack)


@pytest.fixture
def agent(stack: Stack) -> Iterator[Agent]:
    """An agent of whom no other test knows: RingCentral's rate limits are for each user."""
    agent = Agent(stack, "700100001", f"7002{next(_extensions):05d}")
    yield agent
    agent.close()


@pytest.fixture
def stranger(stack: Stack) -> Iterator[Agent]:
    """An agent of another account, with the same extension id as somebody here."""
    agent = Agent(stack, "700100002", "700200001")
    yield agent
    agent.close()


@pytest.fixture(autouse=True)
def _no_faults(stack: Stack) -> Iterator[None]:
    yield
    Agent.set_faults(stack)
