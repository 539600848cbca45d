"""Rate limits: so many requests of a group per user and app and minute (documentation, Rate limits)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from local.simulator.clock import Clock

WINDOW_SECONDS: Final = 60


class Group(StrEnum):
    """RingCentral's groups of API requests, spelled as in the response headers."""

    HEAVY = "heavy"
    MEDIUM = "medium"
    LIGHT = "light"
    AUTH = "auth"


LIMITS: Final = {Group.HEAVY: 10, Group.MEDIUM: 40, Group.LIGHT: 50, Group.AUTH: 5}
"""Requests per window, the defaults of the documentation."""

RATE_LIMIT_HEADERS: Final = (
    "X-Rate-Limit-Group",
    "X-Rate-Limit-Limit",
    "X-Rate-Limit-Remaining",
    "X-Rate-Limit-Window",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may be served, and what the response says about the limit."""

    group: Group
    remaining: int
    retry_after: int | None

    def headers(self) -> dict[str, str]:
        """The headers that every response carries."""
        values = (self.group, str(LIMITS[self.group]), str(self.remaining), str(WINDOW_SECONDS))
        return dict(zip(RATE_LIMIT_HEADERS, values, strict=True))


@dataclass(slots=True)
class _Window:
    started_at: datetime
    used: int = 0
    penalty_until: datetime | None = None


class RateLimits:
    """Counts requests. `who` is any key that stands for a user with an app."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[tuple[object, Group], _Window] = {}

    def count(self, who: object, group: Group) -> Verdict:
        """Count one request.

        One too many begins a penalty of a whole window, and each request during the penalty begins it anew
        (documentation, Rate limits).
        """
        now = self._clock()
        span = timedelta(seconds=WINDOW_SECONDS)
        window = self._windows.setdefault((who, group), _Window(now))
        ends_at = window.penalty_until or window.started_at + span
        if now >= ends_at:
            window = self._windows[who, group] = _Window(now)
        if window.penalty_until is not None or window.used >= LIMITS[group]:
            window.penalty_until = now + span
            return Verdict(group, 0, WINDOW_SECONDS)
        window.used += 1
        return Verdict(group, LIMITS[group] - window.used, None)

    def forget_all(self) -> None:
        """Forget every count and penalty."""
        self._windows.clear()
