"""DynamoDB's stream records, and what AWS keeps of those that a mapping gives up: where they are, not what they say."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Record = dict[str, Any]


class StreamRecords:
    """Makes stream records, numbered in the order of the writes."""

    def __init__(self, table: str) -> None:
        self._arn = f"arn:aws:dynamodb:us-east-1:123456789012:table/{table}/stream/2026-03-04T10:00:00.000"
        self._written = 0

    def record(
        self, key: Mapping[str, Any], old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, *, at: float
    ) -> Record:
        """The record of one write; `at`: epoch seconds."""
        self._written += 1
        number = f"{self._written:021d}"
        images = {name: image for name, image in (("OldImage", old), ("NewImage", new)) if image is not None}
        return {
            "eventID": f"{self._written:032x}",
            "eventName": "INSERT" if old is None else "REMOVE" if new is None else "MODIFY",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "eventSourceARN": self._arn,
            "dynamodb": {
                "ApproximateCreationDateTime": at,
                "Keys": dict(key),
                **images,
                "SequenceNumber": number,
                "SizeBytes": 1,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            },
        }


def whereabouts(records: Sequence[Record], shard: str, why: str, invocations: int, now: float) -> dict[str, Any]:
    """The message in the failure queue, as AWS documents it. `now`: epoch seconds."""
    first, last = records[0], records[-1]
    return {
        "requestContext": {
            "requestId": f"abandoned-{number_of(first)}",
            "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:rollcall-roster",
            "condition": why,
            "approximateInvokeCount": invocations,
        },
        "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
        "version": "1.0",
        "timestamp": _iso(now),
        "DDBStreamBatchInfo": {
            "shardId": shard,
            "startSequenceNumber": number_of(first),
            "endSequenceNumber": number_of(last),
            "approximateArrivalOfFirstRecord": _iso(created(first)),
            "approximateArrivalOfLastRecord": _iso(created(last)),
            "batchSize": len(records),
            "streamArn": first["eventSourceARN"],
        },
    }


def number_of(record: Record) -> str:
    """The record's sequence number. Text that sorts as the numbers do."""
    number: str = record["dynamodb"]["SequenceNumber"]
    return number


def created(record: Record) -> float:
    """When it was written, epoch seconds."""
    at: float = record["dynamodb"]["ApproximateCreationDateTime"]
    return at


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
