"""Quarantine, deferred queue and verification tokens, on moto."""

import time

import boto3
import msgspec
import pytest

from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.deferred_queue import DeferredQueue
from rollcall.adapters.quarantine import Quarantine
from rollcall.adapters.recording import Recordings
from rollcall.adapters.verification_tokens import KNOWN_FOR_SECONDS, VerificationTokenSecret
from rollcall.core.errors import StorageFailed, UndecodableNotification
from rollcall.core.recording import Recorded, as_recorded


@pytest.fixture(autouse=True)
def _aws(aws_calls: object) -> None:
    pass


def test_a_request_is_quarantined_as_it_came_with_its_reason() -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="quarantine")
    body = b"\xff" * 300_000
    key = Quarantine(AwsService("s3", BACKGROUND), "quarantine").put(
        body, UndecodableNotification("too-large", "a\nb\r\x00" + "ü" * 1000)
    )
    found = s3.get_object(Bucket="quarantine", Key=key)
    assert found["Body"].read() == body
    assert found["Metadata"]["reason"] == "too-large"
    assert key.split("/")[1] == "too-large"


def test_a_notification_is_deferred_word_for_word() -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="deferred")["QueueUrl"]
    DeferredQueue(AwsService("sqs", BACKGROUND), url).put('{"name": "Jürgen"}'.encode())
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == '{"name": "Jürgen"}'


def test_a_deferred_notification_is_put_off() -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="deferred", Attributes={"VisibilityTimeout": "180"})["QueueUrl"]
    queue = DeferredQueue(AwsService("sqs", BACKGROUND), url)
    queue.put(b"{}")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    queue.put_off(message["ReceiptHandle"], 0)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1
    with pytest.raises(StorageFailed):
        queue.put_off("none", 1)


@pytest.mark.parametrize("body", ['{"name": "Jürgen"}'.encode(), b"\xff{", b""])
def test_a_notification_is_recorded_as_it_came_under_a_key_that_sorts_by_time(body: bytes) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="recordings")
    headers = {"user-agent": "RingCentral-Webhook/8.3", "verification-token": "secret", "validation-token": "secret"}
    recordings = Recordings(AwsService("s3", BACKGROUND), "recordings")
    for second in (1772618405.4, 1772618405.223):
        recordings.put(as_recorded(headers, body, received_at=second))
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket="recordings")["Contents"]]
    assert [key[:24] for key in keys] == ["2026-03-04T10:00:05.223Z", "2026-03-04T10:00:05.400Z"]
    stored = s3.get_object(Bucket="recordings", Key=keys[0])["Body"].read()
    read = msgspec.json.decode(stored, type=Recorded)
    assert (read.content, read.headers) == (body, {"user-agent": "RingCentral-Webhook/8.3"})
    assert b"secret" not in stored


def test_until_when_to_record_is_read_with_the_tokens(aws_calls: list[tuple[str, object]]) -> None:
    client = boto3.client("secretsmanager")
    until = time.time() + 60
    arn = client.create_secret(Name="tokens", SecretString=f'{{"current": "one", "recordUntil": {until}}}')["ARN"]
    tokens = VerificationTokenSecret(AwsService("secretsmanager", BACKGROUND), arn, Clock())
    assert (tokens.accepted(), tokens.record_until()) == (("one",), until)
    assert [name for name, _ in aws_calls] == ["secretsmanager.GetSecretValue"]


def test_stores_that_are_not_there_fail_as_storage() -> None:
    with pytest.raises(StorageFailed):
        Recordings(AwsService("s3", BACKGROUND), "nowhere").put(as_recorded({}, b"", received_at=0))
    with pytest.raises(StorageFailed):
        Quarantine(AwsService("s3", BACKGROUND), "nowhere").put(b"", UndecodableNotification("not-json", ""))
    with pytest.raises(StorageFailed):
        DeferredQueue(AwsService("sqs", BACKGROUND), "http://localhost/123456789012/nowhere").put(b"{}")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_tokens_are_read_once_a_minute() -> None:
    client, clock = boto3.client("secretsmanager"), Clock()
    arn = client.create_secret(Name="tokens", SecretString='{"current": "one", "previous": ""}')["ARN"]
    tokens = VerificationTokenSecret(AwsService("secretsmanager", BACKGROUND), arn, clock)
    assert tokens.accepted() == ("one",)
    client.put_secret_value(SecretId=arn, SecretString='{"current": "two", "previous": "one"}')
    assert tokens.accepted() == ("one",)
    clock.now += KNOWN_FOR_SECONDS + 1
    assert (tokens.accepted(), tokens.current()) == (("two", "one"), "two")
    client.put_secret_value(SecretId=arn, SecretString='{"current": "two", "previous": "", "next": "three"}')
    clock.now += KNOWN_FOR_SECONDS + 1
    assert (tokens.accepted(), tokens.current()) == (("two", "three"), "two")
    client.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)
    clock.now += KNOWN_FOR_SECONDS + 1
    assert tokens.accepted() == ("two", "three")


def test_without_any_token_nobody_can_be_believed() -> None:
    with pytest.raises(StorageFailed):
        VerificationTokenSecret(
            AwsService("secretsmanager", BACKGROUND), "arn:aws:secretsmanager:us-east-1:1:secret:none"
        ).accepted()
