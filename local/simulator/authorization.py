"""Signing in: what an app may ask for, and the codes it gets for it (documentation, Authorization code flow with PKCE).

No I/O here.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from local.simulator import choices, errors
from local.simulator.clock import Clock
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Owner

CODE_SECONDS = 60
"""The lifetime of a code (documentation: `expires_in` of the redirect)."""

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in base64url without padding (RFC 7636)."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """What an app asks for, checked: a code for that challenge, sent to that page. `state` goes back untouched."""

    client_id: str
    redirect_uri: str
    code_challenge: str
    state: str | None


@dataclass(frozen=True, slots=True)
class _Granted:
    asked: Authorization
    owner: Owner
    issued_at: datetime


def read_authorization(parameters: Mapping[str, str]) -> Authorization:
    """Check the parameters of an authorization request.

    The client and the page it is to go back to come first: before they are known to be good, nothing may be sent there.
    Raises a RingCentralError.
    """
    client_id = parameters.get("client_id", "")
    if client_id not in choices.PUBLIC_CLIENT_IDS:
        raise errors.client_invalid()
    redirect_uri = parameters.get("redirect_uri", "")
    if not choices.is_redirect_uri(redirect_uri):
        raise errors.redirect_uri_mismatch()
    if parameters.get("response_type") != "code":
        raise errors.invalid_parameter("response_type")
    challenge = parameters.get("code_challenge", "")
    if CHALLENGE.fullmatch(challenge) is None:
        raise errors.invalid_parameter("code_challenge")
    if parameters.get("code_challenge_method") != choices.CHALLENGE_METHOD:
        raise errors.invalid_parameter("code_challenge_method")
    return Authorization(client_id, redirect_uri, challenge, parameters.get("state"))


class AuthorizationCodes:
    """The codes that were given out. Each is good once, for who asked, and whoever knows the verifier."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self._clock = clock
        self._identifiers = identifiers
        self._granted: dict[str, _Granted] = {}

    def issue(self, asked: Authorization, owner: Owner) -> str:
        """A code for what was asked, which logs that user in."""
        code = self._identifiers.oauth_token()
        self._granted[code] = _Granted(asked, owner, self._clock())
        return code

    def owner_of(self, code: str) -> Owner | None:
        """Whom a code logs in, if it is there."""
        granted = self._granted.get(code)
        return None if granted is None else granted.owner

    def use(self, code: str, client_id: str, redirect_uri: str, code_verifier: str) -> Owner:
        """Use up a code, also if it turns out to be no good, and answer whom it logs in.

        Raises a RingCentralError (403).
        """
        granted = self._granted.pop(code, None)
        if granted is None:
            raise errors.code_invalid()
        if granted.asked.client_id != client_id:
            raise errors.code_of_another_app()
        if granted.asked.redirect_uri != redirect_uri:
            raise errors.redirect_uri_mismatch()
        if self._clock() >= granted.issued_at + timedelta(seconds=CODE_SECONDS):
            raise errors.code_expired()
        if not secrets.compare_digest(challenge_of(code_verifier), granted.asked.code_challenge):
            raise errors.verifier_mismatch()
        return granted.owner

    def forget_all(self) -> None:
        """Forget every code."""
        self._granted.clear()


def challenge_of(code_verifier: str) -> str:
    """The challenge that belongs to a verifier (RFC 7636, S256)."""
    digest = hashlib.sha256(code_verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
