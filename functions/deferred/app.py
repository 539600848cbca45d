"""The queue of deferred notifications: what DynamoDB would not take is tried again here."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.aws import BACKGROUND, BEST_EFFORT, AwsService
from rollcall.adapters.deferred_queue import DeferredQueue
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.event_bus import RenewalReminders
from rollcall.adapters.party_table import PartyTable
from rollcall.adapters.quarantine import Quarantine
from rollcall.services.deferred import Delivery, Repeats
from rollcall.services.ingest import REPEAT_WITHIN_SECONDS, Ingest
from rollcall.telemetry import instrumented


class _Settings(settings.Settings, frozen=True):
    party_table: str
    quarantine_bucket: str
    deferred_queue_url: str
    stack_name: str


def _repeats() -> Repeats:
    env = settings.read(_Settings)
    ingest = Ingest(
        PartyTable(Table(AwsService("dynamodb", BACKGROUND), env.party_table)),
        Quarantine(AwsService("s3", BACKGROUND, lazy=True), env.quarantine_bucket),
        RenewalReminders(AwsService("events", BACKGROUND, lazy=True), env.stack_name),
        seconds=REPEAT_WITHIN_SECONDS,
    )
    return Repeats(ingest, DeferredQueue(AwsService("sqs", BEST_EFFORT, lazy=True), env.deferred_queue_url))


_REPEATS = _repeats()


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Take each notification; those that are still not taken stay in the queue."""
    failed = [record["messageId"] for record in event["Records"] if not _REPEATS.take(_delivery(record))]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _delivery(record: dict[str, Any]) -> Delivery:
    number = int(record["attributes"]["ApproximateReceiveCount"])
    return Delivery(record["body"].encode(), record["receiptHandle"], number)
