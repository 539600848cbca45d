"""Who is really in? Run by a schedule: RingCentral is asked about conferences that are due to be verified."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.appointment_table import AppointmentTable
from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.connection_table import ConnectionTable
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.party_table import PartyTable
from rollcall.core.policy import Policy, Who
from rollcall.entry.service_user import ServiceUser, service_calls
from rollcall.services.reconcile import Reconciler
from rollcall.services.service_sessions import ServiceSessions
from rollcall.telemetry import instrumented


class _Settings(ServiceUser, frozen=True):
    party_table: str
    watch_policy: Who


def _reconciler() -> Reconciler:
    env = settings.read(_Settings)
    dynamodb = AwsService("dynamodb", BACKGROUND)
    party_table, connection_table = Table(dynamodb, env.party_table), Table(dynamodb, env.connection_table)
    leases = LeaseTable(connection_table)
    return Reconciler(
        AppointmentTable(party_table),
        PartyTable(party_table),
        ConnectionTable(connection_table),
        ServiceSessions(service_calls(env, leases), leases),
        leases,
        Policy(watch=env.watch_policy),
    )


_RECONCILER = _reconciler()


@instrumented
def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Verify what is due. Returns `{"verified": …}`, how many conferences were. What is left stays due."""
    return {"verified": _RECONCILER.sweep(lambda: context.get_remaining_time_in_millis() / 1000)}
