"""What the browser's client has to know of both interfaces, as TypeScript."""

from local.interface import http_schemas, messages
from local.interface.schemas import Schema, ref
from local.interface.typescript import declarations

_OF_HTTP = ("RosterView", "ConferencePage", "TicketIssued", "Removal", "Problem")


def client_types() -> str:
    """All types: those of the WebSocket, those that clients get over HTTP, and whatever either side may say."""
    over_http = http_schemas.schemas()
    return declarations(
        {
            "ClientMessage": _any_of("What clients say over the WebSocket.", messages.TAKEN),
            "ServerMessage": _any_of("What Rollcall says over the WebSocket.", messages.TOLD),
        }
        | messages.schemas()
        | {name: over_http[name] for name in _OF_HTTP}
    )


def _any_of(description: str, said: dict[str, messages.Message]) -> Schema:
    return {"description": description, "oneOf": [ref(message.schema) for message in said.values()]}
