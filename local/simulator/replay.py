"""Notifications that were recorded, to be sent once more: as `python -m ops … recording export` writes them."""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from local.simulator.control_bodies import bad_input

SPEED: Final = "speed"
"""The parameter that says how many times as fast as they came."""


class Recorded(msgspec.Struct, rename="camel"):
    """A line of an export. Without a body the notification had none."""

    received_at: datetime
    body: str | None = None
    body_base64: bytes | None = None

    @property
    def content(self) -> bytes:
        """The body as it came."""
        return self.body_base64 or (self.body or "").encode()


class Timed(NamedTuple):
    """A notification, and how many seconds from now it is due."""

    after: float
    content: bytes


def read_recordings(lines: bytes) -> list[Recorded]:
    """Read JSON lines; empty ones are passed over. Raises a RingCentralError (400)."""
    recordings = list[Recorded]()
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        try:
            recordings.append(msgspec.json.decode(line, type=Recorded))
        except msgspec.DecodeError as error:
            raise bad_input(f"line {number}: {error}") from error
    return recordings


def read_speed(text: str) -> float:
    """Read the parameter. Raises a RingCentralError (400)."""
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 < speed < math.inf:
        raise bad_input(f"{SPEED} is a number greater than 0")
    return speed


def spaced(recordings: Sequence[Recorded], speed: float) -> list[Timed]:
    """The first at once, the others in this order and as long after it as they came, divided by `speed`."""
    timed, after = list[Timed](), 0.0
    for recorded in recordings:
        after = max(after, (recorded.received_at - recordings[0].received_at).total_seconds() / speed)
        timed.append(Timed(after, recorded.content))
    return timed
