"""The webhook subscription at RingCentral: run by a schedule, by RingCentral's reminders, and after a deployment."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import aws, settings
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.ringcentral import RingCentral
from rollcall.adapters.secret import Secret
from rollcall.adapters.verification_tokens import VerificationTokenSecret
from rollcall.core.errors import RollcallError
from rollcall.core.service_token import Credentials, ServiceToken
from rollcall.entry.custom_resource import is_request, succeed
from rollcall.services.service_calls import ServiceCalls
from rollcall.services.service_login import ServiceLogin
from rollcall.services.subscription import SubscriptionKeeper
from rollcall.telemetry import count, instrumented, logger


class _Settings(settings.Settings, frozen=True):
    connection_table: str
    ringcentral_server: str
    ringcentral_secret_arn: str
    service_token_secret_arn: str
    verification_secret_arn: str
    webhook_url: str
    event_filters: str


def _keeper() -> SubscriptionKeeper:
    env = settings.read(_Settings)
    leases = LeaseTable(Table(aws.dynamodb(), env.connection_table))
    secrets = aws.secretsmanager()
    ringcentral = RingCentral(env.ringcentral_server)
    login = ServiceLogin(
        ringcentral,
        Secret(secrets, env.ringcentral_secret_arn, Credentials),
        Secret(secrets, env.service_token_secret_arn, ServiceToken),
        leases,
    )
    return SubscriptionKeeper(
        ServiceCalls(ringcentral, login, leases),
        VerificationTokenSecret(secrets, env.verification_secret_arn),
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
    except RollcallError as error:
        logger.exception("subscription not looked after", error=type(error).__name__)
        count("SubscriptionFailed")
    finally:
        # A deployment does not depend on RingCentral: without credentials or an answer the webhook works all the same.
        if is_request(event):
            succeed(event, context.log_stream_name)
    return {"kept": kept}
