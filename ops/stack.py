"""The deployed stack: where its things are, and the clients to reach them with."""

import functools
from typing import TYPE_CHECKING

import boto3

from ops.errors import OpsError
from ops.stream_failures import Streams

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient


class Stack:
    """A CloudFormation stack. Makes each client when it is first needed."""

    def __init__(self, name: str, endpoint_url: str | None = None) -> None:
        self._name = name
        self._endpoint_url = endpoint_url

    def output(self, key: str) -> str:
        """The value of one of the stack's outputs."""
        for stack in self._cloudformation.describe_stacks(StackName=self._name)["Stacks"]:
            for output in stack.get("Outputs", []):
                if output.get("OutputKey") == key and (value := output.get("OutputValue")):
                    return value
        raise OpsError(f"the stack {self._name} has no output {key}")

    def physical_id(self, logical_id: str) -> str:
        """What a resource of the template is really called; for a queue its URL."""
        # Named, as an unnamed request is answered with a stack's first hundred resources only.
        found = self._cloudformation.describe_stack_resources(StackName=self._name, LogicalResourceId=logical_id)
        for resource in found["StackResources"]:
            if resource["LogicalResourceId"] == logical_id and (value := resource.get("PhysicalResourceId")):
                return value
        raise OpsError(f"the stack {self._name} has no resource {logical_id}")

    @functools.cached_property
    def s3(self) -> "S3Client":
        """S3."""
        client: S3Client = boto3.client("s3", endpoint_url=self._endpoint_url)
        return client

    @functools.cached_property
    def sqs(self) -> "SQSClient":
        """SQS."""
        client: SQSClient = boto3.client("sqs", endpoint_url=self._endpoint_url)
        return client

    @functools.cached_property
    def secretsmanager(self) -> "SecretsManagerClient":
        """Secrets Manager."""
        client: SecretsManagerClient = boto3.client("secretsmanager", endpoint_url=self._endpoint_url)
        return client

    @functools.cached_property
    def functions(self) -> "LambdaClient":
        """Lambda."""
        client: LambdaClient = boto3.client("lambda", endpoint_url=self._endpoint_url)
        return client

    @functools.cached_property
    def streams(self) -> Streams:
        """DynamoDB Streams."""
        client: Streams = boto3.client("dynamodbstreams", endpoint_url=self._endpoint_url)
        return client

    @functools.cached_property
    def _cloudformation(self) -> "CloudFormationClient":
        client: CloudFormationClient = boto3.client("cloudformation", endpoint_url=self._endpoint_url)
        return client
