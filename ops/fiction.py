"""Names and numbers of nobody: the same for the same person, and never one that really occurred."""

import re
from collections.abc import Collection
from itertools import cycle

_FIRST = ("Ada", "Bela", "Cora", "Dion", "Edda", "Finn", "Gwen", "Hugo", "Iris", "Jann", "Kira", "Levi", "Mona", "Nils",
          "Olga", "Pepe", "Rosa", "Sven", "Tara", "Uwe")  # fmt: skip
_LAST = ("Ashby", "Birch", "Cedar", "Dogwood", "Elder", "Fir", "Gorse", "Hazel", "Ivy", "Juniper", "Larch", "Maple",
         "Nettle", "Oak", "Pine", "Quince", "Rowan", "Sorrel", "Thorn", "Willow")  # fmt: skip
_NAMES = [f"{_FIRST[n % 20]} {_LAST[(n + n // 20) % 20]}" for n in range(400)]
_NUMBERS = [f"+120555501{n:02}" for n in range(100)]
"""Numbers that are kept for fiction."""
_EXTENSIONS = [str(n) for n in range(101, 1000)]

_SHORT = 6
_NATIONAL = 10


def digits_of(number: str) -> str:
    """What two ways of writing one number have in common: its digits, without the country's."""
    return re.sub(r"\D", "", number)[-_NATIONAL:]


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


class Fiction:
    """Invents. After a hundred numbers, or four hundred names, they come again."""

    def __init__(self, names: Collection[str], numbers: Collection[str]) -> None:
        """`names` and `numbers` are those that really occurred."""
        real = {_plain(name) for name in names} | {digits_of(number) for number in numbers}
        self._unused_names = cycle([name for name in _NAMES if _plain(name) not in real])
        # Only who records fictional people can have used up all of these.
        self._unused_numbers = cycle([number for number in _NUMBERS if digits_of(number) not in real] or _NUMBERS)
        self._unused_extensions = cycle([number for number in _EXTENSIONS if number not in real] or _EXTENSIONS)
        self._words = {word for name in names for word in _plain(name).split()}
        self._names = dict[str, str]()
        self._numbers = dict[str, str]()

    def name(self, real: str) -> str:
        """The name that stands for this one. Spaces and capitals make no other person."""
        key = _plain(real)
        if key not in self._names:
            self._names[key] = next(self._unused_names)
        return self._names[key]

    def is_called(self, word: str) -> bool:
        """Whether this is a part of a name that really occurred."""
        return _plain(word) in self._words

    def number(self, real: str) -> str:
        """The number that stands for this one, however it is written; a short one, an extension's, stays short."""
        key = digits_of(real)
        if key not in self._numbers:
            self._numbers[key] = next(self._unused_extensions if len(key) <= _SHORT else self._unused_numbers)
        return self._numbers[key]
