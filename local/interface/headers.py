"""The headers of answers, by their name in lower case as the code sends them."""

from typing import Any

from local.interface.schemas import pattern
from rollcall.core.webhook import ECHOABLE
from rollcall.entry.http_api import NO_STORE

HEADERS: dict[str, dict[str, Any]] = {
    "cache-control": {
        "description": "No cache may keep the answer: rosters are personal and change at any moment.",
        "schema": {"type": "string", "const": NO_STORE["cache-control"]},
    },
    "retry-after": {
        "description": "After how many seconds it is worth asking again.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "www-authenticate": {
        "description": (
            "How to show who is asking. API Gateway may rename this header to x-amzn-remapped-www-authenticate, so "
            "clients should look at the status."
        ),
        "schema": {"type": "string", "const": "Bearer"},
    },
    "allow": {
        "description": "The methods that the path takes.",
        "schema": {"type": "string"},
    },
    "validation-token": {
        "description": "The token of the handshake, echoed. There is none in the answer to a notification.",
        "schema": {"type": "string", "pattern": pattern(ECHOABLE)},
    },
}


RENAMED_BY_API_GATEWAY = {"www-authenticate"}
"""Headers that API Gateway may rename, so no document promises them. AWS says so for REST APIs ("Amazon API Gateway
important notes"). Reports about HTTP APIs differ.
"""


def names(header: str) -> str:
    """The header as documents spell it: Retry-After, WWW-Authenticate."""
    return "-".join("WWW" if part == "www" else part.capitalize() for part in header.split("-"))


def headers(required: frozenset[str], possible: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The headers of an answer: those that it always has, and those that it may have."""
    promised = required - RENAMED_BY_API_GATEWAY
    return {
        names(header): HEADERS[header] | {"required": header in promised}
        for header in HEADERS
        if header in required | possible
    }
