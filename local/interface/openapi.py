"""The HTTP API as an OpenAPI document."""

import tomllib
from typing import Any

from local.interface import http_schemas
from local.interface.operations import RINGCENTRAL, USER, operations
from local.interface.responses import share
from local.stack.places import ROOT
from rollcall.core.webhook import VERIFICATION_TOKEN

_DESCRIPTION = """\
Who is on a RingCentral conference call, and a way to remove somebody. Changes are pushed over WebSocket;
`POST /tickets` is the way into it.

Every error is a problem document (RFC 9457) with a stable `code`; `detail` is for people. A path that is not described
here is answered with 404 `unknown-route`, another method than a path takes with 405 `method-not-allowed` and `Allow`.
What API Gateway answers by itself is JSON with a `message`. Answers in JSON may get further fields in later versions.
"""


def openapi() -> dict[str, Any]:
    """The whole document."""
    described = operations()
    shared = share([operation["responses"] for operation in described.values()])
    paths: dict[str, Any] = {}
    for route, operation in described.items():
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rollcall",
            "version": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
            "description": _DESCRIPTION,
        },
        "servers": [
            {
                "url": "https://{apiId}.execute-api.{region}.amazonaws.com",
                "description": "An installation. Its stack's output ApiUrl is this address.",
                "variables": {"apiId": {"default": "abcde12345"}, "region": {"default": "us-east-1"}},
            }
        ],
        "tags": [
            {"name": "conferences", "description": "Rosters to read, and removal."},
            {"name": "tickets", "description": "The way into the WebSocket."},
            {"name": "webhook", "description": "For RingCentral alone."},
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {
                USER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The user's RingCentral access token. Whose it is, RingCentral is asked.",
                },
                RINGCENTRAL: {
                    "type": "apiKey",
                    "in": "header",
                    "name": "-".join(part.capitalize() for part in VERIFICATION_TOKEN.split("-")),
                    "description": "The token that the webhook subscription was made with.",
                },
            },
            "responses": shared,
            "schemas": http_schemas.schemas(),
        },
    }
