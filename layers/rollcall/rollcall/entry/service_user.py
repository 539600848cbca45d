"""Putting together what asks RingCentral as the service's own user, for the functions that do."""

from rollcall.adapters import settings
from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.ringcentral import RingCentral
from rollcall.adapters.secret import Secret
from rollcall.core.service_token import Credentials, ServiceToken
from rollcall.services.service_calls import ServiceCalls
from rollcall.services.service_login import ServiceLogin


class ServiceUser(settings.Settings, frozen=True):
    """Settings of a function that asks RingCentral as the service's user."""

    connection_table: str
    ringcentral_server: str
    ringcentral_secret_arn: str
    service_token_secret_arn: str


def service_calls(env: ServiceUser, leases: LeaseTable) -> ServiceCalls:
    """Calls to RingCentral with the token that all these functions share."""
    ringcentral, secrets = RingCentral(env.ringcentral_server), AwsService("secretsmanager", BACKGROUND)
    login = ServiceLogin(
        ringcentral,
        Secret(secrets, env.ringcentral_secret_arn, Credentials),
        Secret(secrets, env.service_token_secret_arn, ServiceToken),
        leases,
    )
    return ServiceCalls(ringcentral, login, leases)
