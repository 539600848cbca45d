"""Clients of AWS services.

botocore rather than boto3: the same clients, and a cold start without boto3's own imports. Each client waits for a
bounded time and repeats a bounded number of times, with botocore's exponential back-off and jitter.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from rollcall.adapters.signing import Credentials
from rollcall.core.errors import StorageFailed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

Patience = Literal["webhook", "background"]

_PATIENCE: dict[Patience, Config] = {
    # RingCentral waits three seconds, whatever happens here. What the table does not take at once goes to a queue, and
    # the queue is what repeats.
    "webhook": Config(connect_timeout=0.3, read_timeout=0.7, retries={"mode": "standard", "total_max_attempts": 1}),
    "background": Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 4}),
}

session = botocore.session.get_session()


def _client(service: str, patience: Patience) -> Any:  # noqa: ANN401  # botocore makes the classes at run time
    return session.create_client(service, config=_PATIENCE[patience])


def dynamodb(patience: Patience = "background") -> "DynamoDBClient":
    """A DynamoDB client."""
    return cast("DynamoDBClient", _client("dynamodb", patience))


def sqs(patience: Patience = "background") -> "SQSClient":
    """An SQS client."""
    return cast("SQSClient", _client("sqs", patience))


def s3(patience: Patience = "background") -> "S3Client":
    """An S3 client."""
    return cast("S3Client", _client("s3", patience))


def secretsmanager(patience: Patience = "background") -> "SecretsManagerClient":
    """A Secrets Manager client."""
    return cast("SecretsManagerClient", _client("secretsmanager", patience))


def credentials() -> Credentials:
    """What the function's role allows it to sign with."""
    found = session.get_credentials()
    frozen = found.get_frozen_credentials() if found else None
    if not (frozen and frozen.access_key and frozen.secret_key):
        raise StorageFailed("NoCredentials")
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token)


@contextmanager
def storage_errors() -> Iterator[None]:
    """Within it, what AWS refuses or does not answer is a `StorageFailed`."""
    try:
        yield
    except ClientError as error:
        raise StorageFailed(error.response["Error"]["Code"]) from error
    except BotoCoreError as error:
        raise StorageFailed(type(error).__name__) from error
