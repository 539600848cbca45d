"""The party table's stream: who joined or left is worked out here, and told to whoever watches."""

from rollcall.adapters import settings
from rollcall.adapters.aws import BACKGROUND, AwsService, credentials
from rollcall.adapters.connection_table import ConnectionTable
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.gateway import Gateway
from rollcall.adapters.roster_table import RosterTable
from rollcall.core.policy import Policy, Who
from rollcall.entry.stream import for_party_records
from rollcall.services.roster import RosterUpdates


class _Settings(settings.Settings, frozen=True):
    party_table: str
    connection_table: str
    websocket_endpoint: str
    aws_region: str
    watch_policy: Who


def _updates() -> RosterUpdates:
    env = settings.read(_Settings)
    dynamodb = AwsService("dynamodb", BACKGROUND)
    return RosterUpdates(
        RosterTable(Table(dynamodb, env.party_table)),
        ConnectionTable(Table(dynamodb, env.connection_table)),
        Gateway(env.websocket_endpoint, env.aws_region, credentials),
        Policy(watch=env.watch_policy),
    )


_UPDATES = _updates()

handler = for_party_records(_UPDATES.process)
