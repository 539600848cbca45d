"""POST /webhook: RingCentral's notifications enter here."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.aws import SECRET, WEBHOOK, AwsService
from rollcall.adapters.deferred_queue import DeferredQueue
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.event_bus import RenewalReminders
from rollcall.adapters.party_table import PartyTable
from rollcall.adapters.quarantine import Quarantine
from rollcall.adapters.recording import Recordings
from rollcall.adapters.verification_tokens import VerificationTokenSecret
from rollcall.core.webhook import VALIDATION_TOKEN, Handshake, Refused
from rollcall.entry.http_api import Answer, body_of
from rollcall.services.ingest import WRITE_WITHIN_SECONDS, Ingest, Webhook
from rollcall.telemetry import instrumented


class _Settings(settings.Settings, frozen=True):
    party_table: str
    quarantine_bucket: str
    recording_bucket: str
    deferred_queue_url: str
    verification_secret_arn: str
    stack_name: str


def _webhook() -> Webhook:
    env = settings.read(_Settings)
    s3 = AwsService("s3", WEBHOOK, lazy=True)
    return Webhook(
        VerificationTokenSecret(AwsService("secretsmanager", SECRET), env.verification_secret_arn),
        Ingest(
            PartyTable(Table(AwsService("dynamodb", WEBHOOK), env.party_table)),
            Quarantine(s3, env.quarantine_bucket),
            RenewalReminders(AwsService("events", WEBHOOK, lazy=True), env.stack_name),
            seconds=WRITE_WITHIN_SECONDS,
        ),
        DeferredQueue(AwsService("sqs", WEBHOOK, lazy=True), env.deferred_queue_url),
        Recordings(s3, env.recording_bucket),
    )


_WEBHOOK = _webhook()


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    """An empty 200 for whatever is authentic, the echo of a handshake, and an empty 401 for everything else."""
    match _WEBHOOK.receive(event["headers"], body_of(event)):
        case Handshake(token=token):
            # RingCentral refuses an address that answers the handshake without a content type.
            return {"statusCode": 200, "headers": {"content-type": "application/json", VALIDATION_TOKEN: token}}
        case Refused():
            return {"statusCode": 401}
        case _:
            return {"statusCode": 200}
