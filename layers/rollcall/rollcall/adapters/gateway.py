"""Posting to WebSocket connections, and closing them, through API Gateway's `@connections`.

Many posts run at once over kept-alive connections. Each post has its own timeout and its own few retries, so that a
slow or broken one delays no other. Every outcome is reported for exactly the connection that it belongs to.

This client is hand-made because a thousand watchers wait for it: botocore takes several times as long for each post.
The tests hold its requests against botocore's.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from rollcall.adapters.connection_pool import ConnectionPool
from rollcall.adapters.http_connection import Disconnected, HttpConnection
from rollcall.adapters.signing import Credentials, body_hash, signer
from rollcall.adapters.tls import tls_context
from rollcall.services.ports import Outcome, Post

CONCURRENT_POSTS = 128
SECONDS_PER_POST = 1.5
ATTEMPTS = 3
BACKOFF_SECONDS = 0.1

_GONE = 410
_RATE_LIMITED = 429
_SERVER_ERROR = 500


class _Request(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Gateway:
    """Posts messages and ends connections. Keeps its event loop and its ways out across invocations."""

    def __init__(
        self,
        endpoint: str,
        region: str,
        credentials: Callable[[], Credentials],
        *,
        seconds: float = SECONDS_PER_POST,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`endpoint`: the WebSocket stage's URL, `https://<api>.execute-api.<region>.amazonaws.com/<stage>`.

        `credentials` is asked at every fan-out. `seconds` is the timeout of one attempt. `clock`: see `ConnectionPool`.
        """
        parts = urlsplit(endpoint)
        tls = tls_context() if parts.scheme == "https" else None
        self._pool = ConnectionPool(parts.hostname or "", parts.port or (443 if tls else 80), tls, clock)
        self._clock = clock
        self._host = parts.netloc
        self._path = parts.path.rstrip("/") + "/@connections/"
        self._region = region
        self._credentials = credentials
        self._seconds = seconds
        self._runner: asyncio.Runner | None = None
        self._began = 0.0

    def send(self, posts: Sequence[Post]) -> list[Outcome]:
        """Send every post and report every outcome. Never raises for a post that fails."""
        return self._ask("POST", posts)

    def end(self, connection_id: str) -> None:
        """Close a WebSocket. One that can't be closed now is of no use any more all the same."""
        self._ask("DELETE", [Post(connection_id, b"")])

    def close(self) -> None:
        """End all connections."""
        if self._runner is None:
            return
        self._pool.close()
        self._runner.close()
        self._runner = None

    def _ask(self, method: str, posts: Sequence[Post]) -> list[Outcome]:
        if not posts:
            return []
        self._runner = self._runner or asyncio.Runner()
        return self._runner.run(self._ask_all(method, posts))

    async def _ask_all(self, method: str, posts: Sequence[Post]) -> list[Outcome]:
        sign = signer(
            self._credentials(),
            region=self._region,
            service="execute-api",
            headers={"host": self._host},
            now=datetime.now(UTC),
        )
        hashes = {body: body_hash(body) for body in {post.body for post in posts}}
        self._began = self._clock()

        def request(post: Post) -> _Request:
            path = self._path + quote(post.connection_id, safe="")
            return _Request(method, path, sign(method, path, hashes[post.body]), post.body)

        outcomes: list[Outcome] = []
        waiting = iter(posts)
        workers = (self._work(waiting, request, outcomes) for _ in range(min(CONCURRENT_POSTS, len(posts))))
        await asyncio.gather(*workers)
        return outcomes

    async def _work(
        self,
        waiting: Iterator[Post],
        request: Callable[[Post], _Request],
        outcomes: list[Outcome],
    ) -> None:
        """Take one post after another until none is left."""
        for post in waiting:
            detail = await self._deliver(request(post))
            outcomes.append(Outcome(post, _result(detail), detail))

    async def _deliver(self, request: _Request) -> str:
        """What the attempts at one request come to: a status, "timeout" or "unreachable".

        Takes at most `ATTEMPTS` + 1 timeouts and the pauses between them. A flow that was dropped costs no attempt, but
        costs a request its time only once: from then on, the request opens connections of its own.
        """
        attempts, anew, detail = 0, False, "unreachable"
        while attempts < ATTEMPTS:
            if attempts:
                await asyncio.sleep(BACKOFF_SECONDS * 2 ** (attempts - 1) * random.uniform(0.5, 1.5))  # noqa: S311
            try:
                detail = await self._attempt(request, anew=anew)
            except _FlowDropped:
                anew = True
                continue
            if not _is_worth_repeating(detail):
                break
            attempts += 1
        return detail

    async def _attempt(self, request: _Request, *, anew: bool = False) -> str:
        """One attempt, `anew` over a new connection. Raises `_FlowDropped`."""
        kept_since = self._began
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    kept = None if anew else self._pool.take()
                    kept_since, connection = kept or (self._began, await self._pool.open())
                    status = await self._status_over(connection, request)
                    if status is not None:
                        return str(status)
        except TimeoutError:
            if kept_since < self._began:
                self._pool.close_idle_since_before(self._began)
                raise _FlowDropped from None
            return "timeout"
        except OSError:
            return "unreachable"

    async def _status_over(self, connection: HttpConnection, request: _Request) -> int | None:
        """The response's status; None if the server had closed a kept connection, which says nothing of the request."""
        try:
            status = await connection.request(*request)
        except Disconnected as error:
            if error.reused:
                return None
            raise
        except BaseException:
            connection.close()
            raise
        self._pool.keep(connection)
        return status


class _FlowDropped(Exception):
    """A connection that was kept from an earlier fan-out carries nothing any more: no response came over it in time."""


def _is_worth_repeating(detail: str) -> bool:
    return not detail.isdigit() or int(detail) == _RATE_LIMITED or int(detail) >= _SERVER_ERROR


def _result(detail: str) -> Literal["delivered", "gone", "failed"]:
    if detail == str(_GONE):
        return "gone"
    return "delivered" if detail.startswith("2") else "failed"
