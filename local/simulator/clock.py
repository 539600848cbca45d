"""Time: the clock that everything is given, and the two ways in which RingCentral writes a time."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Answers the time now, in UTC. Tests hand in their own."""


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


def iso_milliseconds(moment: datetime) -> str:
    """A time as notifications carry it, such as 2024-02-27T16:04:52.223Z (recorded event)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(moment: datetime) -> str:
    """A time as a session's creationTime has it, such as 2022-03-25T01:23:53Z (recorded answer)."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
