"""A client of Rollcall's WebSocket, on a thread of its own. All that it knows it was told over the WebSocket."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from local.stack.board import Arrival, Board
from local.stack.errors import StackError
from local.stack.messages import Bye, Refused, Roster, Subscribed, decode

_SUBSCRIBE = msgspec.json.encode({"action": "subscribe", "scope": "extension"}).decode()
_OPEN_SECONDS = 20.0
_LOOK_UP_SECONDS = 0.5


class Watcher:
    """Watches every conference that the user of the tickets hosts.

    Parameters
    ----------
    web_socket_url
        Where to connect.
    ticket
        Gets a ticket for a connection; asked again whenever the connection was lost.
    show
        Is called with each roster as it arrives, and the board with it.
    """

    def __init__(self, web_socket_url: str, ticket: Callable[[], str], show: Callable[[Arrival, Board], None]) -> None:
        self._url = web_socket_url
        self._ticket = ticket
        self._show = show
        self._board = Board()
        self._news = threading.Condition()
        self._subscribed = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watcher", daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def wait_until_subscribed(self, within: float) -> None:
        """Return once rosters are going to come. Raises a `StackError` if that takes too long."""
        with self._news:
            if not self._news.wait_for(lambda: self._subscribed, within):
                raise StackError(f"the WebSocket was not subscribed within {within:.0f} s")

    def wait_for(self, conference_id: str, what: str, is_so: Callable[[Roster], bool], within: float) -> Roster:
        """The first roster of the conference of which this is so. Raises a `StackError` if that takes too long."""

        def found() -> Roster | None:
            roster = self._board.roster(conference_id)
            return roster if roster and is_so(roster) else None

        with self._news:
            roster = self._news.wait_for(found, within)
        if roster is None:
            raise StackError(f"no roster told within {within:.0f} s that {what}")
        return roster

    def _watch(self) -> None:
        while not self._stopped.is_set():
            # Whatever ends a connection: the roster that answers the next subscription tells all that was missed.
            with (
                suppress(WebSocketException, StackError, OSError),
                connect(f"{self._url}?ticket={self._ticket()}", open_timeout=_OPEN_SECONDS, proxy=None) as connection,
            ):
                connection.send(_SUBSCRIBE)
                self._receive(connection)
            self._stopped.wait(_LOOK_UP_SECONDS)

    def _receive(self, connection: Connection) -> None:
        while not self._stopped.is_set():
            try:
                frame = connection.recv(_LOOK_UP_SECONDS)
            except TimeoutError:
                continue
            match decode(frame):
                case Roster() as roster:
                    self._take(Arrival(roster, datetime.now(UTC)))
                case Subscribed():
                    with self._news:
                        self._subscribed = True
                        self._news.notify_all()
                case Refused() | Bye():
                    return

    def _take(self, arrival: Arrival) -> None:
        with self._news:
            before, self._board = self._board, self._board.after(arrival)
            if self._board is not before:
                self._show(arrival, self._board)  # shown before anybody acts on it
            self._news.notify_all()
