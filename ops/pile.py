"""What the commands know of a pile, whether it lies in a bucket or in a queue."""

from collections.abc import Collection, Generator
from datetime import datetime
from typing import NamedTuple, Protocol


class Entry(NamedTuple):
    """A line of a list."""

    id: str
    reason: str
    size: int
    time: datetime


class Contents(NamedTuple):
    """What was kept, and what is known about it."""

    body: bytes
    about: dict[str, str]


class Item(Protocol):
    """One thing in the pile."""

    @property
    def entry(self) -> Entry:
        """What a list says of it."""
        ...

    def read(self) -> Contents:
        """What was kept."""
        ...

    def delete(self) -> None:
        """Take it from the pile for good."""
        ...


class Pile(Protocol):
    """Things that wait for somebody to look at them."""

    def find(self, ids: Collection[str] | None = None) -> Generator[Item]:
        """Those of these ids that there are, each once; without ids all. To be closed by who does not exhaust it."""
        ...
