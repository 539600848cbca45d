"""Waiting until something is so, with an end to it."""

import time
from collections.abc import Callable
from typing import Any

SECONDS = 15.0


def eventually(look: Callable[[], Any], what: str) -> Any:
    """What `look` gives as soon as that is true; fails after a while."""
    deadline = time.monotonic() + SECONDS
    while not (found := look()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return found


def settled(look: Callable[[], int]) -> int:
    """A figure that has stopped changing."""
    before = -1
    while (now := look()) != before:
        before = now
        time.sleep(0.7)
    return now
