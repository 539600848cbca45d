"""What Lambda gave up of the party table's stream: read once more and given to the roster function.

A message says which shard and which sequence numbers, and holds no records. The stream keeps them for a day.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from botocore.exceptions import ClientError

from ops.errors import NotReplayable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

BATCH = 100
"""As many records as the event source mapping gives at once."""

_GONE = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
_EMPTY_PAGES = 50
"""Of a shard that is still written to there is always another page."""


class BatchInfo(msgspec.Struct, frozen=True, rename="camel"):
    """Which records. Sequence numbers are decimal."""

    shard_id: str
    start_sequence_number: str
    end_sequence_number: str
    stream_arn: str


class _RequestContext(msgspec.Struct, frozen=True):
    condition: str = "given-up"


class StreamFailure(msgspec.Struct, frozen=True, rename="camel"):
    """What Lambda sends for a batch that it gave up."""

    batch: BatchInfo = msgspec.field(name="DDBStreamBatchInfo")
    request_context: _RequestContext = _RequestContext()


class Streams(Protocol):
    """DynamoDB Streams, as boto3's client has it."""

    def get_shard_iterator(self, **request: str) -> Mapping[str, Any]:
        """Where to read from."""
        ...

    def get_records(self, **request: str) -> Mapping[str, Any]:
        """A page."""
        ...


def reason_of(body: bytes) -> str:
    """Why Lambda gave the batch up, in its own words."""
    try:
        return msgspec.json.decode(body, type=StreamFailure).request_context.condition
    except msgspec.DecodeError:
        return "not-understood"


class Redrive:
    """Gives records to the roster function."""

    def __init__(self, streams: Streams, functions: "LambdaClient", function_name: str) -> None:
        self._streams = streams
        self._functions = functions
        self._function_name = function_name

    def run(self, message: bytes) -> int:
        """Have a batch taken again; what a roster knows already changes nothing. Returns how many records there were.

        Raises `NotReplayable` if the records are gone, or if the function failed with any of them.
        """
        try:
            batch = msgspec.json.decode(message, type=StreamFailure).batch
        except msgspec.DecodeError as error:
            raise NotReplayable(f"this is no message of Lambda's about a stream: {error}") from error
        records = [_event_record(record, batch.stream_arn) for record in self._records(batch) if _is_passed(record)]
        for start in range(0, len(records), BATCH):
            self._invoke(records[start : start + BATCH])
        return len(records)

    def _records(self, batch: BatchInfo) -> Iterator[Mapping[str, Any]]:
        last = int(batch.end_sequence_number)
        for page in self._pages(batch):
            for record in page:
                if int(record["dynamodb"]["SequenceNumber"]) > last:
                    return
                yield record
            if page and int(page[-1]["dynamodb"]["SequenceNumber"]) == last:
                return

    def _pages(self, batch: BatchInfo) -> Iterator[Sequence[Mapping[str, Any]]]:
        empty = 0
        try:
            iterator: str | None = self._streams.get_shard_iterator(
                StreamArn=batch.stream_arn,
                ShardId=batch.shard_id,
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=batch.start_sequence_number,
            )["ShardIterator"]
            while iterator and empty < _EMPTY_PAGES:
                answer = self._streams.get_records(ShardIterator=iterator)
                yield answer["Records"]
                empty = 0 if answer["Records"] else empty + 1
                iterator = answer.get("NextShardIterator")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            raise NotReplayable(
                "its records are gone, as a stream keeps them for a day. A roster that is wrong for it is right again "
                "when RingCentral has been asked who is in; then delete this"
            ) from error

    def _invoke(self, records: Sequence[Mapping[str, Any]]) -> None:
        payload = msgspec.json.encode({"Records": records})
        answer = self._functions.invoke(FunctionName=self._function_name, Payload=payload)
        content = msgspec.json.decode(answer["Payload"].read())
        if answer.get("FunctionError") or content["batchItemFailures"]:
            raise NotReplayable("the roster function failed once more; its log says why")


def _is_passed(record: Mapping[str, Any]) -> bool:
    """Whether the event source mapping would pass the record on: template.yaml's filters for `PartyRecords`."""
    images = record["dynamodb"]
    named = any("S" in images.get(image, {}).get("conferenceId", {}) for image in ("NewImage", "OldImage"))
    of_party = images["Keys"]["pk"].get("S", "").startswith("SESSION#")
    return record["eventName"] in ("INSERT", "MODIFY") and of_party and named


def _event_record(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    """The record as Lambda has it in events: times are numbers, and it names its stream."""
    images = {
        name: value.timestamp() if isinstance(value, datetime) else value for name, value in record["dynamodb"].items()
    }
    return {**record, "dynamodb": images, "eventSourceARN": stream_arn}
