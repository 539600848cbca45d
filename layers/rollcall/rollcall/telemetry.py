"""Logs and metrics of every function: JSON lines, and CloudWatch's embedded metric format in the same stream.

Every line and every metric names its stack as `service`: Powertools takes it from POWERTOOLS_SERVICE_NAME, which
template.yaml sets to the stack's name. The alarms look for just that dimension.
"""

import json
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.core.masking import masked


def _line(record: dict[str, Any]) -> str:
    return masked(json.dumps(record, separators=(",", ":"), default=str))


logger = Logger(json_serializer=_line)
metrics = Metrics(namespace="Rollcall")

Handler = Callable[[dict[str, Any], LambdaContext], Any]


def count(metric: str, value: int = 1) -> None:
    """Add to one of the metrics that docs/metrics.md lists."""
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=value)


def gauge(metric: str, value: int) -> None:
    """Note how much there is of something now."""
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=value)


def instrumented(handler: Handler) -> Handler:
    """Give every log line of the invocation its request id, and write its metrics when it ends, however it ends."""

    @logger.inject_lambda_context(clear_state=True)
    def wrapper(event: dict[str, Any], context: LambdaContext) -> Any:  # noqa: ANN401  # each event source has its own
        try:
            return handler(event, context)
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    return wrapper
