"""The sender of notifications: the only place from which the simulator calls out.

Each subscription has a lane of its own, in which one notification at a time is under way, so one slow webhook delays
no other and, without faults, notifications arrive in the order in which they happened.
"""

import asyncio
import heapq
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from typing import Final

import httpx

from local.simulator import choices, errors
from local.simulator.clock import Clock
from local.simulator.faults import FaultInjector
from local.simulator.handshake import TIMEOUT_SECONDS, WebhookResponse
from local.simulator.health import connection_reason, status_reason
from local.simulator.subscriptions import Subscription

_log = logging.getLogger(__name__)
_USER_AGENT: Final = "RingCentral-Webhook/8.3"
_HEADERS: Final = {
    "Content-Type": "application/json; charset=UTF-8",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": _USER_AGENT,
}
"""The headers of a notification (documentation, Receiving webhooks). No compression: response sizes are counted."""


class Delivery:
    """Posts notifications and handshakes while `running`."""

    def __init__(self, faults: FaultInjector, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._client: httpx.AsyncClient | None = None
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Be able to send; at the end, drop what has not been sent."""
        # A kept connection may be closed by the webhook just as a notification goes out, which would look like a fault.
        limits = httpx.Limits(max_keepalive_connections=0)
        tls = _tls_context()
        async with httpx.AsyncClient(headers=_HEADERS, limits=limits, trust_env=False, verify=tls) as client:
            self._client = client
            try:
                yield
            finally:
                await asyncio.gather(*(lane.stop() for lane in self._lanes.values()))

    async def handshake(self, address: str, validation_token: str) -> WebhookResponse:
        """Post the validation token. Raises a RingCentralError (400) if no answer comes in time."""
        try:
            response = await self._post(address, {"Validation-Token": validation_token}, choices.HANDSHAKE_BODY)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise errors.webhook_unreachable() from error
        status_line = f"{response.http_version} {response.status_code} {response.reason_phrase}"
        return WebhookResponse(status_line, response.status_code, response.headers.multi_items(), response.content)

    def send(self, subscription: Subscription, notification: bytes, after: float = 0.0) -> None:
        """Hand a notification to its lane, due so many seconds from now.

        The faults in force decide how much later, how often and whether it leaves.
        """
        lane = self._lanes.get(subscription.id)
        if lane is None:
            lane = self._lanes[subscription.id] = _Lane(self, subscription)
        for delay in self._faults.delivery_delays():
            lane.add(after + delay, notification)

    def drop_pending(self) -> None:
        """Drop every notification that has not left yet."""
        for lane in self._lanes.values():
            lane.clear()

    def forget(self, subscription: Subscription) -> None:
        """Drop what has not left yet for a subscription that is over."""
        lane = self._lanes.pop(subscription.id, None)
        if lane is not None:
            lane.cancel()

    async def deliver(self, subscription: Subscription, notification: bytes) -> None:
        """Post one notification, and count a failure. It is not tried again: RingCentral documents no retries.

        A suspended subscription gets nothing, not even what was under way when it was suspended.
        """
        health = subscription.health
        if health.suspension is not None:
            return
        problem = await self._problem_of(subscription, notification)
        if problem is None:
            health.delivered()
            return
        health.failed(problem, self._clock())
        _log.warning("notification for subscription %s failed: %s", subscription.id, problem)

    async def _problem_of(self, subscription: Subscription, notification: bytes) -> str | None:
        """Post a notification. Answers why it failed, in RingCentral's words, or None."""
        token = subscription.verification_token
        headers = {} if token is None else {"Verification-Token": token}
        try:
            response = await self._post(subscription.address, headers, notification)
        except TimeoutError:
            return connection_reason(choices.TIMEOUT_DETAILS)
        except httpx.ConnectError:
            return connection_reason(choices.NO_CONNECTION_DETAILS)
        except httpx.HTTPError:
            return connection_reason(choices.CONNECTION_LOST_DETAILS)
        if response.status_code == httpx.codes.OK:
            return None
        return status_reason(response.status_code, response.reason_phrase)

    async def _post(self, address: str, headers: dict[str, str], content: bytes) -> httpx.Response:
        if self._client is None:
            raise RuntimeError("the sender is not running")
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await self._client.post(address, headers=headers, content=content, timeout=None)


@cache
def _tls_context() -> ssl.SSLContext:
    """The trusted certificates. Reading them takes longer than anything else at a start."""
    return httpx.create_ssl_context(trust_env=False)


class _Lane:
    """The notifications of one subscription that wait to be sent, in the order in which they are due."""

    def __init__(self, delivery: Delivery, subscription: Subscription) -> None:
        self._delivery = delivery
        self._subscription = subscription
        self._pending: list[tuple[float, int, bytes]] = []
        self._numbers = count()
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._work())

    def add(self, delay: float, notification: bytes) -> None:
        """Let a notification wait its turn. Of those due at the same time, the one added first goes first."""
        heapq.heappush(self._pending, (self._loop.time() + delay, next(self._numbers), notification))
        self._changed.set()

    def clear(self) -> None:
        """Drop what waits. One that is under way arrives."""
        self._pending.clear()
        self._changed.set()

    def cancel(self) -> None:
        """End the lane at once."""
        self._task.cancel()

    async def stop(self) -> None:
        """End the lane and wait until it is at its end."""
        self.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._changed.clear()
            wait = self._pending[0][0] - self._loop.time() if self._pending else None
            if wait is not None and wait <= 0:
                _, _, notification = heapq.heappop(self._pending)
                await self._delivery.deliver(self._subscription, notification)
                continue
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                continue  # the first one is due now
