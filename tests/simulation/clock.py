"""Time and chance inside a world: `time`, `datetime.now`, `random`, `secrets` and `uuid4` come from the world's seed.

Patched for as long as a world runs, and for the whole process: a world is alone in its process while it runs.
"""

import base64
import datetime as dt
import importlib
import pkgutil
import random
import secrets
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import rollcall

BEGIN = dt.datetime(2026, 3, 4, 10, 0, tzinfo=dt.UTC).timestamp()
"""When every world begins, epoch seconds."""


class Clock:
    """The world's time. `now`: epoch seconds."""

    def __init__(self) -> None:
        self.now = BEGIN

    def moment(self) -> dt.datetime:
        """Now, in UTC."""
        return dt.datetime.fromtimestamp(self.now, dt.UTC)


@contextmanager
def governed(clock: Clock, sleep: Callable[[float], None], chance: random.Random) -> Iterator[None]:
    """Let the product see the world's time and the world's chance."""
    patches = list(_product(clock))  # before any other: modules that are imported now must find the real clock
    state = random.getstate()
    random.seed(chance.getrandbits(64))
    with ExitStack() as stack:
        stack.callback(random.setstate, state)
        for target, name, stand_in in (
            (time, "time", lambda: clock.now),
            (time, "time_ns", lambda: int(clock.now * 1e9)),
            (time, "monotonic", lambda: clock.now - BEGIN),
            (time, "sleep", sleep),
            (secrets, "token_bytes", chance.randbytes),
            (secrets, "token_hex", lambda size=32: chance.randbytes(size).hex()),
            (secrets, "token_urlsafe", lambda size=32: _urlsafe(chance.randbytes(size))),
            (uuid, "uuid4", lambda: uuid.UUID(bytes=chance.randbytes(16), version=4)),
        ):
            stack.enter_context(patch.object(target, name, stand_in))
        for patched in patches:
            stack.enter_context(patched)
        yield


def _product(clock: Clock) -> Iterator[Any]:
    """What the product's modules have taken for themselves: the class `datetime`, and clocks as default arguments."""

    class Datetime(dt.datetime):
        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return dt.datetime.fromtimestamp(clock.now, tz)

    virtual = {_MONOTONIC: lambda: clock.now - BEGIN, _TIME: lambda: clock.now}
    for module in _modules():
        for name, value in list(vars(module).items()):
            if value is dt.datetime:
                yield patch.object(module, name, Datetime)
            elif isinstance(value, type) and value.__module__ == module.__name__:
                make = vars(value).get("__init__")
                for defaults in ("__defaults__", "__kwdefaults__"):
                    if real := getattr(make, defaults, None):
                        yield patch.object(make, defaults, _virtual(real, virtual))


def _virtual(defaults: Any, virtual: dict[Any, Any]) -> Any:
    """Default arguments, positional ones or those with a keyword, with the world's clocks for the real ones."""
    if isinstance(defaults, dict):
        return {name: _virtual((default,), virtual)[0] for name, default in defaults.items()}
    return tuple(virtual.get(default, default) if callable(default) else default for default in defaults)


_MONOTONIC, _TIME = time.monotonic, time.time
"""The real ones, as default arguments hold them."""


def _modules() -> list[Any]:
    """All modules of the product, imported."""
    for found in pkgutil.walk_packages(rollcall.__path__, "rollcall."):
        if found.name not in sys.modules:
            importlib.import_module(found.name)
    return [sys.modules[name] for name in sorted(sys.modules) if name.startswith("rollcall.")]


def _urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
