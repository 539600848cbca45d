"""The sample events are what AWS sends, as far as Powertools' models of AWS's events know it."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.parser import models
from pydantic import BaseModel, ValidationError

from tests.simulation.stream_records import StreamRecords, whereabouts
from tests.support.aws_tables import ROOT

EVENTS = ROOT / "events"
MODELS: dict[str, type[BaseModel]] = {
    "authorizer": models.ApiGatewayAuthorizerRequestV2,
    "conferences": models.APIGatewayProxyEventV2Model,
    "connections/connect": models.APIGatewayWebSocketConnectEventModel,
    "connections/connect-from-elsewhere": models.APIGatewayWebSocketConnectEventModel,
    "connections/connect-without-ticket": models.APIGatewayWebSocketConnectEventModel,
    "connections/disconnect": models.APIGatewayWebSocketDisconnectEventModel,
    "connections/not-json": models.APIGatewayWebSocketMessageEventModel,
    "connections/ping": models.APIGatewayWebSocketMessageEventModel,
    "connections/subscribe": models.APIGatewayWebSocketMessageEventModel,
    "console": models.APIGatewayProxyEventV2Model,
    "deferred": models.SqsModel,
    "ingest": models.APIGatewayProxyEventV2Model,
    "reconcile": models.EventBridgeModel,
    "remove": models.APIGatewayProxyEventV2Model,
    "roster": models.DynamoDBStreamModel,
    "subscription/deleted": models.CloudFormationCustomResourceDeleteModel,
    "subscription/deployed": models.CloudFormationCustomResourceCreateModel,
    "subscription/renewal-reminder": models.EventBridgeModel,
    "subscription/schedule": models.EventBridgeModel,
    "tickets": models.APIGatewayProxyEventV2Model,
    "unrouted": models.APIGatewayProxyEventV2Model,
}
"""The model of each folder, or of each file where a function gets several kinds of events."""

SAMPLES = sorted(str(path.relative_to(EVENTS).with_suffix("")) for path in EVENTS.rglob("*.json"))


def model_of(sample: str) -> type[BaseModel] | None:
    return MODELS.get(sample) or MODELS.get(str(Path(sample).parent))


def read(sample: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / f"{sample}.json").read_text())
    return event


def test_every_sample_has_a_model_and_every_model_has_a_sample() -> None:
    assert [sample for sample in SAMPLES if model_of(sample) is None] == []
    assert {sample if sample in MODELS else str(Path(sample).parent) for sample in SAMPLES} == MODELS.keys()


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_sample_is_complete(sample: str) -> None:
    model = model_of(sample)
    assert model is not None
    model.model_validate(read(sample))


@pytest.mark.parametrize(
    ("sample", "missing"),
    [
        ("authorizer/token", ("routeArn",)),
        ("connections/ping", ("requestContext", "messageId")),
        ("connections/disconnect", ("requestContext", "disconnectReason")),
        ("deferred/one-good-one-not", ("Records", 0, "attributes", "SentTimestamp")),
        ("ingest/joined", ("requestContext", "domainPrefix")),
        ("roster/joined", ("Records", 0, "dynamodb", "SequenceNumber")),
        ("subscription/deployed", ("ServiceToken",)),
        ("subscription/schedule", ("detail-type",)),
    ],
)
def test_what_an_abbreviated_sample_lacks_is_named(sample: str, missing: tuple[str | int, ...]) -> None:
    event = copy.deepcopy(read(sample))
    place: Any = event
    for step in missing[:-1]:
        place = place[step]
    del place[missing[-1]]
    model = model_of(sample)
    assert model is not None
    with pytest.raises(ValidationError, match=str(missing[-1])):
        model.model_validate(event)


def test_the_simulations_stream_records_and_failure_messages_are_complete() -> None:
    record = StreamRecords("PartyTable").record({"pk": {"S": "a"}}, None, {"pk": {"S": "a"}}, at=1_772_618_400.0)
    models.DynamoDBStreamModel.model_validate({"Records": [record]})
    message = whereabouts([record], "shardId-00000001", "RetryAttemptsExhausted", 6, 1_772_618_401.0)
    models.DynamoDBStreamLambdaOnFailureDestinationModel.model_validate(message)
