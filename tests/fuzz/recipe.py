"""Choices that Hypothesis can draw cheaply, shrink, and show again: plain octets, read one by one."""

from collections.abc import Sequence
from typing import TypeVar

_T = TypeVar("_T")


class Recipe:
    """Reads choices from octets. Where they end, every further choice is the first: so smaller octets are plainer."""

    def __init__(self, octets: bytes) -> None:
        self._octets = iter(octets)

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound` - 1; `bound` is at most 65,536."""
        choice = next(self._octets, 0)
        if bound > 256:
            choice = choice * 256 + next(self._octets, 0)
        return choice % bound

    def one_of(self, choices: Sequence[_T]) -> _T:
        """One of these."""
        return choices[self.below(len(choices))]

    def one_in(self, number: int) -> bool:
        """True once in so many times, and not when nothing is left to read."""
        return self.below(number) == number - 1
