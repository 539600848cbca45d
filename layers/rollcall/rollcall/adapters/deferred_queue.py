"""Notifications that DynamoDB would not take in time. The queue feeds them to the same code again."""

from rollcall.adapters.aws import AwsService


class DeferredQueue:
    """An SQS queue; a message's body is the notification as RingCentral posted it, which is decodable JSON."""

    def __init__(self, sqs: AwsService, url: str) -> None:
        self._sqs = sqs
        self._url = url

    def put(self, body: bytes) -> None:
        """Keep the notification for later. Raises `UnicodeDecodeError` for what no message can hold."""
        self._sqs.call("send_message", QueueUrl=self._url, MessageBody=body.decode())

    def put_off(self, receipt: str, seconds: int) -> None:
        """Let a message that was received come again after so long. Raises `StorageFailed`."""
        self._sqs.call(
            "change_message_visibility", QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=seconds
        )
