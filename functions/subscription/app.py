"""The webhook subscription at RingCentral: run by a schedule, by RingCentral's reminders, and after a deployment."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.verification_tokens import VerificationTokenSecret
from rollcall.core.errors import CredentialsMissing, RollcallError
from rollcall.entry.custom_resource import is_request, succeed
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
    """Look after the subscription. A failure is told by log, metric and alarm, and the next run goes on from there.

    Returns `{"kept": …}`: whether all is as it should be.
    """
    kept = False
    try:
        if event.get("RequestType") == "Delete":
            _KEEPER.end()
        else:
            kept = _KEEPER.keep()
    except CredentialsMissing:
        # No failure: an installation may do without a service login. CredentialsAlarm watches one that should have it.
        logger.info("no subscription without a service login")
    except RollcallError as error:
        logger.exception("subscription not looked after", error=type(error).__name__)
        count("SubscriptionFailed")
    finally:
        # A deployment does not depend on RingCentral: without credentials or an answer the webhook works all the same.
        if is_request(event):
            succeed(event, context.log_stream_name)
    return {"kept": kept}
