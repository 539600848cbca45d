"""RingCentral for one user, out of the penalty box."""

from collections.abc import Iterator
from contextlib import contextmanager

from rollcall.core.errors import RingCentralRateLimited
from rollcall.core.identity import Identity, digest
from rollcall.core.party import Leg
from rollcall.services.ports import Penalties, RingCentral
from rollcall.telemetry import count


class GuardedRingCentral:
    """Does not call for a user who is in the penalty box: each call would start the penalty again.

    Both calls belong to RingCentral's group Light. A user is known by the hash of their access token, since whose it is
    may be what is asked.
    """

    def __init__(self, ringcentral: RingCentral, penalties: Penalties) -> None:
        self._ringcentral = ringcentral
        self._penalties = penalties

    def owner_of(self, access_token: str) -> Identity:
        """Whose token it is. Raises `RingCentralError`."""
        with self._guarded(access_token):
            return self._ringcentral.owner_of(access_token)

    def delete_party(self, access_token: str, leg: Leg) -> None:
        """Throw a leg out. Raises `RingCentralError`."""
        with self._guarded(access_token):
            self._ringcentral.delete_party(access_token, leg)

    @contextmanager
    def _guarded(self, access_token: str) -> Iterator[None]:
        whose = f"{digest(access_token)}#light"
        wait = self._penalties.penalty(whose)
        if wait:
            raise RingCentralRateLimited(wait)
        try:
            yield
        except RingCentralRateLimited as error:
            self._penalties.punish(whose, error.retry_after)
            count("RingCentralRateLimited")
            raise
