"""The webhook subscription at RingCentral: run by a schedule, by RingCentral's reminders, and after a deployment."""

import threading
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.verification_tokens import VerificationTokenSecret
from rollcall.core.errors import CredentialsMissing, RollcallError
from rollcall.entry.custom_resource import RESPONSE_SECONDS, is_request, succeed, work_for
from rollcall.entry.service_user import ServiceUser, service_calls
from rollcall.services.subscription import SubscriptionKeeper
from rollcall.telemetry import count, instrumented, logger


class _Settings(ServiceUser, frozen=True):
    verification_secret_arn: str
    webhook_url: str
    event_filters: str


def _keeper() -> SubscriptionKeeper:
    env = settings.read(_Settings)
    leases = LeaseTable(Table(AwsService("dynamodb", BACKGROUND), env.connection_table))
    return SubscriptionKeeper(
        service_calls(env, leases),
        VerificationTokenSecret(AwsService("secretsmanager", BACKGROUND), env.verification_secret_arn),
        leases,
        leases,
        address=env.webhook_url,
        filters=tuple(env.event_filters.split(",")),
    )


_KEEPER = _keeper()


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, bool]:
    """Look after the subscription, or end it. A failure is told by log, metric and alarm.

    CloudFormation is never kept waiting for RingCentral: a deployment is answered before the subscription is made, and
    a deletion in time even if RingCentral hangs. An operator may send `{"RequestType": "Delete"}` without a response
    URL to end the subscription, and `{"RequestType": "Update"}` to have it made again.

    Returns `{"kept": …}`, whether all is as it should be; after a deletion `{"ended": …}`.
    """
    if event.get("RequestType") == "Delete":
        ended = _end(context.get_remaining_time_in_millis() / 1000 - RESPONSE_SECONDS)
        _respond(event, context)
        return {"ended": ended}
    _respond(event, context)
    return {"kept": _done(_KEEPER.begin if "RequestType" in event else _KEEPER.keep)}


def _respond(event: dict[str, Any], context: LambdaContext) -> None:
    if not is_request(event):
        return
    try:
        succeed(event, context.log_stream_name)
    except OSError:
        logger.exception("CloudFormation did not take the response")


def _end(seconds: float) -> bool:
    ended = threading.Event()

    def end() -> None:
        if _done(_KEEPER.end):
            ended.set()

    if not work_for(seconds, end):
        logger.error("subscription not ended in time", seconds=seconds)
        count("SubscriptionFailed")
    return ended.is_set()


def _done(work: Callable[[], bool | None]) -> bool:
    """Whether the work was done: it said nothing else, and raised nothing."""
    try:
        return work() is not False
    except CredentialsMissing:
        # No failure: an installation may do without a service login. CredentialsAlarm watches one that should have it.
        logger.info("no subscription without a service login")
        return False
    except RollcallError as error:
        logger.exception("subscription not looked after", error=type(error).__name__)
        count("SubscriptionFailed")
        return False
