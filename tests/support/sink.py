"""A little HTTP server on this machine that answers as a test tells it to, and remembers what it was asked."""

import asyncio
import contextlib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.served import served


@dataclass
class Sink:
    """`answers` maps the end of a path to what posts to it get, one after another; the last one stays.

    An answer is a status; 0 means: hang up without an answer; -1: never answer. `silent` has the numbers of connections
    that carry nothing any more, from 1.
    """

    port: int = 0
    answers: dict[str, list[int]] = field(default_factory=dict)
    requests: list[tuple[str, bytes]] = field(default_factory=list)
    methods: list[str] = field(default_factory=list)
    connections: int = 0
    at_once: int = 0
    most_at_once: int = 0
    seconds: float = 0.0
    close_after_answer: bool = False
    silent: set[int] = field(default_factory=set)
    body: bytes = b"{}"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/stage"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = int(head.lower().partition("content-length: ")[2].partition("\r\n")[0])
                method, path = head.split(" ")[:2]
                self.methods.append(method)
                self.requests.append((path, await reader.readexactly(length)))
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                await asyncio.sleep(60 if number in self.silent else self.seconds)
                self.at_once -= 1
                queue = self.answers.get(path.rpartition("/")[2], [200])
                status = queue.pop(0) if len(queue) > 1 else queue[0]
                if status == -1:
                    await asyncio.sleep(60)
                if status == 0:
                    break
                head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(self.body)}\r\n\r\n"
                writer.write(head.encode() + self.body)
                await writer.drain()
                if self.close_after_answer:
                    break
            writer.close()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            # The test is over. TLS would still exchange farewells, for which nobody waits.
            writer.transport.abort()


@contextlib.contextmanager
def running_sink(tls: ssl.SSLContext | None = None) -> Iterator[Sink]:
    """A sink on a free port."""
    sink = Sink()
    with served(sink.serve, tls) as sink.port:
        yield sink
