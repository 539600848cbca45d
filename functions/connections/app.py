"""The WebSocket: a browser connects, says what it watches, and disconnects."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import aws, settings
from rollcall.adapters.connection_table import ConnectionTable
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.gateway import Gateway
from rollcall.adapters.roster_table import RosterTable
from rollcall.core.errors import TicketRefused
from rollcall.services.connections import ClientConnections
from rollcall.telemetry import count, instrumented


class _Settings(settings.Settings, frozen=True):
    party_table: str
    connection_table: str
    websocket_endpoint: str
    aws_region: str


def _connections() -> ClientConnections:
    env = settings.read(_Settings)
    dynamodb = aws.dynamodb()
    return ClientConnections(
        ConnectionTable(Table(dynamodb, env.connection_table)),
        RosterTable(Table(dynamodb, env.party_table)),
        Gateway(env.websocket_endpoint, env.aws_region, aws.credentials),
    )


_CONNECTIONS = _connections()


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, int]:
    """200, or 401 for a connection whose ticket is no good. Frames are answered over the connection itself."""
    connection_id = event["requestContext"]["connectionId"]
    match event["requestContext"]["eventType"]:
        case "CONNECT":
            try:
                _CONNECTIONS.connect(connection_id, (event.get("queryStringParameters") or {}).get("ticket", ""))
            except TicketRefused:
                count("TicketsRefused")
                return {"statusCode": 401}
        case "DISCONNECT":
            _CONNECTIONS.disconnect(connection_id)
        case _:
            _CONNECTIONS.receive(connection_id, event.get("body") or "")
    return {"statusCode": 200}
