"""A queue in which failures end. It can't be listed: it is received, and given back."""

from collections.abc import Callable, Collection, Generator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ops.errors import OpsError
from ops.pile import Contents, Entry

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

RECEIVES = 2000
"""How often a command receives at most, ten messages at a time."""
VISIBILITY_SECONDS = 60
"""After how long messages are visible again if a command dies before it gives them back."""
WAIT_SECONDS = 1
"""So that all of SQS's servers are asked: an empty answer then means an empty queue."""
_BATCH = 10


class DeadLetter:
    """A message that was received."""

    def __init__(self, queue: "DeadLetters", message: "MessageTypeDef", held: dict[str, str]) -> None:
        """`held`: handles by message id, of those to be given back."""
        self._queue = queue
        self._body = message["Body"].encode()
        self._about = {"received": f"{message['Attributes']['ApproximateReceiveCount']} times"}
        self._held = held
        sent = datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
        self.entry = Entry(message["MessageId"], queue.reason_of(self._body), len(self._body), sent)

    def read(self) -> Contents:
        """The message's body."""
        return Contents(self._body, self._about)

    def delete(self) -> None:
        """Delete the message."""
        self._queue.delete(self._held[self.entry.id])
        del self._held[self.entry.id]


class DeadLetters:
    """A pile in a queue. `reason_of` tells from a message's body why it is there."""

    def __init__(
        self, sqs: "SQSClient", url: str, reason_of: Callable[[bytes], str] = lambda _body: "given-up"
    ) -> None:
        self._sqs = sqs
        self._url = url
        self.reason_of = reason_of

    def delete(self, handle: str) -> None:
        """Delete a message that was received."""
        self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=handle)

    def find(self, ids: Collection[str] | None = None) -> Generator[DeadLetter]:
        """Those of these message ids that there are; without ids all. All that stay are visible again at the end."""
        seen, held = set[str](), dict[str, str]()
        try:
            for batch in self._received():
                fresh = [message for message in batch if message["MessageId"] not in seen]
                # All of a batch, before any is looked at; and the newest handle is the one that counts.
                held |= {
                    message["MessageId"]: message["ReceiptHandle"]
                    for message in batch
                    if message in fresh or message["MessageId"] in held
                }
                seen |= {message["MessageId"] for message in fresh}
                for message in fresh:
                    if ids is None or message["MessageId"] in ids:
                        yield DeadLetter(self, message, held)
                if ids is not None and seen.issuperset(ids):
                    return
        finally:
            self._give_back(held)

    def _received(self) -> Generator[list["MessageTypeDef"]]:
        for _ in range(RECEIVES):
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                VisibilityTimeout=VISIBILITY_SECONDS,
                WaitTimeSeconds=WAIT_SECONDS,
                MessageSystemAttributeNames=["SentTimestamp", "ApproximateReceiveCount"],
            )
            if not (messages := answer.get("Messages")):
                return
            yield messages
        raise OpsError(f"{RECEIVES} receives did not reach the end of the queue; run the command again for the rest")

    def _give_back(self, held: dict[str, str]) -> None:
        handles = list(held.values())
        for start in range(0, len(handles), _BATCH):
            # One that is refused is visible already.
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                    for number, handle in enumerate(handles[start : start + _BATCH])
                ],
            )
