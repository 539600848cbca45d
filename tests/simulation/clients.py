"""Web phones: they fetch a ticket, connect, subscribe, lose the connection, come back, and show what they are told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from local.simulator.users import User
from tests.simulation.front import HttpApi, WebSocketApi
from tests.simulation.gateway import Socket, WebSockets
from tests.simulation.scheduler import Scheduler
from tests.simulation.template import ORIGIN

ANSWER_SECONDS = 8.0
"""How long a client waits for an answer before it asks again."""


@dataclass(slots=True)
class View:
    """What a client shows of one conference."""

    version: int
    state: str
    participants: list[dict[str, Any]]


@dataclass(slots=True)
class Seen:
    """A message as a client got it, for the checks."""

    client: "Client"
    message: dict[str, Any]


@dataclass(slots=True)
class Connection:
    """A client's side of one WebSocket. `told_to_go`: the server said bye, or closed it."""

    id: str
    socket: Socket
    subscribed: set[str] = field(default_factory=set)
    shown: set[str] = field(default_factory=set)
    refused: bool = False
    told_to_go: bool = False


class Client:
    """One web phone of one user. `wanted`: conferences to watch, or None for all that the user hosts.

    `asking`: a subscription is being answered; `since`: when the last one had been.
    """

    def __init__(
        self,
        name: str,
        user: User,
        token: str,
        wanted: list[str] | None,
        world: "Surroundings",
    ) -> None:
        self.name = name
        self.user = user
        self.wanted = wanted
        self.views: dict[str, View] = {}
        self.connection: Connection | None = None
        self.connections = 0
        self.since = 0.0
        self.asking = False
        self._token = token
        self._world = world

    @property
    def settled(self) -> bool:
        """Connected, and every subscription is confirmed and, as far as it can know, shown."""
        connection = self.connection
        if connection is None or self.gone:
            return False
        return all(self._is_answered(connection, scope) for scope in self._scopes())

    @property
    def gone(self) -> bool:
        """Whether it has to connect anew."""
        return self.connection is None or self.connection.told_to_go or self.connection.socket.broken

    def connect(self) -> bool:
        """One attempt to open a WebSocket, and to subscribe."""
        headers = {"authorization": f"Bearer {self._token}", "origin": ORIGIN}
        response = self._world.http.request("POST /tickets", headers=headers)
        if response.status != 201:
            return False
        frames: list[bytes] = []
        socket = Socket(receive=frames.append, closed=lambda: None)
        connection_id = self._world.web_socket.connect(response.json["ticket"], socket)
        if connection_id is None:
            return False
        self._world.note(f"{self.name} connects as {connection_id}")
        connection = Connection(connection_id, socket)
        socket.receive = lambda frame: self._receive(connection, frame)
        socket.closed = lambda: self._closed(connection)
        self.connection = connection
        self.connections += 1
        if self.wanted is None:
            # What it was told before may have ended unheard; a new list comes with the subscription.
            self.views.clear()
        return True

    def subscribe(self) -> None:
        """Ask for everything that is not confirmed yet, and wait for the answers."""
        connection = self.connection
        assert connection is not None
        for scope in self._scopes():
            if self._is_answered(connection, scope) or connection.told_to_go:
                continue
            wish = {"scope": "extension"} if scope == "" else {"conferenceId": scope}
            self.asking = True
            self._world.web_socket.frame(connection.id, {"action": "subscribe", **wish, "requestId": scope})
            self.asking, self.since = False, self._world.scheduler.clock.now
        waited = 0.0
        while not self.settled and waited < ANSWER_SECONDS and not connection.refused:
            self._world.scheduler.sleep(0.5)
            waited += 0.5
        connection.refused = False

    def read_list(self) -> None:
        """Read the account's conferences over HTTP, all pages."""
        headers = {"authorization": f"Bearer {self._token}", "origin": ORIGIN}
        query = {"limit": "3"}
        while True:
            response = self._world.http.request("GET /conferences", headers=headers, query=query)
            if response.status != 200:
                return
            answer = response.json
            for roster in answer["conferences"]:
                self._world.seen(Seen(self, roster))
            if not answer.get("nextToken"):
                return
            query = {"limit": "3", "nextToken": answer["nextToken"]}

    def ping(self) -> None:
        if self.connection is not None and not self.connection.told_to_go:
            self._world.web_socket.frame(self.connection.id, {"action": "ping"})

    def unsubscribe(self, conference_id: str) -> None:
        """Want one conference no more."""
        assert self.wanted is not None
        self.wanted.remove(conference_id)
        self.views.pop(conference_id, None)
        if self.connection is not None:
            self.connection.subscribed.discard(conference_id)
            self.connection.shown.discard(conference_id)
            wish = {"action": "unsubscribe", "conferenceId": conference_id}
            self._world.web_socket.frame(self.connection.id, wish)

    def lose(self, *, seen_after: float, told: bool) -> None:
        """The connection breaks. The gateway sees that after so many seconds and, if `told`, says so to Rollcall."""
        connection = self.connection
        self.connection = None
        if connection is None:
            return
        connection.socket.broken = True
        self._world.note(f"{self.name} loses {connection.id}")

        def see() -> None:
            connection.socket.open = False
            if told:
                self._world.web_socket.disconnect(connection.id)

        self._world.scheduler.spawn(see, after=seen_after)

    def _scopes(self) -> list[str]:
        return [""] if self.wanted is None else list(self.wanted)

    def _is_answered(self, connection: Connection, scope: str) -> bool:
        return scope in connection.subscribed and (scope == "" or scope in connection.shown)

    def _receive(self, connection: Connection, frame: bytes) -> None:
        message = msgspec.json.decode(frame)
        if message.get("type") != "roster":
            self._world.note(f"{self.name} is told {frame.decode()}")
        match message.get("type"):
            case "roster":
                self._world.seen(Seen(self, message))
                connection.shown.add(message["conferenceId"])
                self._show(message)
            case "subscribed":
                connection.subscribed.add(message["requestId"])
            case "error" | None:
                # Its own frame failed, or API Gateway says so: it asks anew, also for what was confirmed halfway.
                connection.refused = True
                connection.subscribed.clear()
            case "bye":
                connection.told_to_go = True
            case "pong" | "unsubscribed":
                pass
            case other:
                raise AssertionError(other)

    def _show(self, message: dict[str, Any]) -> None:
        """Replace what is shown if the version is higher: all that a client has to do."""
        shown = self.views.get(message["conferenceId"])
        if self.wanted is not None and message["conferenceId"] not in self.wanted:
            return
        if shown is None or message["version"] > shown.version:
            self.views[message["conferenceId"]] = View(message["version"], message["state"], message["participants"])

    def _closed(self, connection: Connection) -> None:
        connection.told_to_go = True
        self._world.scheduler.spawn(lambda: self._world.web_socket.disconnect(connection.id))


@dataclass(slots=True)
class Surroundings:
    """What clients need of their world. `seen` hears of every roster message that arrives."""

    scheduler: Scheduler
    http: HttpApi
    web_socket: WebSocketApi
    web_sockets: WebSockets
    seen: Callable[[Seen], None]
    note: Callable[[str], None]
