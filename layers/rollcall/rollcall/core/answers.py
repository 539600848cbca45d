"""RingCentral's answers as values."""

from typing import TypeVar

import msgspec

from rollcall.core.errors import RingCentralFailed

_T = TypeVar("_T", bound=msgspec.Struct)


def decode_answer(content: bytes, shape: type[_T]) -> _T:
    """The answer as a value. Raises `RingCentralFailed` if it has another shape."""
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise RingCentralFailed(None) from None
