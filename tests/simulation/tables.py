"""Tables in memory: partitions of items, local and global indexes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from tests.simulation.meanings import Item


class Refused(Exception):
    """An error answer. Attributes: `code`, `content` (the whole answer)."""

    def __init__(self, code: str, content: Mapping[str, Any] | None = None) -> None:
        super().__init__(code, content)
        self.code = code
        self.content = dict(content or {})


class Index(NamedTuple):
    """An index of a table. A global one has a hash key of its own, and follows the table only after a while."""

    hash_key: str
    range_key: str
    keys_only: bool
    is_global: bool


class Schema(NamedTuple):
    """A table's keys and indexes. `ttl`: the attribute, if any."""

    hash_key: str
    range_key: str
    indexes: Mapping[str, Index]
    ttl: str | None
    streams: bool


class Change(NamedTuple):
    """What a write changed. `old` or `new` is None for an item that was not there before, or is not any more."""

    table: str
    key: Item
    old: Item | None
    new: Item | None
    by_ttl: bool


Partition = dict[str, Item]


class GlobalIndex:
    """What a global index holds of its table: for each item the latest write that has come through."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._items: dict[tuple[str, str], tuple[int, Item | None]] = {}

    def follow(self, number: int, key: tuple[str, str], item: Item | None) -> None:
        """The n-th write of the table has come through."""
        if self._items.get(key, (0, None))[0] < number:
            indexed = item is not None and self._index.hash_key in item and self._index.range_key in item
            self._items[key] = (number, item if indexed else None)

    def partition(self, value: Any) -> list[Item]:
        """The items of one hash key."""
        items = (item for _, item in self._items.values())
        return [item for item in items if item is not None and item[self._index.hash_key] == value]


class Table:
    """One table: partitions of items, each under its range key."""

    def __init__(self, name: str, schema: Schema) -> None:
        self.name = name
        self.schema = schema
        self.partitions: dict[str, Partition] = {}
        self.writes = 0
        self.globals = {name: GlobalIndex(index) for name, index in schema.indexes.items() if index.is_global}

    def key_of(self, item: Item) -> tuple[str, str]:
        """Hash and range key, which are text. Refuses an item without them."""
        values = []
        for name in (self.schema.hash_key, self.schema.range_key):
            value = item.get(name, {}).get("S", "")
            if not value:
                raise Refused("ValidationException", {"message": f"key {name}"})
            values.append(value)
        return values[0], values[1]

    def key_item(self, key: tuple[str, str]) -> Item:
        """The key as an item."""
        return {self.schema.hash_key: {"S": key[0]}, self.schema.range_key: {"S": key[1]}}

    def find(self, key: tuple[str, str]) -> Item | None:
        """The item under a key."""
        return self.partitions.get(key[0], {}).get(key[1])

    def items(self) -> list[Item]:
        """All items."""
        return [item for partition in self.partitions.values() for item in partition.values()]
