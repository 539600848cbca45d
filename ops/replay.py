"""Back into the deferred queue, which feeds the same code as the webhook."""

import re
from typing import TYPE_CHECKING

from ops.errors import NotReplayable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MAX_BYTES = 256 * 1024
# What SQS documents for SendMessage; everything else it refuses.
_REFUSED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DeferredQueue:
    """Where the deferred function takes notifications from."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    def send(self, body: bytes) -> None:
        """Have the notification taken again. Raises `NotReplayable`."""
        self._sqs.send_message(QueueUrl=self._url, MessageBody=message_of(body))


def message_of(body: bytes) -> str:
    """The message that holds this body. Raises `NotReplayable`."""
    if not body:
        raise NotReplayable("the body is empty")
    if len(body) > MAX_BYTES:
        raise NotReplayable(f"the body has {len(body)} bytes, a message holds {MAX_BYTES}")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotReplayable(f"the body is not UTF-8 text, from byte {error.start} on") from error
    if refused := _REFUSED.search(text):
        raise NotReplayable(f"the body has the character U+{ord(refused[0]):04X}, which no message may hold")
    return text
