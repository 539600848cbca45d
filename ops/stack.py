"""The deployed stack: where its things are, and the clients to reach them with."""

import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ops.errors import OpsError, StackMissing
from ops.stream_failures import Streams

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import StackTypeDef
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

_RETRIES: Any = {"mode": "standard", "max_attempts": 3}
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries=_RETRIES)
_LAMBDA_CONFIG = Config(connect_timeout=5, read_timeout=75, retries=_RETRIES)
"""An invocation is answered when the function ends, which takes the subscription function up to a minute."""


class Resource(NamedTuple):
    """A resource of the stack. For a queue, `physical_id` is its URL."""

    logical_id: str
    type: str
    physical_id: str
    status: str


class Stack:
    """A CloudFormation stack. Makes each client when it is first needed; several threads may use it."""

    def __init__(self, name: str, endpoint_url: str | None = None) -> None:
        """`endpoint_url`: of an AWS on this machine; None is AWS itself."""
        self.name = name
        self.endpoint_url = endpoint_url
        self._session = boto3.Session()
        self._lock = threading.Lock()
        self._clients = dict[str, Any]()

    @property
    def region(self) -> str | None:
        """The region that was chosen, by AWS_REGION as for the AWS CLI, or where boto3 looks for it."""
        return os.environ.get("AWS_REGION") or self._session.region_name

    def describe(self) -> "StackTypeDef":
        """What CloudFormation says of the stack. Raises `StackMissing`."""
        try:
            found = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            # There is no code of its own for this (API reference, DescribeStacks).
            if error.response["Error"]["Code"] == "ValidationError" and "exist" in error.response["Error"]["Message"]:
                raise StackMissing(self.name) from None
            raise
        # A stack that was deleted is described by its id alone on AWS; others answer by its name, too.
        for stack in found:
            if stack["StackStatus"] != "DELETE_COMPLETE":
                return stack
        raise StackMissing(self.name)

    def resources(self, stack_id: str | None = None) -> list[Resource]:
        """Every resource of the stack, over all pages, without those that are deleted.

        `stack_id`: for a stack that is being deleted, which is soon no longer found by its name.
        """
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack_id or self.name)
        return [
            Resource(
                logical_id=found["LogicalResourceId"],
                type=found["ResourceType"],
                physical_id=found.get("PhysicalResourceId", ""),
                status=found["ResourceStatus"],
            )
            for page in pages
            for found in page["StackResourceSummaries"]
            if found["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
        ]

    def output(self, key: str) -> str:
        """The value of one of the stack's outputs."""
        for output in self.describe().get("Outputs", []):
            if output.get("OutputKey") == key and (value := output.get("OutputValue")):
                return value
        raise OpsError(f"the stack {self.name} has no output {key}")

    def physical_id(self, logical_id: str) -> str:
        """What a resource of the template is really called; for a queue its URL."""
        # Named, as an unnamed request is answered with a stack's first hundred resources only.
        found = self.cloudformation.describe_stack_resources(StackName=self.name, LogicalResourceId=logical_id)
        for resource in found["StackResources"]:
            if resource["LogicalResourceId"] == logical_id and (value := resource.get("PhysicalResourceId")):
                return value
        raise OpsError(f"the stack {self.name} has no resource {logical_id}")

    @property
    def cloudformation(self) -> "CloudFormationClient":
        """CloudFormation."""
        client: CloudFormationClient = self._client("cloudformation")
        return client

    @property
    def cloudwatch(self) -> "CloudWatchClient":
        """CloudWatch."""
        client: CloudWatchClient = self._client("cloudwatch")
        return client

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """DynamoDB."""
        client: DynamoDBClient = self._client("dynamodb")
        return client

    @property
    def events(self) -> "EventBridgeClient":
        """EventBridge."""
        client: EventBridgeClient = self._client("events")
        return client

    @property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        client: LambdaClient = self._client("lambda")
        return client

    @property
    def kms(self) -> "KMSClient":
        """KMS."""
        client: KMSClient = self._client("kms")
        return client

    @property
    def logs(self) -> "CloudWatchLogsClient":
        """CloudWatch Logs."""
        client: CloudWatchLogsClient = self._client("logs")
        return client

    @property
    def s3(self) -> "S3Client":
        """S3."""
        client: S3Client = self._client("s3")
        return client

    @property
    def secretsmanager(self) -> "SecretsManagerClient":
        """Secrets Manager."""
        client: SecretsManagerClient = self._client("secretsmanager")
        return client

    @property
    def sns(self) -> "SNSClient":
        """SNS."""
        client: SNSClient = self._client("sns")
        return client

    @property
    def sqs(self) -> "SQSClient":
        """SQS."""
        client: SQSClient = self._client("sqs")
        return client

    @property
    def ssm(self) -> "SSMClient":
        """Systems Manager."""
        client: SSMClient = self._client("ssm")
        return client

    @property
    def streams(self) -> Streams:
        """DynamoDB Streams."""
        client: Streams = self._client("dynamodbstreams")
        return client

    @property
    def sts(self) -> "STSClient":
        """STS."""
        client: STSClient = self._client("sts")
        return client

    def _client(self, service: str) -> Any:  # noqa: ANN401  # the properties know which
        # A session is not to be used by two threads at once, its clients may be (boto3 guide, Session).
        with self._lock:
            if service not in self._clients:
                config = _LAMBDA_CONFIG if service == "lambda" else _CONFIG
                make: Any = self._session.client
                where = {"endpoint_url": self.endpoint_url, "region_name": self.region}
                self._clients[service] = make(service, config=config, **where)
            return self._clients[service]
