"""The WebSocket as an AsyncAPI document. It describes Rollcall: it receives what clients say."""

import tomllib
from typing import Any

from local.interface.examples import TICKET
from local.interface.messages import TAKEN, TOLD, messages, schemas
from local.stack.places import ROOT
from rollcall.core.identity import CONNECTION_GOOD_FOR_SECONDS, TICKET_GOOD_FOR_SECONDS
from rollcall.core.limits import (
    CONNECTIONS_PER_USER,
    FRAMES_AT_ONCE,
    LARGEST_FRAME_BYTES,
    MS_PER_FRAME,
    WATCHES_PER_CONNECTION,
)

_DESCRIPTION = f"""\
Who is on a RingCentral conference call, pushed with every change. A client replaces what it shows when a roster's
`version` is higher than the one it has, and ignores every other; nothing has to be replayed.

Frames are JSON objects in text. Those of clients may have {LARGEST_FRAME_BYTES:,} bytes; a field that is not described
is ignored. Those of Rollcall may get further fields and messages in later versions: ignore what you don't know.

- A connection lasts {CONNECTION_GOOD_FOR_SECONDS // 3600} hours, and 10 minutes in which nothing is said.
- It takes {FRAMES_AT_ONCE} frames at once, and {60_000 // MS_PER_FRAME} a minute in the long run.
- It may have {WATCHES_PER_CONNECTION} subscriptions.
- A user may have {CONNECTIONS_PER_USER} connections.
"""

_CHANNEL = "#/channels/webSocket"


def asyncapi() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Rollcall",
            "version": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
            "description": _DESCRIPTION,
        },
        "defaultContentType": "application/json",
        "servers": {
            "installation": {
                "host": "{apiId}.execute-api.{region}.amazonaws.com",
                "protocol": "wss",
                "description": "An installation. `POST /tickets` answers with its address, `webSocketUrl`.",
                "variables": {"apiId": {"default": "abcde12345"}, "region": {"default": "us-east-1"}},
                "security": [{"$ref": "#/components/securitySchemes/ticket"}],
            }
        },
        "channels": {"webSocket": _channel()},
        "operations": _receiving() | _sending(),
        "components": {
            "securitySchemes": {
                "ticket": {
                    "type": "httpApiKey",
                    "in": "query",
                    "name": "ticket",
                    "description": "The ticket of `POST /tickets`. A browser can send no header with a WebSocket.",
                }
            },
            "correlationIds": {
                "requestId": {
                    "location": "$message.payload#/requestId",
                    "description": "An answer has the `requestId` of what it answers.",
                }
            },
            "messages": messages(),
            "schemas": schemas(),
        },
    }


def _channel() -> dict[str, Any]:
    ticket = {
        "type": "string",
        "description": f"Good once, for {TICKET_GOOD_FOR_SECONDS} seconds, and for the web page that fetched it.",
        "examples": [TICKET.ticket],
    }
    return {
        "address": "/{stage}",
        "description": "A WebSocket of one user. Opening it is answered with 401 if the ticket is no good, and with "
        "403 if the web page may not use it.",
        "parameters": {"stage": {"default": "prod", "description": "The installation's name."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in TAKEN | TOLD},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {"type": "object", "properties": {"ticket": ticket}, "required": ["ticket"]},
                "bindingVersion": "0.1.0",
            }
        },
    }


def _receiving() -> dict[str, Any]:
    return {
        name: {
            "action": "receive",
            "channel": {"$ref": _CHANNEL},
            "messages": [_message(name)],
            "reply": {"channel": {"$ref": _CHANNEL}, "messages": [_message(answer) for answer in message.answers]},
        }
        for name, message in TAKEN.items()
    }


def _sending() -> dict[str, Any]:
    """What Rollcall says unasked. An error, too, answers a frame that is none of the messages."""
    return {
        name: {
            "action": "send",
            "channel": {"$ref": _CHANNEL},
            "messages": [_message(name)],
        }
        for name in ("roster", "error", "bye")
    }


def _message(name: str) -> dict[str, str]:
    return {"$ref": f"{_CHANNEL}/messages/{name}"}
