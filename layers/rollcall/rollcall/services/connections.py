"""WebSocket connections: opened with a ticket, told rosters, closed."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime

from rollcall.core.errors import ConnectionOver, ErrorCode, InvalidClientMessage, StorageFailed, TooManyWatches
from rollcall.core.identity import CONNECTION_GOOD_FOR_SECONDS, Connection
from rollcall.core.limits import CONNECTIONS_PER_USER, WATCHES_PER_CONNECTION
from rollcall.core.messages import (
    ClientMessage,
    Error,
    Pong,
    ServerMessage,
    Unsubscribed,
    bye,
    decode_client_message,
    encode,
    roster_message,
    subscribed,
)
from rollcall.core.notification import format_time
from rollcall.core.policy import Policy
from rollcall.core.roster import Roster
from rollcall.core.verification import DOUBTFUL_SECONDS, lately
from rollcall.services.ports import Connections, Doubts, Gateway, Post, Rosters
from rollcall.services.tickets import TicketOffice
from rollcall.telemetry import count, logger


class ClientConnections:
    """What happens on connections, one event at a time."""

    def __init__(
        self,
        tickets: TicketOffice,
        connections: Connections,
        rosters: Rosters,
        doubts: Doubts,
        gateway: Gateway,
        policy: Policy,
    ) -> None:
        self._tickets = tickets
        self._connections = connections
        self._rosters = rosters
        self._doubts = doubts
        self._gateway = gateway
        self._policy = policy

    def connect(self, connection_id: str, ticket: str, origin: str | None) -> None:
        """Open a connection for the owner of the ticket, which is used up. If the user has too many, the oldest ends.

        Raises `TicketRefused` or `OriginNotAllowed`.
        """
        grant = self._tickets.take(ticket, origin)
        opened = Connection(
            connection_id=connection_id,
            account_id=grant.account_id,
            extension_id=grant.extension_id,
            expires_at=int(time.time()) + CONNECTION_GOOD_FOR_SECONDS,
        )
        self._connections.add_connection(opened)
        count("ConnectionsOpened")
        # Written before it is counted: of several that open at once, each counts all that were written before.
        of_user = self._connections.connections_of(grant.account_id, grant.extension_id)
        for oldest in sorted(of_user, key=lambda one: (one.expires_at, one.connection_id))[:-CONNECTIONS_PER_USER]:
            self._dismiss(oldest.connection_id, ConnectionOver("too-many-connections"))

    def disconnect(self, connection_id: str) -> None:
        """Forget a connection that has ended."""
        self._connections.remove_connection(connection_id)
        count("ConnectionsClosed")

    def receive(self, connection_id: str, frame: str) -> None:
        """Obey one frame and answer it. A frame that can't be obeyed is answered too, and the connection stays, unless
        its time is over or it sends too much.
        """
        message: ClientMessage | InvalidClientMessage
        try:
            message = decode_client_message(frame)
        except InvalidClientMessage as error:
            message = error
        try:
            connection = self._connections.admit(connection_id, now_ms=int(time.time() * 1000))
            self._answer(connection, message)
        except ConnectionOver as over:
            self._dismiss(connection_id, over)
        except StorageFailed as error:
            logger.warning("client message not obeyed", cause=error.code)
            self._refuse(connection_id, "storage-failed", "The rosters could not be reached. Try again.", message)

    def _answer(self, connection: Connection, message: ClientMessage | InvalidClientMessage) -> None:
        if isinstance(message, InvalidClientMessage):
            logger.info("client message refused", code=message.code)
            self._refuse(connection.connection_id, message.code, message.detail, message)
        else:
            self._obey(connection, message)
        if connection.expires_soon(time.time()):
            self._send(connection.connection_id, [bye("expiring")])

    def _obey(self, connection: Connection, message: ClientMessage) -> None:
        watched = self._policy.watched(connection.account_id, connection.extension_id, message.conference_id)
        match message.action:
            case "ping":
                self._send(connection.connection_id, [Pong(message.request_id)])
            case "subscribe":
                self._subscribe(connection, watched, message)
            case "unsubscribe":
                self._connections.remove_watch(connection, watched)
                told = Unsubscribed(message.conference_id, message.scope, message.request_id)
                self._send(connection.connection_id, [told])

    def _subscribe(self, connection: Connection, watched: str, message: ClientMessage) -> None:
        """Write the watch first and read the roster after it: whatever changes from then on is pushed, and whatever
        changed before is read.
        """
        try:
            self._connections.add_watch(connection, watched)
        except TooManyWatches:
            text = f"A connection may have {WATCHES_PER_CONNECTION} subscriptions."
            self._refuse(connection.connection_id, "too-many-subscriptions", text, message)
            return
        rosters = list(self._rosters_of(connection, message.conference_id))
        self._send(connection.connection_id, [subscribed(message, connection.extension_id)])
        sent_at = format_time(datetime.now(UTC))
        messages = [roster_message(roster, sent_at=sent_at, with_changes=False) for roster in rosters]
        self._send(connection.connection_id, messages)
        self._doubt(rosters)

    def _doubt(self, rosters: Iterable[Roster]) -> None:
        """Have RingCentral asked about what was not verified lately. The client has its answer already."""
        now = int(time.time())
        for roster in rosters:
            if roster.state == "ended" or lately(now, roster.verified_at, roster.created_at // 1000):
                continue
            try:
                # Of an unknown conference events may be on their way: it has most likely just begun.
                self._doubts.make_due(roster, now if roster.version else now + DOUBTFUL_SECONDS)
            except StorageFailed as error:
                logger.warning("conference not made due", conferenceId=roster.conference_id, cause=error.code)

    def _rosters_of(self, connection: Connection, conference_id: str | None) -> Iterable[Roster]:
        """A conference that this user may not watch looks like one in which nobody has been."""
        if conference_id is None:
            return self._rosters.hosted_by(connection.account_id, connection.extension_id)
        roster = self._rosters.load(connection.account_id, conference_id)
        if self._policy.may_watch(connection.extension_id, roster):
            return [roster]
        return [Roster(connection.account_id, conference_id)]

    def _refuse(
        self, connection_id: str, code: ErrorCode, text: str, message: ClientMessage | InvalidClientMessage
    ) -> None:
        self._send(connection_id, [Error(code, text, message.request_id)])

    def _dismiss(self, connection_id: str, over: ConnectionOver) -> None:
        """Say why, and end the connection. What is left of it in the table is removed here, since the event of its end
        may get lost; what fails here expires.
        """
        logger.info("connection dismissed", connectionId=connection_id, reason=over.reason)
        count("ConnectionsDismissed")
        self._send(connection_id, [bye(over.reason)])
        self._gateway.end(connection_id)
        try:
            self._connections.remove_connection(connection_id)
        except StorageFailed as error:
            logger.warning("connection not removed", connectionId=connection_id, cause=error.code)

    def _send(self, connection_id: str, messages: Iterable[ServerMessage]) -> None:
        """Send to one connection. One that is gone needs no answer, and its end is an event of its own."""
        for outcome in self._gateway.send([Post(connection_id, encode(message)) for message in messages]):
            if outcome.result == "delivered":
                count("MessagesDelivered")
            elif outcome.result == "failed":
                logger.warning("answer not delivered", connectionId=connection_id, detail=outcome.detail)
                count("MessagesFailed")
