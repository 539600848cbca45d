"""Posting over TLS when the network forgets connections: while Lambda freezes a sandbox, nobody is told of it."""

import json
import os
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rollcall.adapters import tls
from rollcall.adapters.connection_pool import IDLE_SECONDS
from rollcall.adapters.gateway import ATTEMPTS, BACKOFF_SECONDS, Gateway
from rollcall.adapters.signing import Credentials
from rollcall.services.ports import Post
from tests.support.clock import Clock
from tests.support.sink import Sink, running_sink
from tests.support.tls import Relay, certificates, relay_to

SECONDS = 1.0
BOUND = (ATTEMPTS + 1) * SECONDS + sum(1.5 * BACKOFF_SECONDS * 2**number for number in range(ATTEMPTS - 1))
ROOT = Path(__file__).parents[3]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def trusted(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    return certificates(tmp_path)


@pytest.fixture
def sink(trusted: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    server, authority = trusted
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    tls.tls_context.cache_clear()
    with running_sink(server) as sink:
        yield sink
    tls.tls_context.cache_clear()


@pytest.fixture
def relay(sink: Sink) -> Iterator[Relay]:
    with relay_to(sink.port) as relay:
        yield relay


@pytest.fixture
def gateway(relay: Relay, clock: Clock) -> Iterator[Gateway]:
    gateway = Gateway(
        f"https://127.0.0.1:{relay.port}/dev",
        "us-east-1",
        lambda: Credentials("AKID", "secret", "token"),
        seconds=SECONDS,
        clock=clock,
    )
    yield gateway
    gateway.close()


def send(gateway: Gateway, *names: str) -> dict[str, str]:
    outcomes = gateway.send([Post(name, b"{}") for name in names])
    return {outcome.post.connection_id: outcome.detail for outcome in outcomes}


def test_connections_and_the_context_serve_again(gateway: Gateway, relay: Relay, clock: Clock) -> None:
    context = tls.tls_context()
    for _ in range(5):
        clock.now += IDLE_SECONDS - 1
        assert send(gateway, "a", "b") == {"a": "200", "b": "200"}
    assert relay.connections == 2
    assert tls.tls_context() is context


def test_a_flow_that_was_dropped_fails_no_post(gateway: Gateway, relay: Relay, clock: Clock, sink: Sink) -> None:
    many = [f"c-{number}" for number in range(30)]
    send(gateway, *many)
    relay.drop_flows()
    clock.now += IDLE_SECONDS - 1  # not yet old enough to be closed unasked
    started = time.monotonic()
    assert send(gateway, "watcher-1", "watcher-2") == {"watcher-1": "200", "watcher-2": "200"}
    assert time.monotonic() - started < 2 * SECONDS + 1
    # The first timeout has emptied the pool, so that no later post tries another one of the dropped flows.
    assert len(gateway._pool._idle) == 2
    assert len(sink.requests) == len(many) + 2


def test_a_dropped_flow_costs_no_attempt(gateway: Gateway, relay: Relay, clock: Clock, sink: Sink) -> None:
    send(gateway, "watcher")
    relay.drop_flows()
    clock.now += 1
    sink.answers = {"watcher": [500, 503, 200]}
    assert send(gateway, "watcher") == {"watcher": "200"}


def test_a_post_that_nobody_answers_is_bounded_also_after_a_dropped_flow(
    gateway: Gateway, relay: Relay, clock: Clock, sink: Sink
) -> None:
    send(gateway, "watcher", "other")
    relay.drop_flows()
    clock.now += 1
    sink.answers = {"watcher": [-1]}
    started = time.monotonic()
    assert send(gateway, "watcher") == {"watcher": "timeout"}
    assert time.monotonic() - started < BOUND + 1
    assert len(sink.paths()) == 2 + ATTEMPTS


def test_a_watcher_that_hangs_does_not_empty_the_pool(gateway: Gateway, relay: Relay, clock: Clock, sink: Sink) -> None:
    send(gateway, "a", "b", "c")
    clock.now += 1
    sink.answers = {"hanging": [-1]}
    assert send(gateway, "hanging", "a", "b", *(f"x-{n}" for n in range(20)))["a"] == "200"
    before = relay.connections
    clock.now += 1
    send(gateway, "a", "b", "c")
    assert relay.connections == before


def test_connections_that_were_idle_for_minutes_are_not_tried(
    gateway: Gateway, relay: Relay, clock: Clock, sink: Sink
) -> None:
    send(gateway, *(f"c-{number}" for number in range(50)))
    relay.drop_flows()
    clock.now += 300
    started = time.monotonic()
    assert send(gateway, "watcher") == {"watcher": "200"}
    assert time.monotonic() - started < SECONDS
    assert len(sink.requests) == 51


_CHILD = """
import json, sys, time
from rollcall.adapters.gateway import Gateway
from rollcall.adapters.signing import Credentials
from rollcall.services.ports import Post
gateway = Gateway(sys.argv[1], "us-east-1", lambda: Credentials("AKID", "secret", "token"), seconds=0.5)
for line in sys.stdin:
    started = time.monotonic()
    outcomes = gateway.send([Post(name, b"{}") for name in json.loads(line)])
    print(json.dumps([sorted({o.detail for o in outcomes}), time.monotonic() - started]), flush=True)
"""


def test_a_process_that_was_frozen_posts_at_once_when_it_goes_on(
    relay: Relay, sink: Sink, trusted: tuple[ssl.SSLContext, Path]
) -> None:
    """The process is stopped with its sockets open, as Lambda does it. Meanwhile the network forgets the flows."""
    environment = dict(os.environ) | {
        "PYTHONPATH": str(ROOT / "layers/rollcall"),
        "SSL_CERT_FILE": str(trusted[1]),
    }
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, f"https://127.0.0.1:{relay.port}/dev"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None

        def ask(*names: str) -> tuple[list[str], float]:
            child.stdin.write(json.dumps(names) + "\n")  # type: ignore[union-attr]
            child.stdin.flush()  # type: ignore[union-attr]
            details, seconds = json.loads(child.stdout.readline())  # type: ignore[union-attr]
            return details, seconds

        assert ask(*(f"c-{number}" for number in range(10)))[0] == ["200"]
        child.send_signal(signal.SIGSTOP)
        relay.drop_flows()
        time.sleep(1.0)
        child.send_signal(signal.SIGCONT)
        details, seconds = ask("watcher-1", "watcher-2")
        assert details == ["200"]
        assert seconds < 2 * SECONDS + 1
        child.stdin.close()
