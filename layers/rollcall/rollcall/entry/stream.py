"""DynamoDB stream records to changes, and failures back to the event source mapping."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters.party_table import party_record
from rollcall.core.roster import leg_changes
from rollcall.services.roster import RecordChanges
from rollcall.telemetry import Handler, count, instrumented, logger


class BatchFailed(Exception):
    """Every record of a batch failed. Lambda then counts an error and delivers the batch again."""


def for_party_records(process: Callable[[list[RecordChanges], Callable[[], float]], set[str]]) -> Handler:
    """A Lambda handler for the party table's stream.

    `process` gets the records that some roster would show and returns the ids of those that failed. The first failed
    one is reported; Lambda delivers it and all after it again. Nothing is called if no roster would show anything.
    """

    @instrumented
    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        ids = [record["dynamodb"]["SequenceNumber"] for record in event["Records"]]
        relevant, failed = [], set[str]()
        for record in event["Records"]:
            try:
                changes = _changes(record)
            except (msgspec.ValidationError, TypeError, KeyError) as error:
                logger.exception("stream record not understood", error=type(error).__name__)
                count("StreamRecordsNotUnderstood")
                failed.add(record["dynamodb"]["SequenceNumber"])
                continue
            if changes.changes:
                relevant.append(changes)
        if relevant:
            failed |= process(relevant, lambda: context.get_remaining_time_in_millis() / 1000)
        if failed.issuperset(ids):
            raise BatchFailed(f"{len(ids)} records")
        return {"batchItemFailures": [{"itemIdentifier": record_id} for record_id in ids if record_id in failed][:1]}

    return handler


def _changes(record: Mapping[str, Any]) -> RecordChanges:
    images = record["dynamodb"]
    if "NewImage" not in images:
        return RecordChanges(images["SequenceNumber"], [])  # removed by its TTL: that is nobody's leaving
    old = party_record(images["OldImage"]) if "OldImage" in images else None
    return RecordChanges(images["SequenceNumber"], leg_changes(old, party_record(images["NewImage"])))
