"""RingCentral's API, as far as an operator's commands ask it. Nothing here is repeated: people can repeat a command."""

from types import TracebackType
from typing import NamedTuple

import httpx
import msgspec

from ops import http
from ops.errors import OpsError
from rollcall.core.service_token import Credentials

API = "/restapi/v1.0"
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class RingCentralUnreachable(OpsError):
    """There was no response at all."""


class LoginRefused(OpsError):
    """RingCentral does not take the credentials. The message is RingCentral's reason."""


class RateLimited(OpsError):
    """RingCentral takes no more requests for now, and each further one would make that longer."""


class _Error(msgspec.Struct, frozen=True, rename="camel"):
    error_code: str = ""
    message: str = ""
    permission_name: str = ""


class ErrorBody(msgspec.Struct, frozen=True, rename="camel"):
    """RingCentral's errors: `errorCode` and `message`, and a list of them in detail.

    Of a missing permission: status 403, `InsufficientPermissions`, and in detail CMN-401 (the app lacks it) or CMN-408
    (the user lacks it) with `permissionName` (RingCentral's documentation, Error codes; recorded responses).
    """

    error_code: str = ""
    message: str = ""
    permission_name: str = ""
    errors: list[_Error] = []
    error_description: str = ""

    @property
    def code(self) -> str:
        """The most exact code that there is."""
        return next((error.error_code for error in self.errors if error.error_code), self.error_code)

    @property
    def reason(self) -> str:
        """Code and message in one line."""
        message = self.message or self.error_description
        return " ".join(f"{self.code} {message}".split()) or "no reason"


class Reply(NamedTuple):
    """A response: its status, its body, and the `Date` header ("" without one)."""

    status: int
    body: bytes
    date: str

    def error(self) -> ErrorBody:
        """The body as an error; an empty one if it has another shape."""
        try:
            return msgspec.json.decode(self.body, type=ErrorBody)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return ErrorBody()


class Login(msgspec.Struct, frozen=True):
    """A session of the service's user. `scope`: the app's permissions, separated by spaces (SDK: TokenInfo)."""

    access_token: str
    owner_id: str | int
    scope: str = ""

    @property
    def permissions(self) -> frozenset[str]:
        """The app's permissions by RingCentral's names; empty if RingCentral did not say."""
        return frozenset(self.scope.split())


class RingCentralApi:
    """One RingCentral. A context manager: at its end the connections are closed."""

    def __init__(self, server: str) -> None:
        """`server`: as the stack's parameter RingCentralServer."""
        self._server = server.rstrip("/")
        self._http = http.client(self._server)

    def __enter__(self) -> "RingCentralApi":
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def log_in(self, credentials: Credentials) -> Login:
        """A session of its own, to be ended with `log_out`: a user has about five, and a sixth ends the first.

        Raises `LoginRefused`, `RateLimited` or `RingCentralUnreachable`.
        """
        reply = self._oauth("token", credentials, {"grant_type": _JWT_GRANT, "assertion": credentials.jwt})
        if reply.status != httpx.codes.OK:
            raise LoginRefused(f"{reply.status} {reply.error().reason}")
        return msgspec.json.decode(reply.body, type=Login)

    def log_out(self, credentials: Credentials, login: Login) -> None:
        """End this session, and no other. Raises as `log_in` does."""
        self._oauth("revoke", credentials, {"token": login.access_token})

    def get(self, path: str, access_token: str | None = None) -> Reply:
        """A GET below `/restapi/v1.0`. Raises `RateLimited` or `RingCentralUnreachable`."""
        return self._request("GET", API + path, headers=_authorization(access_token))

    def delete(self, path: str, access_token: str) -> Reply:
        """A DELETE below `/restapi/v1.0`. Raises as `get` does."""
        return self._request("DELETE", API + path, headers=_authorization(access_token))

    def _oauth(self, what: str, credentials: Credentials, form: dict[str, str]) -> Reply:
        auth = httpx.BasicAuth(credentials.client_id, credentials.client_secret)
        return self._request("POST", f"/restapi/oauth/{what}", data=form, auth=auth)

    def _request(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        auth: httpx.BasicAuth | None = None,
    ) -> Reply:
        try:
            response = self._http.request(method, self._server + path, headers=headers, data=data, auth=auth)
        except httpx.HTTPError as error:
            raise RingCentralUnreachable(f"{self._server}: {type(error).__name__} {error}") from None
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait = response.headers.get("Retry-After", "60")
            raise RateLimited(f"RingCentral takes no more requests for now; try again in {wait} s")
        return Reply(response.status_code, response.content, response.headers.get("Date", ""))


def _authorization(access_token: str | None) -> dict[str, str]:
    accept = {"Accept": "application/json"}
    return accept if access_token is None else accept | {"Authorization": f"Bearer {access_token}"}
