"""The HTTP API's routes. They stand here once: the tests hold template.yaml and docs/openapi.yaml against them."""

import re
from typing import NamedTuple

from rollcall.core.errors import MethodNotAllowed, UnknownRoute

_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")


class Route(NamedTuple):
    """A method and a path with its placeholders, as a route key of API Gateway names them."""

    method: str
    path: str

    def takes(self, path: str) -> bool:
        """Whether the path of a request fits, whatever its method."""
        return re.fullmatch(_PLACEHOLDER.sub("[^/]+", re.escape(self.path)), path, re.DOTALL) is not None


WEBHOOK = Route("POST", "/webhook")
TICKETS = Route("POST", "/tickets")
CONFERENCES = Route("GET", "/conferences")
CONFERENCE = Route("GET", "/conferences/{conferenceId}")
REMOVE = Route("POST", "/conferences/{conferenceId}/participants/{participantId}/remove")

CONSOLE = Route("GET", "/console")
CONSOLE_FILE = Route("GET", "/console/{file}")

PAGES = (CONSOLE, CONSOLE_FILE)
"""Where the console's files are, in an installation that has one. They are no part of the interface."""

ROUTES = (WEBHOOK, TICKETS, CONFERENCES, CONFERENCE, REMOVE)


def why_unrouted(method: str, path: str) -> UnknownRoute | MethodNotAllowed:
    """Why API Gateway found no route for a request.

    A path with a method that it takes can't be refused for the method: API Gateway counts an encoded slash, for
    instance, otherwise than its decoded path looks.
    """
    methods = {route.method for route in ROUTES if route.takes(path)}
    if not methods or method in methods:
        return UnknownRoute()
    return MethodNotAllowed(tuple(sorted({*methods, "OPTIONS"})))
