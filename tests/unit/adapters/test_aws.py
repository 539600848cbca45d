"""botocore's clients as Rollcall uses them, over real sockets: what is retried, what is refused, how long it takes."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rollcall.adapters import aws
from rollcall.adapters.aws import IDLE_SECONDS, AwsError, AwsService, RetryPolicy
from rollcall.adapters.service_models import SERVICES
from rollcall.adapters.signing import Credentials
from rollcall.core.errors import StorageFailed
from tests.support import stand_in_aws
from tests.support.clock import Clock
from tests.support.sink import Sink, running_sink
from tests.support.stand_in_aws import ServiceCall

KEY = {"TableName": "parties", "Key": {"pk": {"S": "ü"}, "sk": {"S": "s"}}}
POLICY = RetryPolicy(seconds=0.3, attempts=3)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    with running_sink() as sink:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{sink.port}")
        yield sink


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long botocore paused between attempts, without the pauses."""
    pauses = list[float]()
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses


@pytest.fixture
def dynamodb(sink: Sink, clock: Clock) -> Iterator[AwsService]:
    service = AwsService("dynamodb", POLICY, clock=clock)
    yield service
    service.close()


def test_a_response_comes_back_and_the_connection_is_kept(sink: Sink, dynamodb: AwsService) -> None:
    sink.body = b'{"Item": {"pk": {"S": "p"}}}'
    for _ in range(3):
        assert dynamodb.call("get_item", **KEY)["Item"] == {"pk": {"S": "p"}}
    assert [json.loads(body) for _, body in sink.requests] == [KEY] * 3
    assert sink.connections == 1


@pytest.mark.parametrize("first", [[500], [503, 500], [502], [504], [0]])
def test_passing_failures_are_retried_whatever_their_code(
    sink: Sink, dynamodb: AwsService, pauses: list[float], first: list[int]
) -> None:
    sink.answers = {"": [*first, 200]}
    dynamodb.call("get_item", **KEY)
    assert len(sink.requests) == len(first) + 1
    assert all(0 <= pause <= 2**number for number, pause in enumerate(pauses))


