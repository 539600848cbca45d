"""API Gateway's `@connections` in memory, behind an asyncio event loop whose time is the world's.

The product's own client runs on that loop unchanged and writes HTTP/1.1 to a connection that leads here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests.simulation.faults import Faults
from tests.simulation.scheduler import Scheduler

NO_ANSWER_SECONDS = 100.0


class Answer(NamedTuple):
    """What a request to a connection comes to: after `seconds`, a status, or None for a connection that breaks."""

    seconds: float
    status: int | None


@dataclass(slots=True)
class Socket:
    """A WebSocket as the gateway sees it. `receive` takes a frame, `closed` hears of an end that the server wants.

    `open`: the gateway knows of it. `broken`: the client is gone without the gateway's knowing.
    """

    receive: Callable[[bytes], None]
    closed: Callable[[], None]
    open: bool = True
    broken: bool = False
    missed: list[bytes] = field(default_factory=list)


class WebSockets:
    """All WebSockets."""

    def __init__(self, scheduler: Scheduler, faults: Faults) -> None:
        self.sockets: dict[str, Socket] = {}
        self.note: Callable[[str], None] = lambda _: None
        self._scheduler = scheduler
        self._faults = faults

    def request(self, method: str, connection_id: str, body: bytes) -> Answer:
        """One request: a post, or the end of a connection. What it does happens when it arrives."""
        latency = self._faults.latency()
        fault = self._faults.of_post(self._scheduler.clock.now)
        self.note(f"{method} to {connection_id}, {len(body)} bytes: {fault or 'goes through'}")
        socket = self.sockets.get(connection_id)
        match fault:
            case "429" | "500":
                self._miss(socket, body)
                return Answer(latency, int(fault))
            case "timeout":
                self._miss(socket, body)
                return Answer(NO_ANSWER_SECONDS, 200)
            case "cut":
                self._miss(socket, body)
                return Answer(latency, None)
        if socket is None or not socket.open:
            return Answer(latency, 410)
        self._scheduler.after(latency * 0.5, lambda: self._arrive(method, socket, body))
        return Answer(NO_ANSWER_SECONDS if fault == "delivered-timeout" else latency, 200)

    def _arrive(self, method: str, socket: Socket, body: bytes) -> None:
        if not socket.open or socket.broken:
            return
        if method == "DELETE":
            socket.open = False
            socket.closed()
        else:
            socket.receive(body)

    def _miss(self, socket: Socket | None, body: bytes) -> None:
        if socket is not None:
            socket.missed.append(body)


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop without sockets or a clock of its own. While it waits, others run."""

    def __init__(self, scheduler: Scheduler, pause: Callable[[float], None], web_sockets: WebSockets) -> None:
        super().__init__()
        self._web_sockets = web_sockets
        self._scheduler = scheduler
        self._selector = _Selector(pause)
        # Epoch seconds as floats are no finer than that: a timer due within it is due.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._scheduler.clock.now

    async def create_connection(self, factory: Callable[[], Any], *_: Any, **__: Any) -> tuple[Any, Any]:  # type: ignore[override]
        """A connection to the gateway, whatever the address."""
        protocol = factory()
        transport = _Transport(self, self._web_sockets, protocol)
        protocol.connection_made(transport)
        return transport, protocol

    def abandon(self) -> None:
        """The process has ended: whatever waits here waits no more."""
        if self.is_closed():
            return
        for task in asyncio.all_tasks(self):
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            coroutine = task.get_coro()
            if coroutine is not None:
                coroutine.close()
        self._ready.clear()  # type: ignore[attr-defined]
        self._scheduled.clear()  # type: ignore[attr-defined]
        self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        """No events come from outside: everything is a timer."""


class _Selector:
    """Waits by letting the world run."""

    def __init__(self, pause: Callable[[float], None]) -> None:
        self._pause = pause

    def select(self, timeout: float | None) -> list[Any]:
        assert timeout is not None, "everything waits, and nothing will happen"
        if timeout > 0:
            running = asyncio._get_running_loop()
            asyncio._set_running_loop(None)
            try:
                self._pause(timeout)
            finally:
                asyncio._set_running_loop(running)
        return []


class _Transport(asyncio.Transport):
    """One HTTP connection to the gateway. A request is written in one piece."""

    def __init__(self, loop: VirtualLoop, web_sockets: WebSockets, protocol: Any) -> None:
        super().__init__()
        self._loop = loop
        self._web_sockets = web_sockets
        self._protocol = protocol
        self._closed = False

    def write(self, data: Any) -> None:
        head, _, body = bytes(data).partition(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        connection_id = unquote(path.rpartition("/")[2])
        answer = self._web_sockets.request(method, connection_id, body)
        self._loop.call_later(answer.seconds, self._answer, answer.status)

    def is_closing(self) -> bool:
        return self._closed

    def abort(self) -> None:
        self._closed = True

    def close(self) -> None:
        self._closed = True

    def _answer(self, status: int | None) -> None:
        if self._closed:
            return
        if status is None:
            self._closed = True
            self._protocol.connection_lost(ConnectionResetError())
        else:
            self._protocol.data_received(f"HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n".encode())
