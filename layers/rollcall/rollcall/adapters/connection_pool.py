"""Kept-alive connections to one server, and how long each has been idle."""

import ssl
from collections.abc import Callable

from rollcall.adapters.http_connection import HttpConnection

IDLE_SECONDS = 20.0
"""A connection that was idle for longer is not used again. While a sandbox is frozen, the network may drop the flow
without a word, and only a timeout would tell.
"""


class ConnectionPool:
    """Gives the connection that was used last, so that the others grow old and are closed.

    `clock` must go on while the sandbox is frozen. The wall clock does; a monotonic clock need not.
    """

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None, clock: Callable[[], float]) -> None:
        self._address = (host, port)
        self._tls = tls
        self._clock = clock
        self._idle: list[tuple[float, HttpConnection]] = []

    async def open(self) -> HttpConnection:
        """A new connection. Raises `OSError`."""
        return await HttpConnection.open(*self._address, self._tls)

    def take(self) -> tuple[float, HttpConnection] | None:
        """A kept connection with the time since when it has been idle; None if there is none that may be used."""
        now = self._clock()
        while self._idle:
            since, connection = self._idle.pop()
            if now - since <= IDLE_SECONDS:
                return since, connection
            connection.close()
        return None

    def keep(self, connection: HttpConnection) -> None:
        """Take back a connection that has just served, or close it if it can't serve again."""
        if connection.reusable:
            self._idle.append((self._clock(), connection))
        else:
            connection.close()

    def close_idle_since_before(self, moment: float) -> None:
        """Close the connections that nobody has used since then."""
        for since, connection in self._idle:
            if since < moment:
                connection.close()
        self._idle = [(since, connection) for since, connection in self._idle if since >= moment]

    def close(self) -> None:
        """Close all connections."""
        for _, connection in self._idle:
            connection.close()
        self._idle.clear()
