"""Something that several checks need and that is fetched once."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Once(Generic[_T]):
    """Calls `make` at the first use and keeps what it returned or raised. Other callers wait meanwhile."""

    def __init__(self, make: Callable[[], _T]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[_T] = []
        self._failure: Exception | None = None

    def __call__(self) -> _T:
        """What was made. Raises what `make` raised."""
        with self._lock:
            if not self._made and self._failure is None:
                try:
                    self._made.append(self._make())
                except Exception as failure:  # noqa: BLE001  # kept, and raised below to each who asks
                    self._failure = failure
        if self._failure is not None:
            raise self._failure
        return self._made[0]

    @property
    def made(self) -> _T | None:
        """What was made, if it was."""
        return self._made[0] if self._made else None
