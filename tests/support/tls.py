"""A server over TLS on this machine, behind a relay that can drop flows without a word."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import trustme

from tests.support.served import served


class Relay:
    """Relays TCP connections to a port. `connections` counts them; a dropped one stays open and carries nothing."""

    def __init__(self, target_port: int) -> None:
        self.port = 0
        self.connections = 0
        self._target_port = target_port
        self._dropped = 0
        self._serving: list[asyncio.Task[None] | None] = []

    def drop_flows(self) -> None:
        """From now on, the connections that there are carry nothing any more. New ones do."""
        self._dropped = self.connections

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        number = self.connections
        # asyncio itself keeps no reference to a task that waits for a connection which both sides have left.
        self._serving.append(asyncio.current_task())
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        try:
            await asyncio.gather(self._forward(number, reader, far_writer), self._forward(number, far_reader, writer))
        except (asyncio.CancelledError, ConnectionError):
            pass  # the test is over, or one side has gone
        finally:
            writer.transport.abort()
            far_writer.transport.abort()

    async def _forward(self, number: int, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65536):
            if number > self._dropped:
                sink.write(chunk)
                await sink.drain()
        if number > self._dropped:
            sink.close()


@contextlib.contextmanager
def relay_to(port: int) -> Iterator[Relay]:
    """A relay on a free port."""
    relay = Relay(port)
    with served(relay.serve) as relay.port:
        yield relay


def certificates(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS context for 127.0.0.1, and the file of the authority that a client has to trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    return context, trusted
