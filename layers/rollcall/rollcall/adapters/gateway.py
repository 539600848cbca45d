"""Posting to WebSocket connections, and ending them, through API Gateway's `@connections`.

Many at once over kept-alive connections; each post has its own time limit and its own few repeats, so that a slow or
broken one delays no other. Every outcome is reported for exactly the connection that it belongs to.
"""

import asyncio
import random
import ssl
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from urllib.parse import quote, urlsplit

from rollcall.adapters.http_connection import Disconnected, HttpConnection
from rollcall.adapters.signing import Credentials, body_hash, signer
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
        self, endpoint: str, region: str, credentials: Callable[[], Credentials], *, seconds: float = SECONDS_PER_POST
    ) -> None:
        """`endpoint`: the WebSocket stage's URL, `https://<api>.execute-api.<region>.amazonaws.com/<stage>`.

        `credentials` is asked at every fan-out. `seconds`: the time limit of one attempt.
        """
        parts = urlsplit(endpoint)
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._address = (parts.hostname or "", parts.port or (443 if self._tls else 80))
        self._host = parts.netloc
        self._path = parts.path.rstrip("/") + "/@connections/"
        self._region = region
        self._credentials = credentials
        self._seconds = seconds
        self._runner: asyncio.Runner | None = None
        self._idle: list[HttpConnection] = []

    def send(self, posts: Sequence[Post]) -> list[Outcome]:
        """Send every post and report every outcome. Never raises for a post that fails."""
        return self._ask("POST", posts)

    def end(self, connection_id: str) -> None:
        """End a connection. One that can't be ended now is of no use any more all the same."""
        self._ask("DELETE", [Post(connection_id, b"")])

    def close(self) -> None:
        """End all connections."""
        if self._runner is None:
            return
        for connection in self._idle:
            connection.close()
        self._idle.clear()
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
            asked = request(post)
            detail = "unreachable"
            for attempt in range(ATTEMPTS):
                if attempt:
                    await asyncio.sleep(BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5))  # noqa: S311
                detail = await self._attempt(asked)
                if not _is_worth_repeating(detail):
                    break
            outcomes.append(Outcome(post, _result(detail), detail))

    async def _attempt(self, request: _Request) -> str:
        try:
            async with asyncio.timeout(self._seconds):
                return str(await self._status_of(request))
        except TimeoutError:
            return "timeout"
        except OSError:
            return "unreachable"

    async def _status_of(self, request: _Request) -> int:
        while True:
            connection = self._idle.pop() if self._idle else await HttpConnection.open(*self._address, self._tls)
            try:
                status = await connection.request(*request)
            except Disconnected as error:
                # A kept connection may have been closed while the function slept: that says nothing about the request.
                if error.reused:
                    continue
                raise
            except BaseException:
                connection.close()
                raise
            if connection.reusable:
                self._idle.append(connection)
            else:
                connection.close()
            return status


def _is_worth_repeating(detail: str) -> bool:
    return not detail.isdigit() or int(detail) == _RATE_LIMITED or int(detail) >= _SERVER_ERROR


def _result(detail: str) -> Literal["delivered", "gone", "failed"]:
    if detail == str(_GONE):
        return "gone"
    return "delivered" if detail.startswith("2") else "failed"
