"""One access token for everything that calls RingCentral for Rollcall itself.

A user may have about five sessions and log in five times a minute; a sixth session ends the first. So one function logs
in, under a lease, and all others take what it got.
"""

import time

from rollcall.core.errors import CredentialsMissing, RingCentralLoginRefused, RingCentralUnavailable, StorageFailed
from rollcall.core.service_token import ServiceToken
from rollcall.services.ports import CredentialsStore, Leases, RingCentralLogin, TokenStore
from rollcall.telemetry import count, logger

LEASE_SECONDS = 20
"""Longer than a login may take."""

WAIT_SECONDS = 8.0
LOOK_SECONDS = 0.2
TRY_AGAIN_SECONDS = 10


class ServiceLogin:
    """Gives the token, and a new one when it has run out or was refused."""

    def __init__(
        self, ringcentral: RingCentralLogin, credentials: CredentialsStore, tokens: TokenStore, leases: Leases
    ) -> None:
        self._ringcentral = ringcentral
        self._credentials = credentials
        self._tokens = tokens
        self._leases = leases
        self._known = ServiceToken()

    def token(self, *, refused: ServiceToken | None = None) -> ServiceToken:
        """A token that is good, other than the one that RingCentral has just refused.

        Raises `CredentialsMissing`, `RingCentralLoginRefused`, or another `RingCentralError`.
        """
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            if not self._usable(self._known, refused):
                self._known = self._tokens.read()
            if self._usable(self._known, refused):
                return self._known
            with self._leases.lease("ringcentral-login", LEASE_SECONDS) as ours:
                if ours:
                    self._log_in(refused)
            if ours and self._usable(self._known, refused):
                return self._known
            if ours or time.monotonic() > deadline:
                raise RingCentralUnavailable(None, TRY_AGAIN_SECONDS)
            time.sleep(LOOK_SECONDS)

    def _log_in(self, refused: ServiceToken | None) -> None:
        self._known = self._tokens.read()
        if self._usable(self._known, refused):
            return  # somebody else logged in just before the lease was ours
        credentials = self._credentials.read()
        if not credentials.complete:
            count("CredentialsMissing")
            logger.warning("no credentials for RingCentral", missing="clientId, clientSecret or jwt")
            raise CredentialsMissing
        try:
            self._known = self._ringcentral.log_in(credentials)
        except RingCentralLoginRefused as error:
            count("LoginsRefused")
            logger.error("RingCentral refuses the login", status=error.status, errorCode=error.error_code)
            raise
        count("Logins")
        self._share(self._known)

    def _share(self, token: ServiceToken) -> None:
        """Let the other functions use the token. If that fails, this one goes on: the login itself is good."""
        try:
            self._tokens.write(token)
        except StorageFailed as error:
            count("ServiceTokensNotStored")
            logger.error("service token not stored", cause=error.code)

    @staticmethod
    def _usable(token: ServiceToken, refused: ServiceToken | None) -> bool:
        return token.good(time.time()) and (refused is None or token.access_token != refused.access_token)
