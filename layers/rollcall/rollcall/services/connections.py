"""WebSocket connections: opened with a ticket, told rosters, closed."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from rollcall.core.errors import InvalidClientMessage, StorageFailed, TicketRefused
from rollcall.core.identity import CONNECTION_GOOD_FOR_SECONDS, Connection, read_ticket
from rollcall.core.messages import (
    Bye,
    ClientMessage,
    Error,
    Pong,
    ServerMessage,
    Subscribed,
    Unsubscribed,
    decode_client_message,
    encode,
    roster_message,
)
from rollcall.core.notification import format_time
from rollcall.core.roster import Roster
from rollcall.services.ports import Connections, Gateway, Post, Rosters
from rollcall.telemetry import count, logger


class ClientConnections:
    """What happens on connections, one event at a time."""

    def __init__(self, connections: Connections, rosters: Rosters, gateway: Gateway) -> None:
        self._connections = connections
        self._rosters = rosters
        self._gateway = gateway

    def connect(self, connection_id: str, ticket_text: str) -> None:
        """Open a connection for the owner of the ticket, which is used up. Raises `TicketRefused`."""
        ticket = read_ticket(ticket_text)
        identity = self._connections.use_ticket(ticket.account_id, ticket.hash)
        if identity is None or identity.account_id != ticket.account_id:
            raise TicketRefused
        self._connections.add_connection(
            Connection(
                connection_id=connection_id,
                account_id=identity.account_id,
                extension_id=identity.extension_id,
                expires_at=int(time.time()) + CONNECTION_GOOD_FOR_SECONDS,
            )
        )
        count("ConnectionsOpened")

    def disconnect(self, connection_id: str) -> None:
        """Forget a connection that has ended."""
        self._connections.remove_connection(connection_id)
        count("ConnectionsClosed")

    def receive(self, connection_id: str, frame: str) -> None:
        """Obey one frame and answer it. A frame that can't be obeyed is answered too; the connection stays."""
        try:
            message = decode_client_message(frame)
        except InvalidClientMessage as error:
            logger.info("client message refused", code=error.code)
            self._send(connection_id, [Error(error.code, error.detail, error.request_id)])
            return
        try:
            self._obey(connection_id, message)
        except StorageFailed as error:
            logger.warning("client message not obeyed", cause=error.code)
            text = "The rosters could not be reached. Try again."
            self._send(connection_id, [Error("storage-failed", text, message.request_id)])

    def _obey(self, connection_id: str, message: ClientMessage) -> None:
        if message.action == "ping":
            self._send(connection_id, [Pong(message.request_id)])
            return
        connection = self._connections.connection(connection_id)
        if connection is None:
            self._send(connection_id, [Bye("expired", retry="now")])
        elif message.action == "subscribe":
            self._subscribe(connection, message)
        else:
            self._connections.remove_watch(connection, message.watch)
            self._send(connection_id, [Unsubscribed(message.conference_id, message.scope, message.request_id)])

    def _subscribe(self, connection: Connection, message: ClientMessage) -> None:
        """Write the watch first and read the roster after it: whatever changes from then on is pushed, and whatever
        changed before is read.
        """
        self._connections.add_watch(connection, message.watch)
        rosters = list(self._rosters_of(connection, message))
        self._send(connection.connection_id, [Subscribed(message.conference_id, message.scope, message.request_id)])
        sent_at = format_time(datetime.now(UTC))
        messages = [roster_message(roster, sent_at=sent_at, with_changes=False) for roster in rosters]
        self._send(connection.connection_id, messages)

    def _rosters_of(self, connection: Connection, message: ClientMessage) -> Iterable[Roster]:
        if message.conference_id is None:
            return self._rosters.hosted_by(connection.account_id, connection.extension_id)
        return [self._rosters.load(connection.account_id, message.conference_id)]

    def _send(self, connection_id: str, messages: Iterable[ServerMessage]) -> None:
        """Send to one connection. One that is gone needs no answer, and its end is an event of its own."""
        for outcome in self._gateway.send([Post(connection_id, encode(message)) for message in messages]):
            if outcome.result == "delivered":
                count("MessagesDelivered")
            elif outcome.result == "failed":
                logger.warning("answer not delivered", connectionId=connection_id, detail=outcome.detail)
                count("MessagesFailed")
