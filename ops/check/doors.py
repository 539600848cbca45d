"""The doors for browsers: the HTTP API, a ticket, and the WebSocket that it opens."""

import contextlib
import json
from collections.abc import Iterator
from typing import Literal, NamedTuple

import httpx
import msgspec
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from ops import http
from ops.check.access import Access
from ops.check.finding import Finding, error, ok
from ops.check.installation import Installation

HTTP_API, WEBSOCKET = "http-api", "websocket"

SECONDS = 10.0
_REQUEST_ID = "check"


class _Problem(msgspec.Struct, frozen=True):
    code: str = ""


class _Ticket(msgspec.Struct, frozen=True, rename="camel"):
    ticket: str
    web_socket_url: str


class _Message(msgspec.Struct, frozen=True):
    type: str = ""


class _Refusal(NamedTuple):
    status: int
    code: str


def http_api(installation: Installation) -> Iterator[Finding]:
    """Whether the HTTP API asks who somebody is: without a token it answers 401 with a problem document."""
    url = f"{installation.output('ApiUrl').rstrip('/')}/conferences"
    try:
        with http.client(url) as client:
            refusal = _refusal(client.get(url))
    except httpx.HTTPError as failure:
        yield error("http-api-response", f"{url} gives no response: {type(failure).__name__} {failure}")
        return
    if refusal == (httpx.codes.UNAUTHORIZED, "unauthenticated"):
        yield ok(HTTP_API, "GET /conferences asks for an access token")
    else:
        wanted = "401 unauthenticated"
        message = f"GET /conferences without a token answers {_told(refusal)}, not {wanted}"
        yield error("http-api-response", message)


def websocket(installation: Installation, access: Access) -> Iterator[Finding]:
    """Whether a user gets a ticket, and with it a WebSocket that answers a ping. Raises `NotRun` without a token."""
    url = f"{installation.output('ApiUrl').rstrip('/')}/tickets"
    token = access.user_token()
    try:
        with http.client(url) as client:
            response = client.post(url, headers={"Authorization": f"Bearer {token.value}"})
    except httpx.HTTPError as failure:
        yield error("tickets-refused", f"POST /tickets gives no response: {type(failure).__name__} {failure}")
        return
    if response.status_code == httpx.codes.UNAUTHORIZED:
        yield error("token-refused", f"POST /tickets answers {_told(_refusal(response))} to {token.whose}")
    elif response.status_code != httpx.codes.CREATED:
        yield error("tickets-refused", f"POST /tickets answers {_told(_refusal(response))} to {token.whose}")
    else:
        ticket = msgspec.json.decode(response.content, type=_Ticket)
        yield _open(ticket, token.whose)


def _open(ticket: _Ticket, whose: str) -> Finding:
    url = ticket.web_socket_url
    proxy: Literal[True] | None = None if http.is_loopback(url) else True
    try:
        with connect(f"{url}?ticket={ticket.ticket}", open_timeout=SECONDS, close_timeout=2, proxy=proxy) as socket:
            socket.send(json.dumps({"action": "ping", "requestId": _REQUEST_ID}))
            answered = msgspec.json.decode(socket.recv(SECONDS), type=_Message).type
    except InvalidStatus as refused:
        return error("websocket-refused", f"{url} answers {refused.response.status_code} to a good ticket")
    except TimeoutError:
        return error("websocket-silent", f"{url} did not answer a ping within {SECONDS:.0f} s")
    except (WebSocketException, OSError) as failure:
        return error("websocket-refused", f"{url} can't be opened: {type(failure).__name__} {failure}")
    if answered != "pong":
        return error("websocket-silent", f"{url} answers a ping with a message of type {answered}")
    return ok(WEBSOCKET, f"a ticket and a WebSocket with ping and pong, with {whose}")


def _refusal(response: httpx.Response) -> _Refusal:
    code = ""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
        code = msgspec.json.decode(response.content, type=_Problem).code
    return _Refusal(response.status_code, code)


def _told(refusal: _Refusal) -> str:
    return f"{refusal.status} {refusal.code}".strip()
