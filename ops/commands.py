"""The commands for a pile. Each returns the exit status."""

import sys
from collections.abc import Callable, Collection
from contextlib import closing

from ops import text
from ops.errors import NotReplayable
from ops.pile import Entry, Item, Pile
from ops.replay import DeferredQueue
from ops.stream_failures import Redrive


def show_list(pile: Pile) -> int:
    """A line for each thing in the pile, newest last."""
    entries = list[Entry]()
    try:
        with closing(pile.find()) as items:
            entries.extend(item.entry for item in items)
    finally:
        for line in text.listing(entries):
            print(line)
    return 0


def show(pile: Pile, wanted: str) -> int:
    """The body to stdout, byte by byte; what is known about it to stderr, out of its way."""

    def act(item: Item) -> None:
        body, about = item.read()
        for line in text.about(about):
            print(line, file=sys.stderr)
        sys.stderr.flush()
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()

    return _each(pile, [wanted], act)


def replay(pile: Pile, ids: Collection[str] | None, queue: DeferredQueue) -> int:
    """Send each to the queue and only then delete it: dying in between repeats, and never loses."""

    def act(item: Item) -> None:
        queue.send(item.read().body)
        item.delete()
        print(f"replayed {item.entry.id}")

    return _each(pile, ids, act)


def redrive(pile: Pile, ids: Collection[str] | None, again: Redrive) -> int:
    """Have each batch of stream records taken again, and delete its message only if nothing failed."""

    def act(item: Item) -> None:
        records = again.run(item.read().body)
        item.delete()
        print(f"redriven {item.entry.id}: {records} records")

    return _each(pile, ids, act)


def delete(pile: Pile, ids: Collection[str] | None) -> int:
    """Delete each for good."""

    def act(item: Item) -> None:
        item.delete()
        print(f"deleted {item.entry.id}")

    return _each(pile, ids, act)


def _each(pile: Pile, ids: Collection[str] | None, act: Callable[[Item], None]) -> int:
    """Act on these, or on all. What is wrong with one of them is told, and does not keep the others."""
    status, missing = 0, dict.fromkeys(ids or ())
    with closing(pile.find(None if ids is None else list(missing))) as items:
        for item in items:
            missing.pop(item.entry.id, None)
            try:
                act(item)
            except NotReplayable as error:
                print(f"{item.entry.id} can't be replayed and stays: {error}", file=sys.stderr)
                status = 1
    for unknown in missing:
        print(f"{text.one_line(unknown)}: there is no such thing here", file=sys.stderr)
        status = 1
    return status
