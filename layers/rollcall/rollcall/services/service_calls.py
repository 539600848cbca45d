"""Calls to RingCentral for Rollcall itself: with the shared token, never in a penalty, repeated where that is safe."""

import random
import time

from rollcall.core.errors import (
    RingCentralFailed,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
)
from rollcall.services.ports import Penalties, RingCentralCalls
from rollcall.services.service_login import ServiceLogin
from rollcall.telemetry import count

ATTEMPTS = 3
BACKOFF_SECONDS = 0.5
_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})


class ServiceCalls:
    """Each call names its rate-limit group. After a 429 nobody calls that group until the penalty is over: each call
    during it would start it again.
    """

    def __init__(self, ringcentral: RingCentralCalls, login: ServiceLogin, penalties: Penalties) -> None:
        self._ringcentral = ringcentral
        self._login = login
        self._penalties = penalties

    def owner_extension_id(self) -> str:
        """The extension that the service is logged in as."""
        return self._login.token().owner_extension_id

    def call(self, group: str, method: str, path: str, body: object = None) -> bytes:
        """The body of RingCentral's answer. Raises `RingCentralError`."""
        wait = self._penalties.penalty(f"service#{group}")
        if wait:
            raise RingCentralRateLimited(wait)
        attempts = ATTEMPTS if method in _REPEATABLE else 1
        for attempt in range(1, attempts + 1):
            try:
                return self._with_token(method, path, body)
            except RingCentralRateLimited as error:
                self._penalties.punish(f"service#{group}", error.retry_after)
                count("RingCentralRateLimited")
                raise
            except (RingCentralFailed, RingCentralUnavailable) as error:
                if attempt == attempts or (error.status is not None and error.status < 500):  # noqa: PLR2004
                    raise
                time.sleep(BACKOFF_SECONDS * 2**attempt * random.random())  # noqa: S311  # not a secret
        raise AssertionError("unreachable")

    def _with_token(self, method: str, path: str, body: object) -> bytes:
        token = self._login.token()
        try:
            return self._ringcentral.call(method, path, token.access_token, body)
        except RingCentralUnauthorized:
            token = self._login.token(refused=token)
            return self._ringcentral.call(method, path, token.access_token, body)
