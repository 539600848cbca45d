"""The access tokens with which RingCentral and Rollcall are asked, each fetched once for all checks."""

import time
from typing import NamedTuple

import httpx
import msgspec

from ops import http
from ops.check.finding import Finding, NotRun
from ops.check.installation import Installation
from ops.check.once import Once
from ops.check.secrets import read_secret
from ops.errors import OpsError
from ops.ringcentral import Login, RingCentralApi
from rollcall.core.service_token import Credentials

_SIMULATED_USER = {
    "accountId": "700100001",
    "extensionId": "700200099",
    "name": "Operator's Check",
    "phoneNumber": "+12055550199",
}


class Token(NamedTuple):
    """An access token of a user, and whose it is, for messages."""

    value: str
    whose: str


class _SimulatedLogin(msgspec.Struct, frozen=True, rename="camel"):
    access_token: str


class Access:
    """Whom the checks can ask as. The service's own session is one of its own, and is ended at the end."""

    def __init__(self, installation: Installation, given: str | None) -> None:
        """`given`: a RingCentral user's access token that the operator has."""
        self._installation = installation
        self.given = Token(given, "the given token") if given else None
        self.credentials = Once(self._credentials)
        self.login = Once(self._log_in)
        self.api = Once(lambda: RingCentralApi(installation.settings().ringcentral_server))

    def has_no_credentials(self) -> bool:
        """Whether the installation has no login of its own, so nothing can be asked about one."""
        return self.credentials() == Credentials()

    def service_token(self) -> Token:
        """The service's own. Raises `NotRun` if there is none, for whatever reason."""
        credentials = self.credentials()
        if isinstance(credentials, Finding) or not credentials.complete:
            raise NotRun("the secret RingCentralSecret holds no complete credentials")
        try:
            return Token(self.login().access_token, "the service's own token")
        except OpsError as failure:
            raise NotRun(f"RingCentral did not let the service in: {failure}") from None

    def user_token(self) -> Token:
        """The given one; without it the service's own; on this machine the simulator's. Raises `NotRun`."""
        if self.given:
            return self.given
        try:
            return self.service_token()
        except NotRun as reason:
            if self._installation.is_local:
                return self._simulated_token()
            raise NotRun(f"no user's access token was given (--token or ROLLCALL_TOKEN), and {reason}") from None

    def close(self) -> None:
        """End the service's session, as far as there is one. That it could not be ended is no finding."""
        api, login, credentials = self.api.made, self.login.made, self.credentials.made
        if api is None:
            return
        with api:
            if login and isinstance(credentials, Credentials):
                try:
                    api.log_out(credentials, login)
                except OpsError:
                    return

    def _credentials(self) -> Credentials | Finding:
        return read_secret(self._installation, self._installation.settings().ringcentral_secret_arn, Credentials)

    def _log_in(self) -> Login:
        credentials = self.credentials()
        if isinstance(credentials, Finding):
            raise NotRun(credentials.message)
        seconds = self._penalty()
        if seconds:
            raise NotRun(f"RingCentral is to be left alone for {seconds} s more: each request would make that longer")
        return self.api().log_in(credentials)

    def _penalty(self) -> int:
        """For how many seconds more Rollcall itself leaves RingCentral alone (adapters/lease_table.py)."""
        table, now, ends = self._installation.settings().connection_table, int(time.time()), [0]
        for group in ("light", "medium"):
            key = {"pk": {"S": f"PENALTY#service#{group}"}, "sk": {"S": "PENALTY"}}
            item = self._installation.stack.dynamodb.get_item(TableName=table, Key=key).get("Item", {})
            ends.append(int(item["expiresAt"]["N"]) if "expiresAt" in item else 0)
        return max(max(ends) - now, 0)

    def _simulated_token(self) -> Token:
        server = self._installation.settings().ringcentral_server
        with http.client(server) as client:
            try:
                response = client.post(f"{server}/simulator/users", json=_SIMULATED_USER).raise_for_status()
            except httpx.HTTPError as failure:
                raise NotRun(f"the simulator gives no token: {type(failure).__name__}") from None
        login = msgspec.json.decode(response.content, type=_SimulatedLogin)
        return Token(login.access_token, "a simulated user's token")
