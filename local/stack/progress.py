"""Telling what takes time, and how long it took."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console


class Progress(Protocol):
    """Is told of each step."""

    def step(self, what: str) -> AbstractContextManager[None]:
        """Within it, the step is under way."""


class Silence:
    """Tells nothing."""

    def step(self, what: str) -> AbstractContextManager[None]:  # noqa: ARG002  # the protocol's
        """Nothing."""
        return nullcontext()


class Terminal:
    """Tells people: a line per step when it is done, and before that, on a terminal, which one is under way."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Within it, the step is under way."""
        started = time.monotonic()
        with self._console.status(f"{what} …"):
            yield
        self._console.print(f"  {what:<52}{time.monotonic() - started:5.1f} s", highlight=False)
