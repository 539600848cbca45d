"""The HTTP API's authorizer: finds out whose access token came with a request."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.aws import AUTHORIZER, AwsService
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.identity_table import IdentityTable
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.ringcentral import AUTHORIZER_TIMEOUT, RingCentral
from rollcall.core.errors import RollcallError
from rollcall.entry.authorization import context_of, context_of_error
from rollcall.services.authorizer import Authorizer
from rollcall.services.guarded import GuardedRingCentral
from rollcall.telemetry import instrumented, logger


class _Settings(settings.Settings, frozen=True):
    connection_table: str
    ringcentral_server: str


def _authorizer() -> Authorizer:
    env = settings.read(_Settings)
    table = Table(AwsService("dynamodb", AUTHORIZER), env.connection_table)
    ringcentral = GuardedRingCentral(RingCentral(env.ringcentral_server, timeout=AUTHORIZER_TIMEOUT), LeaseTable(table))
    return Authorizer(IdentityTable(table), ringcentral)


_AUTHORIZER = _authorizer()


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Let every request through with what was found out. The function behind refuses whoever has no identity."""
    try:
        identity = _AUTHORIZER.identify(event["headers"].get("authorization"))
    except RollcallError as error:
        logger.info("caller not identified", error=type(error).__name__)
        return {"isAuthorized": True, "context": context_of_error(error)}
    return {"isAuthorized": True, "context": context_of(identity)}
