"""The environment, read in one place. Each function decodes only what it needs; a missing variable names itself."""

import os
from typing import TypeVar

import msgspec

_S = TypeVar("_S", bound=msgspec.Struct)


def read(settings: type[_S]) -> _S:
    """Decode the environment into `settings`, whose field `party_table` is the variable `PARTY_TABLE`.

    Raises `msgspec.ValidationError` naming the variable that is missing or wrong.
    """
    return msgspec.convert(dict(os.environ), settings, strict=False)


class Settings(msgspec.Struct, frozen=True, rename=str.upper):
    """What a function's own settings derive from."""


class WebPages(Settings, frozen=True):
    """Settings of a function that browsers call. `allowed_origins`: separated by commas."""

    allowed_origins: str

    @property
    def origins(self) -> frozenset[str]:
        """The origins of the web pages that may call."""
        return frozenset(self.allowed_origins.split(","))
