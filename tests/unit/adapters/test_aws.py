"""AWS's JSON protocol over a real socket: what is repeated, what is refused, and how long anything may take."""

import ssl
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from rollcall.adapters import aws
from rollcall.adapters.aws import JsonService, Patience, Refusal
from rollcall.core.errors import StorageFailed
from tests.support.sink import Sink, running_sink

ATTEMPTS = 3


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def service(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> Iterator[JsonService]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{sink.port}")
    service = JsonService(
        "dynamodb", "DynamoDB_20120810", "1.0", Patience(seconds=0.2, attempts=ATTEMPTS, backoff=0.001)
    )
    yield service
    service.close()


def test_an_answer_is_what_was_answered_and_the_connection_is_kept(sink: Sink, service: JsonService) -> None:
    sink.body = b'{"Item": {}}'
    for _ in range(3):
        assert service.call("GetItem", {"Key": "ü"}) == {"Item": {}}
    assert sink.requests == [("/", '{"Key":"ü"}'.encode())] * 3
    assert sink.connections == 1


@pytest.mark.parametrize("first", [[500], [503, 500], [0]])
def test_what_may_pass_is_repeated(sink: Sink, service: JsonService, first: list[int]) -> None:
    sink.answers = {"": [*first, 200]}
    assert service.call("GetItem", {}) == {}
    assert len(sink.requests) == len(first) + 1


@pytest.mark.parametrize(
    ("status", "body", "code", "requests"),
    [
        (400, b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}', "ThrottlingException", ATTEMPTS),
        (400, b'{"__type": "x#ConditionalCheckFailedException", "Item": {}}', "ConditionalCheckFailedException", 1),
        (400, b'{"__type": "ValidationException"}', "ValidationException", 1),
        (403, b"<html>", "Http403", 1),
        (500, b"", "InternalServerError", ATTEMPTS),
    ],
)
def test_a_refusal_has_its_code_and_is_repeated_only_if_it_may_pass(
    sink: Sink, service: JsonService, status: int, body: bytes, code: str, requests: int
) -> None:
    sink.answers, sink.body = {"": [status]}, body
    with pytest.raises(Refusal) as caught:
        service.call("PutItem", {})
    assert (caught.value.code, len(sink.requests)) == (code, requests)


def test_whoever_never_answers_is_not_waited_for_long(sink: Sink, service: JsonService) -> None:
    sink.answers = {"": [-1]}
    started = time.monotonic()
    with pytest.raises(StorageFailed) as caught:
        service.call("PutItem", {})
    assert (caught.value.code, len(sink.requests)) == ("TimeoutError", ATTEMPTS)
    assert time.monotonic() - started < 5


def test_a_kept_connection_that_was_closed_costs_no_attempt(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{sink.port}")
    sink.close_after_answer = True
    service = JsonService("sqs", "AmazonSQS", "1.0", Patience(seconds=1, attempts=1))
    for _ in range(3):
        assert service.call("SendMessage", {}) == {}
        time.sleep(0.02)
    service.close()


@pytest.mark.parametrize("error", [ssl.SSLEOFError(), ConnectionResetError(), BrokenPipeError()])
def test_however_a_kept_connection_breaks_it_costs_no_attempt(
    sink: Sink, service: JsonService, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    service.call("GetItem", {})
    request, errors = service._connection.request, [error]

    def breaking(*arguments: Any) -> None:
        if errors:
            raise errors.pop()
        request(*arguments)

    monkeypatch.setattr(service._connection, "request", breaking)
    monkeypatch.setattr(service, "_patience", Patience(seconds=1, attempts=1))
    assert service.call("GetItem", {}) == {}
    assert sink.connections == 2


def test_nobody_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageFailed):
        aws.dynamodb(aws.WEBHOOK).call("PutItem", {})


@pytest.mark.parametrize(
    ("region", "host"),
    [("eu-west-1", "dynamodb.eu-west-1.amazonaws.com"), ("cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn")],
)
def test_on_aws_a_service_is_found_by_its_region(region: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_REGION", region)
    service = aws.dynamodb()
    assert (service._host, service._connection.host, service._connection.port) == (host, host, 443)


@pytest.mark.parametrize(
    ("make", "variable"),
    [
        (aws.dynamodb, "AWS_ENDPOINT_URL_DYNAMODB"),
        (aws.sqs, "AWS_ENDPOINT_URL_SQS"),
        (aws.secretsmanager, "AWS_ENDPOINT_URL_SECRETS_MANAGER"),
        (aws.events, "AWS_ENDPOINT_URL_EVENTBRIDGE"),
    ],
)
def test_a_services_own_endpoint_comes_before_that_of_all(
    make: Callable[[], JsonService], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert make()._host == "127.0.0.1:1"
    monkeypatch.setenv(variable, "http://127.0.0.1:2")
    hosts = [service()._host for service in (aws.dynamodb, aws.sqs, aws.secretsmanager, aws.events)]
    assert sorted(hosts) == ["127.0.0.1:1"] * 3 + ["127.0.0.1:2"]
    assert make()._host == "127.0.0.1:2"
