"""RingCentral's API, as far as Rollcall calls it. Statuses and error bodies: RingCentral's API reference."""

from typing import Any
from urllib.parse import quote

import msgspec
import requests

from rollcall.core.errors import (
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
)
from rollcall.core.identity import Identity
from rollcall.core.party import Leg

TIMEOUT_SECONDS = (2.0, 5.0)
"""To connect, and to answer."""

PENALTY_SECONDS = 60
"""What to wait after a 429 that does not say how long. Every request during the penalty starts it again."""

TRY_AGAIN_SECONDS = 5
MOST_SECONDS = 3600


class _AccountInfo(msgspec.Struct, frozen=True):
    id: str | int


class _ExtensionInfo(msgspec.Struct, frozen=True):
    id: str | int
    account: _AccountInfo


class _ErrorBody(msgspec.Struct, frozen=True, rename="camel"):
    error_code: str | None = None


class RingCentral:
    """Calls RingCentral with the access token of the user for whom it acts. Nothing is repeated here: the caller knows
    whether it may be.
    """

    def __init__(self, server: str, session: requests.Session | None = None) -> None:
        """`server`: `https://platform.ringcentral.com`, or the simulator's base URL."""
        self._server = server.rstrip("/")
        self._session = session or requests.Session()

    def owner_of(self, access_token: str) -> Identity:
        """Whose access token this is. Raises `RingCentralError`."""
        answer = self._call("GET", "/restapi/v1.0/account/~/extension/~", access_token)
        try:
            info = msgspec.json.decode(answer.content, type=_ExtensionInfo)
        except msgspec.MsgspecError:
            raise RingCentralFailed(answer.status_code) from None
        return Identity(account_id=str(info.account.id), extension_id=str(info.id))

    def delete_party(self, access_token: str, leg: Leg) -> None:
        """Throw a leg out of its session. Any 2xx is success. Raises `RingCentralError`."""
        session, party = quote(leg.telephony_session_id, safe=""), quote(leg.party_id, safe="")
        self._call("DELETE", f"/restapi/v1.0/account/~/telephony/sessions/{session}/parties/{party}", access_token)

    def _call(self, method: str, path: str, access_token: str) -> requests.Response:
        try:
            answer = self._session.request(
                method,
                self._server + path,
                headers={"Authorization": f"Bearer {access_token}", "Accept": "application/json"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException:
            raise RingCentralUnavailable(None, TRY_AGAIN_SECONDS) from None
        if answer.ok and not answer.is_redirect:
            return answer
        raise _error(answer)


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
    except msgspec.MsgspecError:
        return None


def _retry_after(answer: requests.Response, default: int) -> int:
    text: Any = answer.headers.get("Retry-After", "")
    return min(max(int(text), 1), MOST_SECONDS) if text.isdecimal() else default
