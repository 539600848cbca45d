"""The bodies of API requests, and how a wrong one becomes RingCentral's error."""

import re
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from local.simulator import errors
from local.simulator.errors import RingCentralError

_NonEmpty = Annotated[str, Meta(min_length=1)]
_Filters = Annotated[list[_NonEmpty], Meta(min_length=1)]
BodyT = TypeVar("BodyT")


class BringIn(Struct, rename="camel"):
    """Which leg of which direct call to merge into a conference.

    The reference calls the direct call's telephony session `sessionId`, an example of the guide `telephonySessionId`;
    both have been accepted.
    """

    party_id: str
    session_id: str | None = None
    telephony_session_id: str | None = None

    def call_id(self) -> str:
        """The direct call. Raises a RingCentralError (400) if the body names none."""
        call_id = self.session_id or self.telephony_session_id
        if not call_id:
            raise errors.invalid_parameter("sessionId")
        return call_id


class DeleteParty(Struct, rename="camel"):
    """The optional body of Delete Call Party."""

    keep_conference_alive: bool = False


class DeliveryMode(Struct, rename="camel"):
    """Where notifications go. Only webhooks are simulated."""

    transport_type: Annotated[str, Meta(pattern="^WebHook$")]
    address: _NonEmpty
    verification_token: Annotated[str, Meta(pattern="^[!-~]+$")] | None = None


class CreateSubscription(Struct, rename="camel"):
    """A new webhook subscription."""

    event_filters: _Filters
    delivery_mode: DeliveryMode
    expires_in: int | None = None


class UpdateSubscription(Struct, rename="camel"):
    """A change of a subscription; without filters it is a renewal (documentation, Creating webhooks)."""

    event_filters: _Filters | None = None
    expires_in: int | None = None


def read_body(body: bytes, kind: type[BodyT]) -> BodyT:
    """Read a request's body; an absent one counts as an empty object. Raises a RingCentralError (400)."""
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except msgspec.DecodeError as error:
        raise errors.unparsable() from error


def _invalid(message: str) -> RingCentralError:
    """The error for a parameter, whose name is in msgspec's message."""
    path = re.search(r"at `\$\.([^`\[]*)", message)
    missing = re.search(r"missing required field `(\w+)`", message)
    names = [match[1] for match in (path, missing) if match is not None]
    return errors.invalid_parameter(".".join(names) or "body")
