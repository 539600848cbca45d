"""The log of API requests that GET /simulator/requests answers."""

from local.simulator.clock import Clock, iso_milliseconds
from local.simulator.sessions import Owner
from local.simulator.views import Json


class RequestLog:
    """Every API request served, oldest first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.entries: list[Json] = []

    def add(self, method: str, path: str, status: int, user_key: Owner | None) -> None:
        """Add a request. Whose it was is unknown if its token was no good."""
        self.entries.append(
            {
                "method": method,
                "path": path,
                "status": status,
                "accountId": user_key and user_key.account_id,
                "extensionId": user_key and user_key.extension_id,
                "at": iso_milliseconds(self._clock()),
            }
        )

    def forget_all(self) -> None:
        """Forget every request."""
        self.entries.clear()
