"""Posting to many connections at once, over real sockets."""

import time
from collections.abc import Iterator

import pytest

from rollcall.adapters.gateway import ATTEMPTS, CONCURRENT_POSTS, Gateway
from rollcall.adapters.signing import Credentials
from rollcall.services.ports import Post
from tests.support.sink import Sink, running_sink


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


def gateway_to(url: str) -> Gateway:
    return Gateway(url, "us-east-1", lambda: Credentials("AKID", "secret", "token"), seconds=0.3)


@pytest.fixture
def gateway(sink: Sink) -> Iterator[Gateway]:
    gateway = gateway_to(sink.url)
    yield gateway
    gateway.close()


@pytest.fixture(autouse=True)
def _little_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollcall.adapters.gateway.BACKOFF_SECONDS", 0.001)


def send(gateway: Gateway, *connection_ids: str) -> dict[str, tuple[str, str]]:
    outcomes = gateway.send([Post(connection_id, b"{}") for connection_id in connection_ids])
    return {outcome.post.connection_id: (outcome.result, outcome.detail) for outcome in outcomes}


def test_a_message_reaches_its_connection_word_for_word(sink: Sink, gateway: Gateway) -> None:
    (outcome,) = gateway.send([Post("L0SM9cOFvHcCIhw=", "{ü}".encode())])
    assert (outcome.result, outcome.detail) == ("delivered", "200")
    assert sink.requests == [("/stage/@connections/L0SM9cOFvHcCIhw%3D", "{ü}".encode())]


def test_every_outcome_belongs_to_its_own_connection(sink: Sink, gateway: Gateway) -> None:
    sink.answers = {"gone": [410], "forbidden": [403], "failing": [500], "limited": [429], "silent": [-1], "rude": [0]}
    assert send(gateway, "good", "gone", "forbidden", "failing", "limited", "silent", "rude") == {
        "good": ("delivered", "200"),
        "gone": ("gone", "410"),
        "forbidden": ("failed", "403"),
        "failing": ("failed", "500"),
        "limited": ("failed", "429"),
        "silent": ("failed", "timeout"),
        "rude": ("failed", "unreachable"),
    }


def test_only_what_may_pass_is_repeated_and_not_for_ever(sink: Sink, gateway: Gateway) -> None:
    sink.answers = {"once": [500, 200], "twice": [429, 503, 200], "never": [500], "gone": [410], "forbidden": [403]}
    results = send(gateway, *sink.answers)
    assert [results[name][0] for name in sink.answers] == ["delivered", "delivered", "failed", "gone", "failed"]
    asked = [sum(path.endswith(f"/{name}") for path in sink.paths()) for name in sink.answers]
    assert asked == [2, 3, ATTEMPTS, 1, 1]


def test_many_posts_are_under_way_at_once_and_connections_are_kept(sink: Sink, gateway: Gateway) -> None:
    sink.seconds = 0.02
    names = [f"c-{number}" for number in range(3 * CONCURRENT_POSTS)]
    for _ in range(2):
        assert set(send(gateway, *names).values()) == {("delivered", "200")}
    assert sink.most_at_once == CONCURRENT_POSTS
    assert sink.connections <= CONCURRENT_POSTS


def test_one_that_never_answers_delays_no_other(sink: Sink, gateway: Gateway) -> None:
    sink.answers = {"silent": [-1]}
    names = [f"c-{number}" for number in range(500)]
    started = time.monotonic()
    results = send(gateway, "silent", *names)
    assert time.monotonic() - started < 0.3 * ATTEMPTS + 5
    assert [results[name][0] for name in names] == ["delivered"] * 500
    assert sink.paths().index("/stage/@connections/c-499") < len(sink.paths()) - 1  # done before the last attempt


def test_connections_that_were_closed_meanwhile_cost_no_attempt(
    sink: Sink, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rollcall.adapters.gateway.ATTEMPTS", 1)
    sink.close_after_answer = True
    for _ in range(3):
        assert set(send(gateway, "c-1", "c-2").values()) == {("delivered", "200")}
        time.sleep(0.02)  # the sink hangs up; the gateway, whose loop stands still, learns of it only when it sends


def test_nobody_to_tell_is_nothing_to_do(sink: Sink, gateway: Gateway) -> None:
    assert gateway.send([]) == []
    assert sink.connections == 0


def test_a_gateway_that_is_not_there_is_an_outcome_not_an_error() -> None:
    gateway = gateway_to("http://127.0.0.1:9/stage")
    assert send(gateway, "c-1") == {"c-1": ("failed", "unreachable")}
    gateway.close()
    gateway.close()
