"""RingCentral's API as the product calls it: HTTP requests of the library `requests`, answered from the truth."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec
import requests

from local.simulator.users import User
from local.simulator.views import extension_body, session_body
from tests.simulation.faults import Faults
from tests.simulation.runtime import Functions
from tests.simulation.template import RINGCENTRAL
from tests.simulation.truth import LegId, RingCentralError, Truth

LAG_SECONDS = 25.0
"""How far answers about sessions may be behind what happened. The product takes them to be less than 30 s behind."""


@dataclass(slots=True)
class Deletion:
    """One request to delete a party: by whom, of which leg, in which invocation; `done` if it had an effect."""

    account_id: str
    leg: LegId
    invocation: int
    status: int | None
    done: bool


class RingCentralApi:
    """Answers requests. `deletions` are all that asked for a leg's end."""

    def __init__(self, truth: Truth, faults: Faults, functions: Functions, chance: random.Random) -> None:
        self.deletions: list[Deletion] = []
        self._truth = truth
        self._faults = faults
        self._functions = functions
        self._chance = chance
        self._tokens: dict[str, User] = {}

    def token_of(self, user: User) -> str:
        """An access token of the user's."""
        token = self._chance.randbytes(16).hex()
        self._tokens[token] = user
        return token

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        """What stands in for the HTTP adapter of `requests`. Raises what that raises."""
        fault = self._faults.of_ringcentral()
        self._functions.pause(0.02 + self._chance.random() * 0.2)
        if fault == "timeout":
            self._functions.pause(5.0)
            raise requests.ReadTimeout
        if fault and fault != "done-timeout":
            self._note(request, int(fault), done=False)
            return _response(request, int(fault), {"errorCode": "FAULT", "message": "a fault"}, {"Retry-After": "7"})
        status, body = self._answer(request)
        if fault == "done-timeout":
            self._functions.pause(5.0)
            raise requests.ReadTimeout
        return _response(request, status, body, {})

    def _answer(self, request: requests.PreparedRequest) -> tuple[int, Any]:  # noqa: PLR0911  # one for each answer
        if _parts(request) == ["restapi", "oauth", "token"]:
            service = self._truth.users.service
            return 200, {"access_token": self.token_of(service), "expires_in": 3600, "owner_id": service.extension_id}
        token = str(request.headers["Authorization"]).removeprefix("Bearer ")
        user = self._tokens.get(token)
        if user is None:
            return 401, {"errorCode": "OAU-213"}
        match request.method, _parts(request):
            case "GET", ["restapi", "v1.0", "account", "~", "extension", "~"]:
                return 200, extension_body(user, RINGCENTRAL)
            case "GET", ["restapi", "v1.0", "account", "~", "telephony", "sessions", session]:
                try:
                    found = self._truth.control.read_session(user, session)
                except RingCentralError as error:
                    return error.status, error.body()
                lag = timedelta(seconds=self._chance.random() * LAG_SECONDS)
                return 200, session_body(found, self._truth.now() - lag)
            case "DELETE", ["restapi", "v1.0", "account", "~", "telephony", "sessions", session, "parties", party]:
                try:
                    self._truth.delete_party(user, session, party)
                except RingCentralError as error:
                    self._note(request, error.status, done=False)
                    return error.status, error.body()
                self._note(request, 204, done=True)
                return 204, None
            case _:
                raise NotImplementedError(f"{request.method} {request.url}")

    def _note(self, request: requests.PreparedRequest, status: int | None, *, done: bool) -> None:
        parts = _parts(request)
        if request.method != "DELETE":
            return
        token = str(request.headers["Authorization"]).removeprefix("Bearer ")
        invocation = self._functions.current
        assert invocation is not None
        account_id = self._tokens[token].account_id if token in self._tokens else ""
        self.deletions.append(Deletion(account_id, LegId(parts[6], parts[8]), invocation.number, status, done))


def _parts(request: requests.PreparedRequest) -> list[str]:
    return [unquote(part) for part in urlsplit(str(request.url)).path.strip("/").split("/")]


def _response(
    request: requests.PreparedRequest, status: int, body: Any, headers: Mapping[str, str]
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.url = str(request.url)
    response.request = request
    response.headers.update(headers)
    response._content = b"" if body is None else msgspec.json.encode(body)
    return response


Send = Callable[..., requests.Response]
