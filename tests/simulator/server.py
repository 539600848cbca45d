"""The simulator on a free port."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from local.simulator.app import create_app
from local.simulator.clock import Clock
from tests.simulator.harness import RunningSimulator
from tests.simulator.webhook import LOOPBACK


class Server:
    """A web server on a free port and a thread, which serves one simulator after the other.

    Starting and stopping uvicorn takes longer than most tests do, so they share one, and nothing else.
    """

    def __init__(self) -> None:
        self._app: ASGIApp | None = None
        self._loop = asyncio.new_event_loop()
        config = uvicorn.Config(
            self._serve, interface="asgi3", ws="none", lifespan="off", access_log=False, log_level="warning"
        )
        self._server = uvicorn.Server(config)
        # With the protocol named, asyncio turns Nagle's algorithm off; otherwise every answer takes 40 ms.
        self._listener = socket.socket(proto=socket.IPPROTO_TCP)
        self._listener.bind((LOOPBACK, 0))
        self._thread = threading.Thread(target=self._run)
        self.url = f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Server":
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive(), "the server did not start"
            time.sleep(0.002)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._listener.close()

    @contextmanager
    def serving(self, clock: Clock) -> Iterator[RunningSimulator]:
        """Serve a simulator of its own."""
        app = create_app(clock)
        lifespan = app.router.lifespan_context(app)
        asyncio.run_coroutine_threadsafe(lifespan.__aenter__(), self._loop).result()
        self._app = app
        try:
            with httpx.Client(base_url=self.url, trust_env=False, verify=False, timeout=10) as client:
                yield RunningSimulator(self.url, client)
        finally:
            asyncio.run_coroutine_threadsafe(lifespan.__aexit__(None, None, None), self._loop).result()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._server.serve(sockets=[self._listener]))

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._app is not None
        await self._app(scope, receive, send)
