"""Where a world takes the place of AWS and RingCentral: everything that is patched in the product's process."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import requests

from rollcall.telemetry import logger, metrics
from tests.simulation import template
from tests.simulation.clock import governed
from tests.simulation.quick_client import quick_aws
from tests.support.stand_in_aws import ServiceCall, stand_in_aws

if TYPE_CHECKING:
    from tests.simulation.world import World

REAL_CLIENTS_EVERY = 20
"""One world in so many sends its requests through botocore's own clients."""


@contextmanager
def installed(world: "World") -> Iterator[None]:
    """Within it the product talks to this world. Logs are silent; metrics are counted, by world and by invocation."""

    def respond(call: ServiceCall) -> Mapping[str, Any]:
        return world.aws.attempt(call)

    def send(_: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        return world.ringcentral.send(request, **options)

    def add_metric(*, name: str, unit: Any, value: float, **_: Any) -> None:
        invocation = world.functions.current
        if invocation is not None:
            invocation.counts[name] += int(value)
        world.counts[f"metric {name}"] += int(value)

    clients = quick_aws if world.seed % REAL_CLIENTS_EVERY else stand_in_aws
    level = logger.log_level
    hooks = sys.get_asyncgen_hooks()
    with ExitStack() as stack:
        for patched in (
            patch.dict(os.environ, template.environment()),
            governed(world.clock, world.functions.pause, world.chance),
            clients(respond),
            patch.object(requests.adapters.HTTPAdapter, "send", send),
            patch.object(asyncio.events, "new_event_loop", world.functions.new_event_loop),
            patch.object(metrics, "add_metric", add_metric),
            patch.object(metrics, "flush_metrics", lambda **_: metrics.clear_metrics()),
        ):
            stack.enter_context(patched)
        stack.callback(logger.setLevel, level)
        stack.callback(sys.set_asyncgen_hooks, *hooks)
        logger.setLevel("CRITICAL")
        yield
