"""The rules that make the stand-ins as strict as AWS: each refuses what AWS refuses, and takes what it takes."""

from typing import Any

import pytest

from tests.support.aws_rules import RuleBroken, check

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
TOKEN = "11111111-2222-4333-8444-555555555555"
EVENT = {"Source": "rollcall", "DetailType": "reminder", "Detail": "{}"}
TAKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("secretsmanager", "PutSecretValue", {"SecretId": "s", "SecretString": "{}", "ClientRequestToken": TOKEN}),
    ("secretsmanager", "GetSecretValue", {"SecretId": "s"}),
    ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": '{"name": "ü\t😀"}'}),
    ("sqs", "ChangeMessageVisibility", {"QueueUrl": "q", "ReceiptHandle": "r", "VisibilityTimeout": 43_200}),
    ("events", "PutEvents", {"Entries": [EVENT]}),
    ("s3", "PutObject", {"Bucket": "b", "Key": "k", "Body": b"", "Metadata": {"reason": "r" * 2000}}),
    ("dynamodb", "GetItem", {"TableName": "t", "Key": KEY, "ConsistentRead": True}),
    ("dynamodb", "PutItem", {"TableName": "t", "Item": KEY | {"text": {"S": ""}, "number": {"N": "-" + "9" * 38}}}),
    ("dynamodb", "Query", {"TableName": "t", "IndexName": "byDue", "ConsistentRead": False}),
    ("dynamodb", "Query", {"TableName": "t", "IndexName": "byHost", "ConsistentRead": True}),
]
REFUSED: list[tuple[str, str, dict[str, Any], str]] = [
    ("secretsmanager", "PutSecretValue", {"SecretId": "s", "SecretString": "{}"}, "InvalidRequestException"),
    ("secretsmanager", "PutSecretValue", {"SecretId": "s", "ClientRequestToken": "1"}, "InvalidRequestException"),
    ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": ""}, "InvalidParameterValue"),
    ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": "x" * (1024 * 1024 + 1)}, "InvalidParameterValue"),
    ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": "\ufffe"}, "InvalidMessageContents"),
    ("sqs", "ChangeMessageVisibility", {"VisibilityTimeout": 43_201}, "InvalidParameterValue"),
    ("events", "PutEvents", {"Entries": [EVENT | {"Source": "aws.s3"}]}, "NotAuthorizedForSourceException"),
    ("events", "PutEvents", {"Entries": [EVENT | {"Detail": "[]"}]}, "MalformedDetail"),
    ("events", "PutEvents", {"Entries": [EVENT | {"DetailType": "x" * 256 * 1024}]}, "ValidationException"),
    ("s3", "PutObject", {"Key": "k" * 1025, "Metadata": {}}, "KeyTooLongError"),
    ("s3", "PutObject", {"Key": "k", "Metadata": {"reason": "r" * 2043}}, "MetadataTooLarge"),
    ("s3", "PutObject", {"Key": "k", "Metadata": {"reason": "ü"}}, "InvalidArgument"),
    ("dynamodb", "PutItem", {"Item": KEY, "ExpressionAttributeValues": {}}, "ValidationException"),
    ("dynamodb", "PutItem", {"Item": KEY, "ExpressionAttributeNames": {}}, "ValidationException"),
    ("dynamodb", "Query", {"IndexName": "byDue", "ConsistentRead": True}, "ValidationException"),
    ("dynamodb", "GetItem", {"Key": KEY | {"pk": {"S": ""}}}, "ValidationException"),
    ("dynamodb", "GetItem", {"Key": KEY | {"pk": {"S": "x" * 2049}}}, "ValidationException"),
    ("dynamodb", "GetItem", {"Key": KEY | {"sk": {"S": "x" * 1025}}}, "ValidationException"),
    ("dynamodb", "PutItem", {"Item": KEY | {"a": {"S": "x" * 400 * 1024}}}, "ValidationException"),
    ("dynamodb", "PutItem", {"Item": KEY | {"a": {"L": [{"M": {"b": {"SS": []}}}]}}}, "ValidationException"),
    ("dynamodb", "PutItem", {"Item": KEY | {"a": {"N": "9" * 39}}}, "ValidationException"),
    ("dynamodb", "PutItem", {"Item": KEY | {"a": {"S": "\ud800"}}}, "SerializationException"),
]


@pytest.mark.parametrize(("service", "operation", "request_"), TAKEN)
def test_a_request_that_aws_takes_is_taken(service: str, operation: str, request_: dict[str, Any]) -> None:
    check(service, operation, request_)


@pytest.mark.parametrize(("service", "operation", "request_", "code"), REFUSED)
def test_a_request_that_aws_refuses_is_refused(
    service: str, operation: str, request_: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        check(service, operation, request_)
    assert caught.value.code == code
