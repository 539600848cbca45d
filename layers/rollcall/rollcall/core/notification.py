"""Decoding what RingCentral posts.

Only what the roster needs is declared: real payloads go beyond every published schema, and nothing else in them may get
a notification refused. Shapes: RingCentral's telephony session notification documentation and recorded events.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from rollcall.core.errors import UndecodableNotification

MAX_BODY_BYTES = 128 * 1024
"""Recorded notifications have about 2 KB. Twice this still fits one message of the queue for deferred ones."""

Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"\A[\x21-\x7e]+\Z")]
"""RingCentral's ids are opaque. What is asked of them is what every key, URL and log line can hold."""

AccountId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Za-z_-]{1,64}\Z")]
ExtensionId = AccountId
"""Account and extension stand inside keys, so they must not hold the sign that ends them there. They are numbers."""

Sequence = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
"""Orders the notifications of one telephony session. Gaps are normal: legs that the subscriber can't see count too."""


_IDENTIFIER = re.compile(r"\A[\x21-\x7e]{1,200}\Z")


def is_identifier(text: str) -> bool:
    """Whether `text` can be an id of RingCentral's at all."""
    return _IDENTIFIER.match(text) is not None


class Peer(msgspec.Struct, frozen=True, rename="camel"):
    """Where a `Gone` leg lives on. In notifications the session is `telephonySessionId`; `sessionId` is the legacy id
    ("0" for a conference), but holds the telephony session id in REST answers. Source: recorded events and answers.
    """

    telephony_session_id: Identifier | None = None
    session_id: str | None = None
    party_id: Identifier | None = None


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """A leg's state. `reason` "Conference" is in no published list but in recorded events."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    reason: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    peer_id: Peer | None = None


class CallerInfo(msgspec.Struct, frozen=True, rename="camel"):
    """One side of a leg. Every key is optional; `phoneNumber` may be E.164, an extension number or "conference"."""

    phone_number: str | None = None
    name: str | None = None
    extension_id: str | None = None


class Party(
    msgspec.Struct,
    frozen=True,
    rename={
        "from_": "from",
        "account_id": "accountId",
        "extension_id": "extensionId",
        "conference_role": "conferenceRole",
    },
):
    """The leg that changed."""

    id: Identifier
    status: Status
    account_id: AccountId | None = None
    extension_id: ExtensionId | None = None
    direction: Literal["Inbound", "Outbound"] = "Outbound"
    to: CallerInfo | None = None
    from_: CallerInfo | None = None
    muted: bool | None = None
    conference_role: str | None = None


class Origin(msgspec.Struct, frozen=True):
    """What kind of session this is: "Call", "Conference", …"""

    type: str | None = None


class SessionBody(msgspec.Struct, frozen=True, rename="camel"):
    """The `body` of a telephony session notification. `parties` holds what changed, as a rule one party."""

    sequence: Sequence
    telephony_session_id: Identifier
    parties: list[Party]
    event_time: datetime | None = None
    account_id: AccountId | None = None
    origin: Origin = Origin()


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """What every notification has, of whatever kind."""

    event: str
    uuid: str | None = None
    timestamp: datetime | None = None
    body: msgspec.Raw = msgspec.Raw(b"")


class TelephonySessionNotification(msgspec.Struct, frozen=True):
    """A decoded telephony session notification. `event_time` is UTC, ISO 8601 with milliseconds and a Z."""

    account_id: str
    telephony_session_id: str
    sequence: int
    event_time: str
    in_conference_session: bool
    parties: list[Party]


class OtherNotification(msgspec.Struct, frozen=True):
    """An authentic notification of a kind that rosters don't need. `kind` is short and safe to log and count."""

    kind: Literal["reminder", "empty", "other"]


_ACCOUNT_IN_EVENT = re.compile(r"/account/([0-9A-Za-z_-]{1,64})/")
_TELEPHONY_SESSIONS = "/telephony/sessions"
_REMINDER = "/restapi/v1.0/subscription/"

_envelopes = msgspec.json.Decoder(Envelope)
_bodies = msgspec.json.Decoder(SessionBody)


def decode_notification(body: bytes) -> TelephonySessionNotification | OtherNotification:
    """Decode the body of an authentic webhook request.

    Returns the notification; one of another kind, or without any body (a renewal reminder may come so), is an
    `OtherNotification`.

    Raises `UndecodableNotification` with the reason.
    """
    if not body:
        return OtherNotification("empty")
    if len(body) > MAX_BODY_BYTES:
        raise UndecodableNotification("too-large", f"{len(body)} bytes, {MAX_BODY_BYTES} are allowed")
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise UndecodableNotification("not-utf8", f"at byte {error.start}") from None
    try:
        envelope = _envelopes.decode(body)
        # The event holds concrete ids, not the filter's text, so only its end can be compared.
        if not envelope.event.partition("?")[0].endswith(_TELEPHONY_SESSIONS):
            return OtherNotification("reminder" if envelope.event.startswith(_REMINDER) else "other")
        session = _bodies.decode(envelope.body)
    except msgspec.ValidationError as error:
        raise UndecodableNotification("malformed", str(error)) from None
    except msgspec.DecodeError as error:
        raise UndecodableNotification("not-json", str(error)) from None
    except RecursionError:
        raise UndecodableNotification("not-json", "nested too deeply") from None
    return TelephonySessionNotification(
        account_id=_account(envelope, session),
        telephony_session_id=session.telephony_session_id,
        sequence=session.sequence,
        event_time=_event_time(envelope, session),
        in_conference_session=session.origin.type == "Conference",
        parties=session.parties,
    )


def _account(envelope: Envelope, session: SessionBody) -> str:
    """Events of 2018 name the account in the body, later ones in each party; the event's URI always does."""
    match = _ACCOUNT_IN_EVENT.search(envelope.event)
    named = {party.account_id for party in session.parties if party.account_id}
    if session.account_id:
        named.add(session.account_id)
    if match:
        named.add(match[1])
    if len(named) != 1:
        raise UndecodableNotification("malformed", f"names {len(named)} accounts")
    return named.pop()


def _event_time(envelope: Envelope, session: SessionBody) -> str:
    """The event's own time, or the time of sending where it has none, in the form that sorts as text."""
    time = session.event_time or envelope.timestamp
    if time is None:
        raise UndecodableNotification("malformed", "no eventTime and no timestamp")
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    try:
        return format_time(time)
    except OverflowError:
        raise UndecodableNotification("malformed", "eventTime is outside the calendar") from None


def format_time(time: datetime) -> str:
    """`time` in UTC with milliseconds and a Z, so that text sorts as time does."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
