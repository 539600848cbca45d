"""A notification as it came, to learn from: what is kept of it, and in what form."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from rollcall.core.notification import format_time

HEADERS = ("content-type", "user-agent")
"""The headers that are kept. Never the verification token, whatever header it came in."""


class Recorded(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """A recorded notification, in JSON an object of the bucket and a line of an export.

    `received_at`: ISO 8601 in UTC with milliseconds. One of the bodies is set: `body`, or `body_base64` for what is not
    UTF-8 text. An empty body has neither.
    """

    received_at: str
    headers: dict[str, str]
    body: str | None = None
    body_base64: bytes | None = None

    @property
    def content(self) -> bytes:
        """The body as it was posted."""
        return self.body_base64 or (self.body or "").encode()


def as_recorded(headers: Mapping[str, str], body: bytes, *, received_at: float) -> Recorded:
    """Keep a request. `headers`: names in lower case; `received_at`: epoch seconds."""
    time = format_time(datetime.fromtimestamp(received_at, UTC))
    # A header is ASCII; what is not was put there by somebody else than RingCentral, and must not be in the way.
    kept = {name: headers[name].encode("ascii", "backslashreplace").decode() for name in HEADERS if name in headers}
    return with_content(Recorded(time, kept), body)


def with_content(recorded: Recorded, body: bytes) -> Recorded:
    """The same with another body."""
    try:
        text, octets = body.decode() or None, None
    except UnicodeDecodeError:
        text, octets = None, body
    return msgspec.structs.replace(recorded, body=text, body_base64=octets)
