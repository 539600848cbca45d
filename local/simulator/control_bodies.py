"""The bodies of control calls. The control calls are the simulator's own, so an unknown field is an error too."""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from local.simulator.errors import RingCentralError
from local.simulator.sessions import Direction
from local.simulator.telephony import Side

_Id = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
_Text = Annotated[str, Meta(min_length=1, max_length=256)]
BodyT = TypeVar("BodyT")


class ControlBody(Struct, rename="camel", forbid_unknown_fields=True):
    """What all of them have in common: camelCase, and no fields but the known ones."""


class NewUser(ControlBody):
    """A user to add, or to log in once more. An admin may read and end every call of the account."""

    account_id: _Id
    extension_id: _Id
    name: _Text
    phone_number: _Text
    admin: bool = False


class SomeUser(ControlBody):
    """A user who is there."""

    account_id: str
    extension_id: str


class RemoteEnd(ControlBody):
    """The other end of a call."""

    name: _Text
    phone_number: _Text
    extension_id: _Id | None = None


class NewCall(ControlBody):
    """A direct call to place."""

    account_id: _Id
    extension_id: _Id
    direction: Direction
    remote: RemoteEnd


class HangUp(ControlBody):
    """Who hangs up."""

    side: Side


class Mute(ControlBody):
    """Whether somebody is to be muted."""

    muted: bool


class HostLeave(ControlBody):
    """How the host leaves."""

    keep_conference_alive: bool = False


def bad_input(message: str) -> RingCentralError:
    """The error for a body that is not as it should be."""
    return RingCentralError(400, "CMN-101", message)


def read_control(body: bytes, kind: type[BodyT]) -> BodyT:
    """Read a control call's body; an absent one counts as an empty object. Raises a RingCentralError (400)."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.DecodeError as error:
        raise bad_input(str(error)) from error
