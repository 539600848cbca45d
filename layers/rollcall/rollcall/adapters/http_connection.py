"""One keep-alive HTTP/1.1 connection that wants to know only the status of each answer."""

import asyncio
import ssl


class Disconnected(ConnectionError):
    """The other side closed before it answered. Attribute: `reused`, whether the connection had served before."""

    def __init__(self, *, reused: bool) -> None:
        super().__init__("closed before it answered")
        self.reused = reused


class HttpConnection(asyncio.Protocol):
    """Sends one request at a time. `reusable` tells whether another may follow."""

    def __init__(self) -> None:
        self.reusable = True
        self._served = 0
        self._received = b""
        self._status: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, host: str, port: int, tls: ssl.SSLContext | None) -> "HttpConnection":
        """Connect. Raises `OSError` if that fails."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port, ssl=tls)
        return connection

    async def request(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer. Raises `Disconnected`."""
        if self._transport is None or self._transport.is_closing():
            raise Disconnected(reused=self._served > 0)
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, f"content-length: {len(body)}", "", ""])
        self._received = b""
        self._status = asyncio.get_running_loop().create_future()
        self._transport.write(head.encode("latin-1") + body)
        status = await self._status
        self._served += 1
        return status

    def close(self) -> None:
        """End the connection."""
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # what create_connection makes
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio passes it
        """Called by asyncio: whoever waits for an answer gets none."""
        self.reusable = False
        if self._status is not None and not self._status.done():
            self._status.set_exception(Disconnected(reused=self._served > 0))

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: the answer is complete when its body is, which is never looked at."""
        if self._status is None or self._status.done():
            return self.close()  # an answer to nothing that was asked
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        if not end:
            return None
        fields = head.lower().split(b"\r\n")
        length = next((int(f.partition(b":")[2]) for f in fields if f.startswith(b"content-length:")), None)
        if length is None or b"connection: close" in fields:
            # Where the body ends does not matter: the status is known, and nothing follows on this connection.
            self.reusable = False
        elif len(rest) < length:
            return None
        self._status.set_result(int(fields[0].split(b" ", 2)[1]))
        return None
