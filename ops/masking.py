"""Recordings that name nobody and still play back to the same rosters.

What a roster is made of is known, and passes if it looks as it should: ids, codes, times, sequences. Whatever else a
notification holds, in whatever field, is replaced: by another number what looks like one, by a name every other text.
"""

import re
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from ops.fiction import Fiction
from rollcall.core.recording import Recorded, with_content

_KEPT = frozenset({
    "accountId", "action", "active", "brandId", "ccMailboxes", "code", "conferenceRole", "creationTime", "deviceId",
    "direction", "event", "eventTime", "expiresIn", "extensionId", "id", "origin", "ownerId", "partyId", "peerId",
    "reason", "ringMeRole", "ringOutRole", "role", "sequence", "serverId", "sessionId", "subscriptionId",
    "telephonySessionId", "timestamp", "type", "uuid",
})  # fmt: skip
"""Fields whose values are ids, times and words of RingCentral's own."""

_STRUCTURE = _KEPT | {
    "additional", "attributes", "body", "description", "from", "metadata", "missedCall", "mobilePickupData", "muted",
    "name", "owner", "park", "parkData", "parties", "phoneNumber", "primary", "queueCall", "rcc", "recordings",
    "sipData", "standAlone", "status", "to", "uiCallInfo", "value",
}  # fmt: skip
"""Every field that RingCentral documents."""

_NUMBER_FIELD = re.compile(r"(?i)phone|number")
_NOBODY = frozenset({"", "conference", "anonymous", "unknown", "unavailable"})
"""Words that RingCentral puts in the place of a name or a number."""

_LOOKS_KEPT = re.compile(r"\A[\x21-\x7e]{1,200}\Z")
_FIELD = re.compile(r"\A[a-z][A-Za-z0-9_]{0,63}\Z")
"""As RingCentral names its fields. What begins with a capital may be somebody's name."""
_LOOKS_LIKE_A_NUMBER = re.compile(r"\A[+(]?[\d*#][\d ().*#/-]*\Z")
_NUMBER_INSIDE = re.compile(r"(?:\+|%2[Bb])\d(?:[ ().-]{0,2}\d){6,14}")
_LARGE = 10**6

NOT_JSON = "not JSON, left out"


class _Persons(Protocol):
    """What takes the places of people."""

    def name(self, real: str) -> str: ...

    def number(self, real: str) -> str: ...

    def is_called(self, word: str) -> bool: ...


class _Noted:
    """Leaves all as it is and notes what is somebody's."""

    def __init__(self) -> None:
        self.names = set[str]()
        self.numbers = set[str]()

    def name(self, real: str) -> str:
        self.names.add(real)
        return real

    def number(self, real: str) -> str:
        self.numbers.add(real)
        return real

    def is_called(self, _word: str) -> bool:
        return False


def mask(recordings: Sequence[Recorded]) -> list[Recorded]:
    """The same recordings with fictional people in them: the same person for the same, throughout.

    What is not JSON can't be looked through, and is replaced whole by something that Rollcall quarantines too.
    """
    noted = _Noted()
    for recorded in recordings:
        _masked(recorded, noted)
    fiction = Fiction(noted.names, noted.numbers)
    return [_masked(recorded, fiction) for recorded in recordings]


def _masked(recorded: Recorded, persons: _Persons) -> Recorded:
    kept = msgspec.structs.replace(recorded, headers={name: _plain(text) for name, text in recorded.headers.items()})
    return with_content(kept, _body(recorded, persons))


def _plain(header: str) -> str:
    return _NUMBER_INSIDE.sub("", header)


def _body(recorded: Recorded, persons: _Persons) -> bytes:
    content = recorded.content
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return b"\xff"
    try:
        value = msgspec.json.decode(text) if text else None
        return msgspec.json.encode(_value("", value, persons)) if text else b""
    except (msgspec.DecodeError, RecursionError):
        return NOT_JSON.encode()


def _value(field: str, value: Any, persons: _Persons) -> Any:  # noqa: ANN401  # whatever JSON may hold
    match value:
        case dict():
            return {_name_of(name, persons): _value(name, inner, persons) for name, inner in value.items()}
        case list():
            return [_value(field, inner, persons) for inner in value]
        case str():
            return _text(field, value, persons)
        case bool() | None:
            return value
        case int() | float() if field not in _KEPT and abs(value) >= _LARGE:
            return int(persons.number(str(int(abs(value)))).lstrip("+"))
        case _:
            return value


def _text(field: str, text: str, persons: _Persons) -> str:
    if text.strip().casefold() in _NOBODY:
        return text
    if field in _KEPT and _LOOKS_KEPT.match(text):
        return _NUMBER_INSIDE.sub(lambda found: persons.number(found[0]), text)
    if _LOOKS_LIKE_A_NUMBER.match(text.strip()) or (_NUMBER_FIELD.search(field) and any(map(str.isdigit, text))):
        return persons.number(text)
    return persons.name(text)


def _name_of(field: str, persons: _Persons) -> str:
    """A field's name passes if it looks like one, and is nobody's."""
    if field in _STRUCTURE or (_FIELD.match(field) and not persons.is_called(field)):
        return field
    return persons.number(field) if _LOOKS_LIKE_A_NUMBER.match(field) else persons.name(field)