@pytest.mark.parametrize(
    ("response", "code", "requests"),
    [
        ((400, b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException"}'), "ThrottlingException", 3),
        ((400, b'{"__type": "ThrottlingException:http://internal.amazon.com/"}'), "ThrottlingException", 3),
        ((400, b'{"__type": "x#ConditionalCheckFailedException", "Item": {}}'), "ConditionalCheckFailedException", 1),
        ((400, b'{"__type": "ValidationException"}'), "ValidationException", 1),
        ((403, b"<html>"), "403", 1),
        ((500, b""), "500", 3),
        ((503, b'{"__type": "NeverHeardOfIt"}'), "NeverHeardOfIt", 3),
    ],
)
def test_a_refusal_has_its_code_and_is_retried_only_if_it_may_pass(
    sink: Sink, dynamodb: AwsService, pauses: list[float], response: tuple[int, bytes], code: str, requests: int
) -> None:
    status, sink.body = response
    sink.answers = {"": [status]}
    with pytest.raises(AwsError) as caught:
        dynamodb.call("get_item", **KEY)
    assert (caught.value.code, len(sink.requests), len(pauses)) == (code, requests, requests - 1)


def test_a_service_that_never_responds_is_not_waited_for_long(
    sink: Sink, dynamodb: AwsService, pauses: list[float]
) -> None:
    sink.answers = {"": [-1]}
    started = time.monotonic()
    with pytest.raises(StorageFailed) as caught:
        dynamodb.call("get_item", **KEY)
    assert (caught.value.code, len(sink.requests)) == ("ReadTimeoutError", POLICY.attempts)
    assert time.monotonic() - started < POLICY.attempts * POLICY.seconds + 3


def test_one_attempt_means_one(sink: Sink, pauses: list[float]) -> None:
    sink.answers = {"": [500]}
    service = AwsService("sqs", RetryPolicy(seconds=0.3, attempts=1))
    with pytest.raises(AwsError):
        service.call("send_message", QueueUrl="http://127.0.0.1/q", MessageBody="{}")
    service.close()
    assert (len(sink.requests), pauses) == (1, [])


def test_a_kept_connection_that_was_closed_costs_no_attempt(sink: Sink, clock: Clock) -> None:
    sink.close_after_answer = True
    service = AwsService("dynamodb", RetryPolicy(seconds=1, attempts=1), clock=clock)
    for _ in range(3):
        service.call("get_item", **KEY)
        time.sleep(0.02)  # the sink closes its side
    service.close()


def test_a_connection_that_was_idle_for_long_is_not_used_again(sink: Sink, dynamodb: AwsService, clock: Clock) -> None:
    for idle, connections in ((0.0, 1), (IDLE_SECONDS - 1, 1), (IDLE_SECONDS + 1, 2), (1.0, 2)):
        clock.now += idle
        dynamodb.call("get_item", **KEY)
        assert sink.connections == connections


def test_a_flow_that_was_dropped_silently_costs_no_attempt(sink: Sink, clock: Clock) -> None:
    service = AwsService("dynamodb", RetryPolicy(seconds=0.3, attempts=1), clock=clock)
    service.call("get_item", **KEY)
    sink.silent = {1}  # from now on the first connection carries nothing
    clock.now += 120
    service.call("get_item", **KEY)
    service.close()


def test_nobody_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageFailed) as caught:
        AwsService("dynamodb", RetryPolicy(seconds=0.3, attempts=1)).call("get_item", **KEY)
    assert caught.value.code == "EndpointConnectionError"


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "dynamodb.eu-west-1.amazonaws.com"),
        ("cn-north-1", "dynamodb.cn-north-1.amazonaws.com.cn"),
        ("us-gov-west-1", "dynamodb.us-gov-west-1.amazonaws.com"),
        ("eusc-de-east-1", "dynamodb.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_every_partition_has_its_endpoints(region: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    assert AwsService("dynamodb", POLICY).client.meta.endpoint_url == f"https://{host}"


def test_a_services_own_endpoint_comes_before_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:2")
    endpoints = {name: AwsService(name, POLICY).client.meta.endpoint_url for name in SERVICES}
    assert endpoints == dict.fromkeys(SERVICES, "http://127.0.0.1:1") | {"sqs": "http://127.0.0.1:2"}


def test_a_lazy_service_has_no_client_before_its_first_call(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    created = list[str]()
    real = aws.create_client

    def create(name: str, policy: RetryPolicy) -> Any:
        created.append(name)
        return real(name, policy)

    monkeypatch.setattr(aws, "create_client", create)
    lazy, eager = AwsService("dynamodb", POLICY, lazy=True), AwsService("sqs", POLICY)
    assert created == ["sqs"]
    lazy.call("get_item", **KEY)
    lazy.call("get_item", **KEY)
    assert created == ["sqs", "dynamodb"]
    lazy.close()
    eager.close()


def test_the_credentials_are_those_that_lambda_sets() -> None:
    assert aws.credentials() == Credentials("testing", "testing", "testing")


@pytest.mark.parametrize("filled_in", [True, False])
def test_a_secret_is_written_only_with_a_request_token(filled_in: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets Manager refuses a raw request without one; the local AWS takes it. botocore fills it in."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", stand_in_aws.ENDPOINT)
    written = list[ServiceCall]()

    def respond(call: ServiceCall) -> Mapping[str, Any]:
        written.append(call)
        return {}

    with stand_in_aws.stand_in_aws(respond):
        service = AwsService("secretsmanager", POLICY)
        if filled_in:
            service.call("put_secret_value", SecretId="token", SecretString="{}")
            assert len(written) == 1
            return
        events = service.client.meta.events
        events.register_last(
            "before-call", lambda params, **_: params.update(body=b'{"SecretId": "token", "SecretString": "{}"}')
        )
        with pytest.raises(AwsError, match="InvalidRequestException"):
            service.call("put_secret_value", SecretId="token", SecretString="{}")
    assert written == []
