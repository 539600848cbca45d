"""The verification tokens that the webhook accepts, from Secrets Manager.

The secret is `{"current": "…", "previous": "…", "next": "…", "recordUntil": …}`. `previous` and `next` are "" except
during a rotation, which first announces the next token and waits until every function knows it; only then does a
subscription get it. `recordUntil` (epoch seconds) stands here because ingest looks here anyway.
"""

import time
from collections.abc import Callable

import msgspec

from rollcall.adapters.aws import AwsService
from rollcall.adapters.secret import Secret
from rollcall.core.errors import StorageFailed

KNOWN_FOR_SECONDS = 60
"""How long a function that keeps running may not know a token that was announced."""


class VerificationTokens(msgspec.Struct, frozen=True):
    """The secret's shape."""

    current: str
    previous: str = ""
    next: str = ""
    record_until: float | None = msgspec.field(default=None, name="recordUntil")


class VerificationTokenSecret:
    """Reads the secret once a minute at most."""

    def __init__(
        self, secretsmanager: AwsService, secret_arn: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secret = Secret(secretsmanager, secret_arn, VerificationTokens)
        self._clock = clock
        self._accepted: tuple[str, ...] = ()
        self._record_until = 0.0
        self._read_at = 0.0

    def accepted(self) -> tuple[str, ...]:
        """The tokens in force, never an empty one."""
        if not self._accepted or self._clock() - self._read_at > KNOWN_FOR_SECONDS:
            self._read_at = self._clock()
            try:
                self._accepted = self._read()
            except StorageFailed:
                # The tokens that were good a minute ago are the best guess; without any, nobody can be believed.
                if not self._accepted:
                    raise
        return self._accepted

    def record_until(self) -> float:
        """Until when notifications are recorded, epoch seconds, as last read with the tokens. 0: they are not."""
        return self._record_until

    def current(self) -> str:
        """The token that a new subscription gets, as it stands now."""
        return self._secret.read().current

    def _read(self) -> tuple[str, ...]:
        tokens = self._secret.read()
        self._record_until = tokens.record_until or 0.0
        return tuple(token for token in (tokens.current, tokens.previous, tokens.next) if token)
