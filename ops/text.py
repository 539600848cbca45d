"""What a terminal shows, as lines."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC

from ops.pile import Entry


def listing(entries: Iterable[Entry]) -> list[str]:
    """A line for each, newest last: time, size, reason, id."""
    ordered = sorted(entries, key=lambda entry: (entry.time, entry.id))
    sizes = max((len(str(entry.size)) for entry in ordered), default=0)
    reasons = max((len(entry.reason) for entry in ordered), default=0)
    return [
        f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}  {size:>{sizes}} B  {reason:<{reasons}}  {name}"
        for name, reason, size, time in ordered
    ]


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows with their cells one below the other. What no terminal should get is left out of them."""
    cells = [["".join(letter for letter in cell if letter.isprintable()) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def about(known: Mapping[str, str]) -> list[str]:
    """A line for each thing that is known."""
    return [f"{name}: {value}" for name, value in known.items()]


def counted(number: int, noun: str) -> str:
    """A number of things: `1 message`, `2 messages`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def one_line(message: object) -> str:
    """The message without line breaks."""
    return " ".join(str(message).split())
