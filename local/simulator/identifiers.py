"""Identifiers in the forms that RingCentral's have. All of them are opaque to a client."""

import secrets
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

TokenHex = Callable[[int], str]
"""Answers that many random bytes in hexadecimal, as `secrets.token_hex` does."""


class Identifiers:
    """Makes identifiers. Tests hand in their own source to make them predictable."""

    def __init__(self, token_hex: TokenHex = secrets.token_hex) -> None:
        self._token_hex = token_hex

    def telephony_session_id(self, created_at: datetime) -> str:
        """Such as s-a0d17b82ddacdz18deb4ee132z1878e190000; the middle part is the time in milliseconds (recorded)."""
        milliseconds = int(created_at.timestamp() * 1000)
        return f"s-a0{self._token_hex(6)[:11]}z{milliseconds:x}z{self._token_hex(4)[:7]}0000"

    def session_id(self) -> str:
        """The legacy identifier of a call: 13 digits (recorded event)."""
        return f"{10**12 + int(self._token_hex(5), 16) % (9 * 10**12)}"

    def voice_call_token(self) -> str:
        """What the host's phone dials to join a conference, such as conf_00 (recorded answer)."""
        return f"conf_{self._token_hex(16)}"

    def notification_uuid(self) -> str:
        """A string of up to 19 digits (recorded event)."""
        return str(int(self._token_hex(8), 16) >> 1)

    def uuid(self) -> str:
        """A UUID, as subscriptions (recorded event), validation tokens and endpoints have."""
        return str(UUID(hex=self._token_hex(16)))

    def device_id(self) -> str:
        """The phone of an extension: digits (recorded event)."""
        return f"8{int(self._token_hex(4), 16):011d}"

    def oauth_token(self) -> str:
        """An access or refresh token."""
        return self._token_hex(32)
