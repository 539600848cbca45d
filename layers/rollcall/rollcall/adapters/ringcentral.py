"""RingCentral's API, as far as Rollcall calls it. Statuses and error bodies: RingCentral's API reference."""

import time
from typing import Any
from urllib.parse import quote

import msgspec
import requests

from rollcall.core.answers import decode_answer
from rollcall.core.errors import (
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralLoginRefused,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
)
from rollcall.core.identity import Identity
from rollcall.core.party import Leg
from rollcall.core.service_token import Credentials, ServiceToken
from rollcall.telemetry import gauge

Timeout = tuple[float, float]
"""Seconds to connect and, separately, to wait for the response."""

TIMEOUT: Timeout = (2.0, 5.0)
AUTHORIZER_TIMEOUT: Timeout = (1.0, 3.0)
"""API Gateway waits 10 seconds for an authorizer, which also asks DynamoDB."""

PENALTY_SECONDS = 60
"""What to wait after a 429 that does not say how long. Every request during the penalty starts it again."""

TRY_AGAIN_SECONDS = 5
MOST_SECONDS = 3600

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class _AccountInfo(msgspec.Struct, frozen=True):
    id: str | int


class _ExtensionInfo(msgspec.Struct, frozen=True):
    id: str | int
    account: _AccountInfo


class _ErrorBody(msgspec.Struct, frozen=True, rename="camel"):
    error_code: str | None = None


class _TokenInfo(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int
    owner_id: str | int


class RingCentral:
    """Calls RingCentral, each time with the access token of whoever it acts for. Nothing is repeated here: the caller
    knows whether it may be.
    """

    def __init__(self, server: str, *, timeout: Timeout = TIMEOUT, session: requests.Session | None = None) -> None:
        """`server`: `https://platform.ringcentral.com`, or the simulator's base URL."""
        self._server = server.rstrip("/")
        self._timeout = timeout
        self._session = session or requests.Session()

    def owner_of(self, access_token: str) -> Identity:
        """Whose access token this is. Raises `RingCentralError`."""
        answer = self.call("GET", "/restapi/v1.0/account/~/extension/~", access_token)
        info = decode_answer(answer, _ExtensionInfo)
        return Identity(account_id=str(info.account.id), extension_id=str(info.id))

    def delete_party(self, access_token: str, leg: Leg) -> None:
        """Throw a leg out of its session. Any 2xx is success. Raises `RingCentralError`."""
        session, party = quote(leg.telephony_session_id, safe=""), quote(leg.party_id, safe="")
        self.call("DELETE", f"/restapi/v1.0/account/~/telephony/sessions/{session}/parties/{party}", access_token)

    def log_in(self, credentials: Credentials) -> ServiceToken:
        """A new access token for the user of the JWT. Each is a session, of which a user may have about five.

        Raises `RingCentralLoginRefused` for credentials that RingCentral does not take, or another `RingCentralError`.
        """
        try:
            answer = self._send(
                "POST",
                "/restapi/oauth/token",
                auth=(credentials.client_id, credentials.client_secret),
                data={"grant_type": _JWT_GRANT, "assertion": credentials.jwt},
            )
        except (RingCentralUnauthorized, RingCentralForbidden, RingCentralFailed) as error:
            if error.status is not None and error.status < 500:  # noqa: PLR2004  # the client's own fault
                raise RingCentralLoginRefused(error.status, error.error_code) from None
            raise
        info = decode_answer(answer, _TokenInfo)
        expires_at = int(time.time()) + info.expires_in
        return ServiceToken(info.access_token, expires_at, owner_extension_id=str(info.owner_id))

    def call(self, method: str, path: str, access_token: str, body: object = None) -> bytes:
        """One request with a token, and a JSON body if there is one. Returns the answer's body.

        Raises `RingCentralError`.
        """
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}
        if body is None:
            return self._send(method, path, headers=headers)
        headers["Content-Type"] = "application/json"
        return self._send(method, path, headers=headers, data=msgspec.json.encode(body))

    def _send(self, method: str, path: str, **request: Any) -> bytes:  # noqa: ANN401  # what requests takes
        try:
            answer = self._session.request(
                method, self._server + path, timeout=self._timeout, allow_redirects=False, **request
            )
        except requests.RequestException:
            raise RingCentralUnavailable(None, TRY_AGAIN_SECONDS) from None
        _report_rate_limit(answer)
        if answer.ok and not answer.is_redirect:
            return answer.content
        raise _error(answer)


def _report_rate_limit(answer: requests.Response) -> None:
    """Tell how much of a group is left. The headers are absent for limits of other kinds."""
    group, remaining = answer.headers.get("X-Rate-Limit-Group", ""), answer.headers.get("X-Rate-Limit-Remaining", "")
    if group.isalpha() and remaining.isdecimal():
        gauge(f"RateLimitRemaining{group.title()}", int(remaining))


def _error(answer: requests.Response) -> RingCentralError:
    code = _error_code(answer.content)
    match answer.status_code:
        case 401:
            return RingCentralUnauthorized(401, code)
        case 403:
            return RingCentralForbidden(403, code)
        case 404:
            return RingCentralNotFound(404, code)
        case 429:
            return RingCentralRateLimited(_retry_after(answer, PENALTY_SECONDS), code)
        case 503:
            return RingCentralUnavailable(503, _retry_after(answer, TRY_AGAIN_SECONDS), code)
        case status:
            return RingCentralFailed(status, code)


def _error_code(content: bytes) -> str | None:
    try:
        return msgspec.json.decode(content, type=_ErrorBody).error_code
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _retry_after(answer: requests.Response, default: int) -> int:
    text: Any = answer.headers.get("Retry-After", "")
    return min(max(int(text), 1), MOST_SECONDS) if text.isdecimal() else default
