"""The WebSocket: a browser connects, says what it watches, and disconnects."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.adapters.appointment_table import AppointmentTable
from rollcall.adapters.aws import INTERACTIVE, AwsService, credentials
from rollcall.adapters.connection_table import ConnectionTable
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.gateway import Gateway
from rollcall.adapters.roster_table import RosterTable
from rollcall.adapters.ticket_table import TicketTable
from rollcall.core.errors import OriginNotAllowed, TicketRefused
from rollcall.core.policy import Policy, Who
from rollcall.services.connections import ClientConnections
from rollcall.services.tickets import TicketOffice
from rollcall.telemetry import count, instrumented


class _Settings(settings.WebPages, frozen=True):
    party_table: str
    connection_table: str
    websocket_endpoint: str
    aws_region: str
    watch_policy: Who


def _connections() -> ClientConnections:
    env = settings.read(_Settings)
    dynamodb = AwsService("dynamodb", INTERACTIVE)
    connection_table, party_table = Table(dynamodb, env.connection_table), Table(dynamodb, env.party_table)
    return ClientConnections(
        TicketOffice(TicketTable(connection_table), env.origins),
        ConnectionTable(connection_table),
        RosterTable(party_table),
        AppointmentTable(party_table),
        Gateway(env.websocket_endpoint, env.aws_region, credentials),
        Policy(watch=env.watch_policy),
    )


_CONNECTIONS = _connections()


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """200; 401 for a connection whose ticket is no good, 403 for one from a page that may not connect. Frames are
    answered over the connection itself.
    """
    connection_id = event["requestContext"]["connectionId"]
    match event["requestContext"]["eventType"]:
        case "CONNECT":
            return {"statusCode": _connect(connection_id, event)}
        case "DISCONNECT":
            _CONNECTIONS.disconnect(connection_id)
        case _:
            _CONNECTIONS.receive(connection_id, event.get("body") or "")
    return {"statusCode": 200}


def _connect(connection_id: str, event: Mapping[str, Any]) -> int:
    # WebSocket APIs hand headers over as they were written, HTTP APIs in lower case.
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    ticket = (event.get("queryStringParameters") or {}).get("ticket", "")
    try:
        _CONNECTIONS.connect(connection_id, ticket, headers.get("origin"))
    except TicketRefused:
        count("TicketsRefused")
        return 401
    except OriginNotAllowed:
        count("OriginsRefused")
        return 403
    return 200
