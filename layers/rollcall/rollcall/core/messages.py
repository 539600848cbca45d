"""The WebSocket protocol: what clients may say and what they are told."""

from typing import Annotated, Any, Literal

import msgspec

from rollcall.core.errors import ByeReason, ErrorCode, InvalidClientMessage
from rollcall.core.limits import LARGEST_FRAME_BYTES
from rollcall.core.notification import Identifier
from rollcall.core.party import Participant
from rollcall.core.roster import Change, Roster

RequestId = Annotated[str, msgspec.Meta(max_length=128)] | Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]

Action = Literal["subscribe", "unsubscribe", "ping"]


class ClientMessage(msgspec.Struct, frozen=True, rename="camel"):
    """A frame from a client. What to subscribe to is a conference, or with `scope` all that its user hosts."""

    action: Action
    request_id: RequestId | None = None
    conference_id: Identifier | None = None
    scope: Literal["extension"] | None = None


class RosterView(msgspec.Struct, frozen=True, rename="camel"):
    """A roster as HTTP shows it."""

    conference_id: str
    version: int
    state: Literal["active", "ended"]
    participants: list[Participant]
    event_time: str | None


class RosterMessage(RosterView, frozen=True, rename="camel", tag_field="type", tag="roster", kw_only=True):
    """A roster as WebSocket clients get it: whole, with the changes that led to it."""

    changes: list[Change]
    sent_at: str


class Subscribed(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="subscribed", omit_defaults=True):
    """From now on every new version of the roster is sent; the roster as it stands follows. `extension_id`: the user's,
    where the scope is an extension; by it a client knows which of its rosters came for that.
    """

    conference_id: str | None = None
    scope: Literal["extension"] | None = None
    extension_id: str | None = None
    request_id: str | int | None = None


class Unsubscribed(
    msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="unsubscribed", omit_defaults=True
):
    """Nothing more is sent of this."""

    conference_id: str | None = None
    scope: Literal["extension"] | None = None
    request_id: str | int | None = None


class Pong(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="pong", omit_defaults=True):
    """The answer to a ping."""

    request_id: str | int | None = None


class Error(msgspec.Struct, frozen=True, rename="camel", tag_field="type", tag="error"):
    """A frame was not obeyed. `code` is stable, `message` is for people. The connection stays."""

    code: ErrorCode
    message: str
    request_id: str | int | None = None


class Bye(msgspec.Struct, frozen=True, tag_field="type", tag="bye"):
    """The connection ends, or (`expiring`) will within minutes. `retry`: whether and when to open another."""

    reason: ByeReason
    retry: Literal["never", "later", "now"]


def subscribed(message: ClientMessage, extension_id: str) -> Subscribed:
    """The answer to this extension's subscription."""
    return Subscribed(message.conference_id, message.scope, extension_id if message.scope else None, message.request_id)


def bye(reason: ByeReason) -> Bye:
    """What is said to a connection that ends. Who sent or opened too much should wait before trying again."""
    return Bye(reason, "now" if reason in ("expiring", "expired") else "later")


ServerMessage = RosterMessage | Subscribed | Unsubscribed | Pong | Error | Bye

_encoder = msgspec.json.Encoder()


def encode(message: ServerMessage | RosterView) -> bytes:
    """The message as UTF-8 JSON."""
    return _encoder.encode(message)


def roster_view(roster: Roster) -> RosterView:
    """What HTTP shows of a roster."""
    return RosterView(
        conference_id=roster.conference_id,
        version=roster.version,
        state=roster.state,
        participants=roster.participants,
        event_time=roster.event_time,
    )


def roster_message(roster: Roster, *, sent_at: str, with_changes: bool = True) -> RosterMessage:
    """What watchers are sent. A roster that answers a subscription tells no changes: the client saw nothing before."""
    return RosterMessage(
        conference_id=roster.conference_id,
        version=roster.version,
        state=roster.state,
        participants=roster.participants,
        event_time=roster.event_time,
        changes=list(roster.changes) if with_changes else [],
        sent_at=sent_at,
    )


def decode_client_message(frame: str) -> ClientMessage:
    """Decode one frame.

    Raises `InvalidClientMessage`: `message-too-large`, `invalid-json`, `unknown-action` or `invalid-message`, with the
    request id as far as there is one.
    """
    if len(frame.encode(errors="surrogatepass")) > LARGEST_FRAME_BYTES:
        text = f"A frame may have {LARGEST_FRAME_BYTES} bytes."
        raise InvalidClientMessage("message-too-large", text)
    try:
        content: Any = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise InvalidClientMessage("invalid-json", "The frame is not JSON.") from None
    if not isinstance(content, dict):
        raise InvalidClientMessage("invalid-message", "The frame is not a JSON object.")
    request_id = _request_id(content)
    if content.get("action") not in ("subscribe", "unsubscribe", "ping"):
        raise InvalidClientMessage("unknown-action", "Actions are subscribe, unsubscribe and ping.", request_id)
    try:
        message = msgspec.convert(content, ClientMessage)
    except msgspec.ValidationError as error:
        raise InvalidClientMessage("invalid-message", str(error), request_id) from None
    if message.action != "ping" and (message.conference_id is None) == (message.scope is None):
        raise InvalidClientMessage("invalid-message", 'Either "conferenceId" or "scope" is needed.', request_id)
    return message


def _request_id(content: dict[str, Any]) -> str | int | None:
    try:
        return msgspec.convert(content.get("requestId"), RequestId | None)  # type: ignore[no-any-return]
    except msgspec.ValidationError:
        return None
