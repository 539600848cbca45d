"""The functions' own apps, wired as on Lambda, in a world in memory."""

import importlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.metrics import MetricUnit

from rollcall.adapters.gateway import Gateway
from rollcall.services.ports import Outcome, Post
from rollcall.telemetry import logger, metrics
from tests.fuzz.world import World
from tests.support.stand_in_aws import ENDPOINT, ServiceCall, stand_in_aws

_ENVIRONMENT = {
    "AWS_ENDPOINT_URL": ENDPOINT,
    "CONNECTION_TABLE": "connections",
    "DEFERRED_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/123456789012/deferred",
    "PARTY_TABLE": "parties",
    "QUARANTINE_BUCKET": "quarantine",
    "RECORDING_BUCKET": "recordings",
    "STACK_NAME": "rollcall",
    "VERIFICATION_SECRET_ARN": "tokens",
    "WATCH_POLICY": "account",
    "WEBSOCKET_ENDPOINT": "https://sample.execute-api.us-east-1.amazonaws.com/dev",
}
_CONTEXT = SimpleNamespace(
    function_name="any",
    memory_limit_in_mb=128,
    invoked_function_arn="arn",
    aws_request_id="r",
    log_stream_name="stream",
    get_remaining_time_in_millis=lambda: 30_000,
)


class Functions:
    """`ingest` and `roster` answer an event each; `world` is around them, `counts` are the last event's metrics."""

    def __init__(self, *, recording: bool) -> None:
        self.recording = recording
        self.world = World(recording=recording)
        self.counts = Counter[str]()
        self._ingest = _handler("ingest")
        self._roster = _handler("roster")

    def ingest(self, event: dict[str, Any]) -> dict[str, Any]:
        self.counts = Counter()
        answer: dict[str, Any] = self._ingest(event, _CONTEXT)
        return answer

    def roster(self, event: dict[str, Any]) -> dict[str, Any]:
        self.counts = Counter()
        answer: dict[str, Any] = self._roster(event, _CONTEXT)
        return answer


@contextmanager
def running_functions(*, recording: bool) -> Iterator[Functions]:
    """The two functions, while notifications are recorded or not.

    Below their adapters everything goes to `world`; nothing is logged.
    """

    def respond(call: ServiceCall) -> Mapping[str, Any]:
        return functions.world.call(call)

    with pytest.MonkeyPatch.context() as patch, stand_in_aws(respond):
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        # Nothing takes time here: on a busy machine a notification would be deferred though nothing is down.
        patch.setattr("rollcall.services.ingest.time", SimpleNamespace(time=time.time, monotonic=lambda: 0.0))
        patch.setattr(time, "sleep", lambda _seconds: None)
        functions = Functions(recording=recording)

        def send(_gateway: Gateway, posts: Sequence[Post]) -> list[Outcome]:
            return [Outcome(post, "delivered", "200") for post in posts]

        def add_metric(*, name: str, unit: MetricUnit, value: int) -> None:
            functions.counts[name] += value

        patch.setattr(Gateway, "send", send)
        patch.setattr(metrics, "add_metric", add_metric)
        level = logger.log_level
        logger.setLevel("CRITICAL")
        try:
            yield functions
        finally:
            logger.setLevel(level)


def _handler(function: str) -> Callable[..., Any]:
    module = f"functions.{function}.app"
    sys.modules.pop(module, None)
    handler: Callable[..., Any] = importlib.import_module(module).handler
    return handler
