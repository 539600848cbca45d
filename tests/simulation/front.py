"""API Gateway in front of the functions: HTTP requests and the WebSocket's own events, as events of Lambda."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tests.simulation.gateway import Socket, WebSockets
from tests.simulation.runtime import Functions, Invocation, InvocationFailed
from tests.simulation.scheduler import Scheduler
from tests.simulation.template import ORIGIN

_FUNCTIONS = {
    "POST /webhook": "ingest",
    "POST /tickets": "tickets",
    "GET /conferences": "conferences",
    "GET /conferences/{conferenceId}": "conferences",
    "POST /conferences/{conferenceId}/participants/{participantId}/remove": "remove",
}


@dataclass(slots=True)
class Response:
    """An HTTP answer; `invocations` are those that made it, authorizer and function."""

    status: int
    headers: Mapping[str, str]
    body: str
    invocations: list[Invocation] = field(default_factory=list)

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def counts(self) -> Counter[str]:
        """The metrics that were counted on the way."""
        return sum((invocation.counts for invocation in self.invocations), Counter[str]())


class HttpApi:
    """The HTTP API: its authorizer, its routes."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def request(
        self,
        route: str,
        *,
        headers: Mapping[str, str],
        path: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> Response:
        """One request. A function that fails is a 500 of API Gateway's own, as is an authorizer that fails."""
        method, template_path = route.split(" ")
        raw_path = template_path
        for name, value in (path or {}).items():
            raw_path = raw_path.replace(f"{{{name}}}", value)
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": route,
            "rawPath": raw_path,
            "rawQueryString": "",
            "headers": dict(headers),
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api",
                "http": {"method": method, "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"},
                "requestId": "request",
                "routeKey": route,
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if path:
            event["pathParameters"] = dict(path)
        if query:
            event["queryStringParameters"] = dict(query)
        if body is not None:
            event["body"] = body
        invocations = []
        try:
            if route != "POST /webhook":
                answer, invocation = self._functions.invoke("authorizer", event | {"type": "REQUEST"})
                invocations.append(invocation)
                if not answer["isAuthorized"]:
                    return Response(403, {}, '{"message": "Forbidden"}', invocations)
                event["requestContext"]["authorizer"] = {"lambda": answer["context"]}
            answer, invocation = self._functions.invoke(_FUNCTIONS[route], event)
            invocations.append(invocation)
        except InvocationFailed:
            return Response(500, {}, '{"message": "Internal Server Error"}', invocations)
        return Response(answer["statusCode"], answer.get("headers", {}), answer.get("body", ""), invocations)


class WebSocketApi:
    """The WebSocket API: connections come and go, frames become events."""

    def __init__(self, scheduler: Scheduler, functions: Functions, web_sockets: WebSockets) -> None:
        self._scheduler = scheduler
        self._functions = functions
        self._web_sockets = web_sockets
        self._numbers = 0

    def connect(self, ticket: str, socket: Socket) -> str | None:
        """Open a connection. Returns its id, or None if it was refused."""
        self._numbers += 1
        connection_id = f"connection{self._numbers}="
        event = self._event(connection_id, "CONNECT", "$connect") | {
            "queryStringParameters": {"ticket": ticket},
            "headers": {"Origin": ORIGIN, "Host": "gateway.test"},
        }
        try:
            answer, _ = self._functions.invoke("connections", event)
        except InvocationFailed:
            return None
        if answer["statusCode"] != 200:
            return None
        self._web_sockets.sockets[connection_id] = socket
        return connection_id

    def frame(self, connection_id: str, body: Mapping[str, Any]) -> None:
        """A frame arrives. If its function fails, the client is told so by API Gateway."""
        socket = self._web_sockets.sockets[connection_id]
        event = self._event(connection_id, "MESSAGE", "$default") | {"body": msgspec.json.encode(body).decode()}
        try:
            self._functions.invoke("connections", event)
        except InvocationFailed:
            if socket.open and not socket.broken:
                socket.receive(b'{"message": "Internal server error", "connectionId": "", "requestId": ""}')

    def disconnect(self, connection_id: str) -> None:
        """The gateway has seen a connection end, and says so as well as it can."""
        self._web_sockets.sockets[connection_id].open = False
        event = self._event(connection_id, "DISCONNECT", "$disconnect") | {"headers": {"Host": "gateway.test"}}
        try:
            self._functions.invoke("connections", event)
        except InvocationFailed:
            return  # documented as best effort: it is not repeated

    def _event(self, connection_id: str, kind: str, route: str) -> dict[str, Any]:
        return {
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "connectionId": connection_id,
                "connectedAt": int(self._scheduler.clock.now * 1000),
                "requestId": "request",
                "domainName": "gateway.test",
                "stage": "dev",
                "apiId": "api",
                "identity": {"sourceIp": "127.0.0.1"},
            },
            "isBase64Encoded": False,
        }
