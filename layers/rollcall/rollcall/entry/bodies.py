"""The bodies of the HTTP API's answers, other than a roster (`rollcall.core.messages.RosterView`) and a problem."""

from typing import Literal

import msgspec

from rollcall.core.messages import RosterView

PAGE = 50
LARGEST_PAGE = 100
"""How many rosters a page holds: unless asked otherwise, and at most."""


class TicketIssued(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket opens one WebSocket at `webSocketUrl?ticket=…` within `expiresIn` seconds."""

    ticket: str
    expires_in: int
    web_socket_url: str


class ConferencePage(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Rosters, newest first. With a `nextToken` there are more; without one there are none."""

    conferences: list[RosterView]
    next_token: str | msgspec.UnsetType = msgspec.UNSET


class Removal(msgspec.Struct, frozen=True):
    """What became of a removal: RingCentral was asked, or there was nobody left to remove."""

    status: Literal["requested", "already-left"]
