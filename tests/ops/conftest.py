"""An AWS in this process, with a stack that has what the commands look for, and a way to run them."""

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import boto3
import pytest
from moto import mock_aws

from ops import dead_letters
from ops.__main__ import main

STACK = "rollcall-test"
SECRET = "tokens"
_TEMPLATE = {
    "Resources": {
        "QuarantineBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "quarantine-for-tests"}},
        "DeferredQueue": {"Type": "AWS::SQS::Queue"},
        "DeferredDeadLetters": {"Type": "AWS::SQS::Queue"},
        "StreamFailures": {"Type": "AWS::SQS::Queue"},
        "RecordingBucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "recordings-for-tests"}},
    },
    "Outputs": {
        "RecordingBucketName": {"Value": {"Ref": "RecordingBucket"}},
        "VerificationSecretArn": {"Value": SECRET},
        "QuarantineBucketName": {"Value": {"Ref": "QuarantineBucket"}},
        "DeferredQueueUrl": {"Value": {"Ref": "DeferredQueue"}},
    },
}


class Outcome(NamedTuple):
    """What a command left."""

    status: int
    out: bytes
    err: str


class World:
    """The AWS, and the command line."""

    def __init__(self, capture: pytest.CaptureFixture[bytes]) -> None:
        self._capture = capture
        self.s3 = boto3.client("s3")
        self.sqs = boto3.client("sqs")
        secret = '{"current": "a", "previous": "b"}'
        boto3.client("secretsmanager").create_secret(Name=SECRET, SecretString=secret)
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(StackName=STACK, TemplateBody=json.dumps(_TEMPLATE))
        found = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
        ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}
        self.bucket = ids["QuarantineBucket"]
        self.deferred, self.dead_letters = ids["DeferredQueue"], ids["DeferredDeadLetters"]
        self.recording_bucket, self.stream_failures = ids["RecordingBucket"], ids["StreamFailures"]

    def run(self, *arguments: str, stack: str = STACK) -> Outcome:
        status = main(["--stack", stack, *arguments])
        out, err = self._capture.readouterr()
        return Outcome(status, out, err.decode())

    def quarantine(self, key: str, body: bytes, metadata: Mapping[str, str] | None = None) -> str:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body, Metadata=dict(metadata or {}))
        return key

    def keys(self) -> list[str]:
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def give_up(self, body: str) -> str:
        return str(self.sqs.send_message(QueueUrl=self.dead_letters, MessageBody=body)["MessageId"])

    def visible(self, url: str) -> list[str]:
        """The bodies that a receiver would get now. Takes them."""
        bodies = list[str]()
        while messages := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return sorted(bodies)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Iterator[World]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(dead_letters, "WAIT_SECONDS", 0)
    with mock_aws():
        yield World(capsysbinary)


@pytest.fixture
def deletes_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 and SQS refuse to delete, as if the command had died right before."""
    from botocore.client import BaseClient  # noqa: PLC0415
    from botocore.exceptions import ClientError  # noqa: PLC0415

    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def calling(self: BaseClient, operation: str, request: Mapping[str, object]) -> object:
        if operation in {"DeleteObject", "DeleteMessage"}:
            raise ClientError({"Error": {"Code": "InternalError", "Message": "no\nluck"}}, operation)
        return call(self, operation, request)

    monkeypatch.setattr(BaseClient, "_make_api_call", calling)
