"""An installation in the simulation's world in which nothing fails: the real handlers, a clock, the examples' people.

`say` and `request` are what clients do; what the examples' notifications tell happens with `tell`. `ringcentral` is
what RingCentral answers, status and body, where an address has that part.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

import msgspec

from local.interface import examples
from tests.simulation.faults import Rates
from tests.simulation.front import Response
from tests.simulation.gateway import Socket
from tests.simulation.installation import installed
from tests.simulation.services import CURRENT_TOKEN
from tests.simulation.template import ORIGIN
from tests.simulation.world import World

T = TypeVar("T")
CALLS, USERS = "/telephony/sessions/", "/extension/~"
"""Parts of RingCentral's addresses."""


class Site:
    def __init__(self) -> None:
        self.world = World(0, profile="calm")
        self.world.faults.rates = Rates(slow_call=0.0, cold_start=0.0)
        self.user = self.world.user(examples.ACCOUNT_ID, examples.EXTENSION_ID)
        self.connection = ""
        self.frames: list[Any] = []
        self.ringcentral: dict[str, tuple[int, Any]] = {}
        answer = self.world.ringcentral._answer

        def answer_of(request: Any) -> tuple[int, Any]:
            chosen = [found for part, found in self.ringcentral.items() if part in request.url]
            return chosen[0] if chosen else answer(request)

        self.world.ringcentral._answer = answer_of  # type: ignore[method-assign]

    def during(self, do: Callable[[], T]) -> T:
        """Do something that takes time, and wait until nothing is under way."""
        done: list[T] = []
        self.world.scheduler.spawn(lambda: done.append(do()))
        self.world.scheduler.run()
        return done[0]

    def pass_by(self, seconds: float) -> None:
        self.during(lambda: self.world.scheduler.sleep(seconds))

    def request(self, route: str, *, token: str | None = None, **more: Any) -> Response:
        """A request with the user's access token, or another."""
        headers = {"origin": ORIGIN}
        if token != "":
            headers["authorization"] = f"Bearer {token or self.world.token_of(self.user)}"
        more["headers"] = headers | more.get("headers", {})
        return self.during(lambda: self.world.http.request(route, **more))

    def tell(self, *notifications: dict[str, Any]) -> list[Response]:
        """RingCentral posts notifications, one after another."""
        headers = {"verification-token": CURRENT_TOKEN, "content-type": "application/json"}
        bodies = [msgspec.json.encode(notification).decode() for notification in notifications]
        post = partial(self.world.http.request, "POST /webhook", headers=headers)
        return [self.during(partial(post, body=body)) for body in bodies]

    def connect(self) -> None:
        """Open a WebSocket. What is told on it is in `frames`."""
        ticket = self.request("POST /tickets").json["ticket"]
        socket = Socket(receive=lambda frame: self.frames.append(msgspec.json.decode(frame)), closed=lambda: None)
        connection = self.during(lambda: self.world.web_socket.connect(ticket, socket))
        assert connection is not None
        self.connection = connection

    def say(self, frame: Any) -> list[Any]:
        """Send a frame, an object or a text. Returns what is told until nothing is under way."""
        self.frames.clear()
        body: Any = msgspec.Raw(frame.encode()) if isinstance(frame, str) else frame
        self.during(lambda: self.world.web_socket.frame(self.connection, body))
        return list(self.frames)


@contextmanager
def open_site() -> Iterator[Site]:
    site = Site()
    with installed(site.world):
        yield site
    site.world.functions.close()
    assert site.world.functions.unexpected == []
    assert site.world.aws.refused == []
