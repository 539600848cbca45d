"""What a client of Rollcall's WebSocket gets, as far as it is shown here."""

import msgspec


class Person(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody in a conference."""

    id: str
    role: str
    name: str | None
    phone_number: str | None
    muted: bool

    @property
    def label(self) -> str:
        """What people call them."""
        return self.name or self.phone_number or "somebody"


class Change(msgspec.Struct, frozen=True):
    """One of the changes that led to a roster."""

    type: str
    participant: Person | None = None
    reason: str | None = None


class Roster(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="roster"):
    """Everybody in a conference."""

    conference_id: str
    version: int
    state: str
    participants: list[Person]
    changes: list[Change]
    event_time: str | None


class Bye(msgspec.Struct, frozen=True, tag_field="type", tag="bye"):
    """The server ends the connection."""

    reason: str
    retry: str


class Refused(msgspec.Struct, frozen=True, tag_field="type", tag="error"):
    """The server did not obey."""

    code: str
    message: str


class Subscribed(msgspec.Struct, frozen=True, tag_field="type", tag="subscribed"):
    """From now on rosters come."""


Message = Roster | Bye | Refused | Subscribed

_decoder = msgspec.json.Decoder(Message)


def decode(frame: str | bytes) -> Message:
    """The message in a frame. Raises `msgspec.ValidationError` for one that is not known here."""
    message: Message = _decoder.decode(frame)
    return message
