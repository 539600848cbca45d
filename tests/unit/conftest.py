"""What every unit test has: no AWS, no metrics of the test before."""

import pytest

from rollcall.telemetry import metrics
from tests.support import counted as counting


@pytest.fixture(autouse=True)
def _no_metrics_yet() -> None:
    metrics.clear_metrics()


@pytest.fixture
def counted() -> counting.Counted:
    return counting.counted
