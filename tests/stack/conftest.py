"""The template with each combination of Production and CustomerKey."""

import itertools

import pytest

from tests.support.template import Deployment, read_template

CHOICES = list(itertools.product(["true", "false"], repeat=2))


@pytest.fixture(params=CHOICES, ids=lambda choice: f"production={choice[0]},key={choice[1]}")
def chosen(request: pytest.FixtureRequest) -> tuple[Deployment, bool, bool]:
    """The deployment, whether it is a production one, and whether it has a key of its own."""
    production, key = request.param
    return Deployment(read_template(), Production=production, CustomerKey=key), production == "true", key == "true"
