"""Faults on request: what goes wrong with notifications and with API requests. No I/O."""

import random
import re
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, Struct, field

from local.simulator import choices, permissions

_Pattern = Annotated[str, Meta(min_length=1)]
Probability = Annotated[float, Meta(ge=0, le=1)]


class ApiFault(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """API requests to answer with an error instead of serving them, and how many of them."""

    method: Annotated[str, Meta(pattern="^[A-Z]+$")]
    path_pattern: str
    status: Annotated[int, Meta(ge=400, le=599)]
    times: Annotated[int, Meta(ge=1)]
    retry_after: Annotated[int, Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        """Raise a ValueError for a pattern that is not a regular expression; the decoder reports it as bad input."""
        _check_pattern("pathPattern", self.path_pattern)

    def fits(self, method: str, path: str) -> bool:
        """Whether the fault is for this request."""
        return method == self.method and re.search(self.path_pattern, path) is not None


class Faults(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """All faults in force at a time. The same seed makes the same notifications go wrong."""

    duplicate: Probability = 0
    reorder: Probability = 0
    drop: Probability = 0
    delay_ms: Annotated[float, Meta(ge=0)] = 0
    rest_lag_ms: Annotated[float, Meta(ge=0)] = 0
    seed: int | None = None
    api: list[ApiFault] = field(default_factory=list)
    disable_filters: list[_Pattern] = field(default_factory=list)
    missing_permissions: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Raise a ValueError for a pattern that is not a regular expression, and for an unknown permission."""
        for pattern in self.disable_filters:
            _check_pattern("disableFilters", pattern)
        for name in permissions.unknown(self.missing_permissions):
            message = f"missingPermissions: {name}"
            raise ValueError(message)


class FaultInjector:
    """Decides for each notification and each API request what goes wrong with it."""

    def __init__(self) -> None:
        self.replace(Faults())

    def replace(self, faults: Faults) -> None:
        """Put other faults in force, and begin again at their seed."""
        self._faults = faults
        self._random = random.Random(faults.seed)  # noqa: S311 - nothing secret; it has to be repeatable
        self._times_left = [fault.times for fault in faults.api]

    def delivery_delays(self) -> list[float]:
        """After how many seconds each copy of the next notification is due: none if it is dropped."""
        faults = self._faults
        dropped, doubled = self._strikes(faults.drop), self._strikes(faults.duplicate)
        copies = 0 if dropped else 1 + doubled
        return [faults.delay_ms / 1000 + self._hold() for _ in range(copies)]

    @property
    def rest_lag(self) -> timedelta:
        """How far behind the events what GET session answers is."""
        return timedelta(milliseconds=self._faults.rest_lag_ms)

    def api_fault(self, method: str, path: str) -> ApiFault | None:
        """The fault that strikes this request, if one does. It is used up once."""
        for number, fault in enumerate(self._faults.api):
            if self._times_left[number] and fault.fits(method, path):
                self._times_left[number] -= 1
                return fault
        return None

    def disables_filter(self, text: str) -> bool:
        """Whether an event filter of a subscription request is to be refused."""
        return any(re.search(pattern, text) for pattern in self._faults.disable_filters)

    @property
    def missing_permissions(self) -> frozenset[str]:
        """What no app has been given."""
        return frozenset(self._faults.missing_permissions)

    def _hold(self) -> float:
        """How long a copy is held back so that later notifications pass it."""
        return self._random.uniform(0, choices.REORDER_HOLD_SECONDS) if self._strikes(self._faults.reorder) else 0.0

    def _strikes(self, probability: float) -> bool:
        return self._random.random() < probability


def _check_pattern(name: str, pattern: str) -> None:
    """Raise a ValueError for what is not a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"{name}: {error}"
        raise ValueError(message) from error
