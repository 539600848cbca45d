"""The quick client: the same outcome, the same attempts and the same pauses as botocore's, whatever AWS does."""

import random
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from rollcall.adapters.aws import BACKGROUND, INTERACTIVE, WEBHOOK, AwsError, AwsService
from rollcall.core.errors import StorageFailed
from tests.simulation.quick_client import quick_aws
from tests.support.stand_in_aws import ENDPOINT, Handle, Refused, ServiceCall, stand_in_aws

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "get_item", {"TableName": "parties", "Key": KEY}),
    ("dynamodb", "put_item", {"TableName": "parties", "Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"}),
    ("sqs", "send_message", {"QueueUrl": "http://aws.test/queue", "MessageBody": "{}"}),
    ("secretsmanager", "put_secret_value", {"SecretId": "token", "SecretString": "{}"}),
    ("s3", "put_object", {"Bucket": "kept", "Key": "key", "Body": b"body", "Metadata": {"reason": "r"}}),
]
OUTCOMES: list[Callable[[], Mapping[str, Any]]] = [
    dict,
    dict,
    lambda: _raise(Refused("ProvisionedThroughputExceededException")),
    lambda: _raise(Refused("ConditionalCheckFailedException", {"Item": KEY})),
    lambda: _raise(Refused("InternalServerError", status=500)),
    lambda: _raise(Refused("SlowDown", status=503)),
    lambda: _raise(ReadTimeoutError(endpoint_url=ENDPOINT)),
    lambda: _raise(ConnectionClosedError(endpoint_url=ENDPOINT)),
    lambda: _raise(Refused("AccessDeniedException")),
]


def _raise(error: Exception) -> Mapping[str, Any]:
    raise error


def story(stand_in: Callable[[Handle], AbstractContextManager[None]], seed: int) -> list[Any]:
    """Forty calls whose attempts fare as the seed has it: what was asked, every pause, and what came of each call."""
    chance, told = random.Random(seed), list[Any]()

    def handle(call: ServiceCall) -> Mapping[str, Any]:
        request = {name: value for name, value in call.request.items() if name != "ClientRequestToken"}
        told.append((call.service, call.operation, request, call.seconds))
        return chance.choice(OUTCOMES)()

    random.seed(seed)
    with stand_in(handle):
        services = {
            name: AwsService(name, policy)
            for name, policy in zip(
                ("dynamodb", "sqs", "secretsmanager", "s3"), (BACKGROUND, WEBHOOK, INTERACTIVE, BACKGROUND), strict=True
            )
        }
        for _ in range(40):
            service, operation, request = chance.choice(CALLS)
            try:
                services[service].call(operation, **request)
                told.append("done")
            except AwsError as error:
                # Only an error that the service's model knows has members of its own.
                told.append((error.code, error.response.get("Item") if operation == "put_item" else None))
            except StorageFailed as error:
                told.append(error.code)
    return told


@pytest.mark.parametrize("seed", range(12))
def test_it_does_what_botocores_client_does(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ENDPOINT)
    pauses: dict[str, list[float]] = {"real": [], "quick": []}
    told = {}
    for kind, stand_in in (("real", stand_in_aws), ("quick", quick_aws)):
        monkeypatch.setattr(time, "sleep", pauses[kind].append)
        told[kind] = story(stand_in, seed)
    assert told["quick"] == told["real"]
    assert pauses["quick"] == pauses["real"]
    assert pauses["real"]


def test_an_outage_uses_up_the_retry_quota_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    attempts = []
    for stand_in in (stand_in_aws, quick_aws):
        asked = list[ServiceCall]()

        def handle(call: ServiceCall, asked: list[ServiceCall] = asked) -> Mapping[str, Any]:
            asked.append(call)
            raise ReadTimeoutError(endpoint_url=ENDPOINT)

        with stand_in(handle):
            service = AwsService("dynamodb", BACKGROUND)
            for _ in range(100):
                with pytest.raises(StorageFailed):
                    service.call("get_item", TableName="parties", Key=KEY)
        attempts.append(len(asked))
    assert attempts[0] == attempts[1] < 100 * BACKGROUND.attempts
