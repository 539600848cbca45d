"""The queue of deferred notifications: what DynamoDB would not take is tried again here."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import aws, settings
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.event_bus import RenewalReminders
from rollcall.adapters.party_table import PartyTable
from rollcall.adapters.quarantine import Quarantine
from rollcall.core.errors import StorageFailed
from rollcall.services.ingest import Ingest
from rollcall.telemetry import instrumented, logger


class _Settings(settings.Settings, frozen=True):
    party_table: str
    quarantine_bucket: str
    stack_name: str


def _ingest() -> Ingest:
    env = settings.read(_Settings)
    return Ingest(
        PartyTable(Table(aws.dynamodb(), env.party_table)),
        Quarantine(env.quarantine_bucket, aws.BACKGROUND),
        RenewalReminders(aws.events(), env.stack_name),
    )


_INGEST = _ingest()


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Take each notification; those that are still not taken stay in the queue."""
    failed = []
    for record in event["Records"]:
        try:
            _INGEST.take(record["body"].encode())
        except StorageFailed as error:
            logger.warning("notification stays deferred", cause=error.code)
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}
