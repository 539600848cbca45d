"""A little HTTP proxy on this machine, in front of one server. While it is broken, nothing gets through."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.served import served

THROTTLED = b'{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow down"}'
FAULTS = {
    "throttle": b"HTTP/1.1 400 Bad Request\r\ncontent-length: %d\r\n\r\n%b" % (len(THROTTLED), THROTTLED),
    "fail": b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 2\r\n\r\n{}",
    "hang": None,
    "close": b"",
}
"""What a broken proxy answers: nothing until the client gives up, for None; nothing and hangs up, if empty."""


@dataclass
class FaultyProxy:
    """Requests go on word for word, with the Host that the client named: its signature covers that.

    `faults` are drawn from while it is broken; `served` counts what became of requests.
    """

    target_port: int
    port: int = 0
    broken: bool = False
    faults: tuple[str, ...] = tuple(FAULTS)
    served: Counter[str] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(20240227))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_target, to_target = await asyncio.open_connection("127.0.0.1", self.target_port)
        answering = asyncio.create_task(_pass_on(from_target, writer))
        # Cancelled when the test is over.
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while await self._answer(await _request(reader), reader, writer, to_target):
                pass
        answering.cancel()
        writer.close()
        to_target.close()

    async def _answer(
        self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: asyncio.StreamWriter
    ) -> bool:
        """Answer a request. Returns whether the connection stays."""
        fault = self.chance.choice(self.faults) if self.broken else "pass"
        self.served[fault] += 1
        if fault == "pass":
            target.write(request)
            await target.drain()
            return True
        answer = FAULTS[fault]
        if answer is None:
            await reader.read()
            return False
        writer.write(answer)
        await writer.drain()
        return bool(answer)


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return head + await reader.readexactly(int(length))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.CancelledError):
        while content := await reader.read(65536):
            writer.write(content)
            await writer.drain()
    writer.close()


@contextlib.contextmanager
def running_proxy(target_port: int) -> Iterator[FaultyProxy]:
    """A proxy on a free port."""
    proxy = FaultyProxy(target_port)
    with served(proxy.serve) as proxy.port:
        yield proxy
