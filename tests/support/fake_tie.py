"""Stand-ins for what ties Rollcall to RingCentral: its API, the secrets, the leases."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rollcall.core.service_token import Credentials, ServiceToken
from rollcall.core.subscription import Remembered
from rollcall.services.service_login import ServiceLogin
from tests.support.fakes import Failing


class FakeStore(Failing):
    """Leases, penalties and notes. A lease that is `taken` belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: set[str] = set()
        self.penalties: dict[str, int] = {}
        self.note: Remembered | None = None

    @contextmanager
    def lease(self, name: str, seconds: int) -> Iterator[bool]:
        ours = name not in self.taken
        yield ours

    def penalty(self, whose: str) -> int:
        return self.penalties.get(whose, 0)

    def punish(self, whose: str, seconds: int) -> None:
        self.penalties[whose] = seconds

    def subscription(self) -> Remembered | None:
        return self.note

    def remember_subscription(self, made: Remembered) -> None:
        self._called("remember")
        self.note = made


class FakeSecret(Failing):
    """A value, and what is left to be read before it changes to the next one."""

    def __init__(self, *values: Any) -> None:
        super().__init__()
        self.values = list(values)
        self.written: list[Any] = []

    def read(self) -> Any:
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]

    def write(self, value: Any) -> None:
        self._called("write")
        self.written.append(value)
        self.values = [value]

    def current(self) -> str:
        return str(self.read())


class FakeApi(Failing):
    """RingCentral with any token."""

    def __init__(self) -> None:
        super().__init__()
        self.logins = 0
        self.tokens: list[str] = []

    def log_in(self, credentials: Credentials) -> ServiceToken:
        self._called("log_in")
        self.logins += 1
        return ServiceToken(f"token-{self.logins}", int(time.time()) + 3600, "200")

    def call(self, method: str, path: str, access_token: str, body: object = None) -> bytes:
        self.tokens.append(access_token)
        self._called(f"{method} {path.rpartition('/')[2]}")
        return b"{}"


class KeeperApi(Failing):
    """RingCentral with the service's own token, and with its subscriptions."""

    def __init__(self) -> None:
        super().__init__()
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.made = 0

    def owner_extension_id(self) -> str:
        return "200"

    def call(self, group: str, method: str, path: str, body: Any = None) -> bytes:
        last = path.rpartition("/")[2]
        self._called(f"{method} {last}")
        if method == "GET":
            return json.dumps({"records": list(self.subscriptions.values())}).encode()
        if method == "POST" and last == "subscription":
            self.made += 1
            record = {"id": f"made-{self.made}", "status": "Active", "expirationTime": "2099-01-01T00:00:00.000Z"}
            self.subscriptions[record["id"]] = record | body
            return json.dumps(self.subscriptions[record["id"]]).encode()
        if method == "DELETE":
            del self.subscriptions[last]
        return b""


class LoginWorld:
    def __init__(self, *tokens: ServiceToken) -> None:
        self.api, self.store = FakeApi(), FakeStore()
        self.credentials, self.tokens = (
            FakeSecret(Credentials("id", "secret", "jwt")),
            FakeSecret(*tokens or [ServiceToken()]),
        )

    def login(self) -> ServiceLogin:
        return ServiceLogin(self.api, self.credentials, self.tokens, self.store)


def good(name: str = "shared") -> ServiceToken:
    return ServiceToken(name, int(time.time()) + 3600, "200")
