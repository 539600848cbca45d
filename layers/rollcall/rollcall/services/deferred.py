"""A deferred notification is tried again. When that fails it comes back soon, and later each time."""

import random
from collections.abc import Callable

import msgspec

from rollcall.core.backoff import pause
from rollcall.core.errors import StorageFailed
from rollcall.services.ingest import Ingest
from rollcall.services.ports import Deliveries
from rollcall.telemetry import logger


class Delivery(msgspec.Struct, frozen=True):
    """A notification out of the queue. `receipt` names this delivery, `number` counts it."""

    body: bytes
    receipt: str
    number: int


class Repeats:
    """Takes deliveries."""

    def __init__(self, ingest: Ingest, deliveries: Deliveries, chance: Callable[[], float] = random.random) -> None:
        self._ingest = ingest
        self._deliveries = deliveries
        self._chance = chance

    def take(self, delivery: Delivery) -> bool:
        """Whether the notification was taken; otherwise it has to stay in the queue."""
        try:
            self._ingest.take(delivery.body)
        except StorageFailed as error:
            seconds = pause(delivery.number, self._chance())
            logger.warning("notification stays deferred", cause=error.code, delivery=delivery.number, seconds=seconds)
            self._put_off(delivery.receipt, seconds)
            return False
        return True

    def _put_off(self, receipt: str, seconds: int) -> None:
        """If that fails, the notification comes again when the queue's own time is over."""
        try:
            self._deliveries.put_off(receipt, seconds)
        except StorageFailed as error:
            logger.warning("notification not put off", cause=error.code)
