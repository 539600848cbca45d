"""Notifications that DynamoDB would not take in time. The queue feeds them to the same code again."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from rollcall.adapters.aws import storage_errors

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class DeferredQueue:
    """An SQS queue; a message's body is the notification as RingCentral posted it, which is decodable JSON."""

    def __init__(self, client: Callable[[], "SQSClient"], url: str) -> None:
        """`client` makes the client when it is needed, which is hardly ever: making one takes time at a cold start."""
        self._client = functools.cache(client)
        self._url = url

    def put(self, body: bytes) -> None:
        """Keep the notification for later."""
        with storage_errors():
            self._client().send_message(QueueUrl=self._url, MessageBody=body.decode())
