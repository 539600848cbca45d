"""The metrics that a test has caused."""

from collections.abc import Callable

from rollcall.telemetry import metrics

Counted = Callable[[], dict[str, int]]


def counted() -> dict[str, int]:
    """Metric names and sums since the last reset, without those that are zero."""
    sums = {name: int(sum(metric["Value"])) for name, metric in metrics.metric_set.items()}
    return {name: value for name, value in sums.items() if value}
