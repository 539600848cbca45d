"""Tickets: a browser can't send a header with a WebSocket, and an access token must not stand in a URL."""

import secrets
import time
from collections.abc import Collection

from rollcall.core.errors import TicketRefused
from rollcall.core.identity import TICKET_GOOD_FOR_SECONDS, Grant, Identity, digest, read_ticket, write_ticket
from rollcall.core.origin import check_origin, check_ticket_origin
from rollcall.services.ports import Tickets
from rollcall.telemetry import count

SECRET_BYTES = 32


class TicketOffice:
    """Hands out tickets and takes them in."""

    def __init__(self, tickets: Tickets, allowed_origins: Collection[str]) -> None:
        self._tickets = tickets
        self._allowed_origins = allowed_origins

    def issue(self, identity: Identity, origin: str | None) -> str:
        """A ticket that opens one WebSocket for this user, within 60 s, from this page. Only its hash is stored."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        expires_at = int(time.time()) + TICKET_GOOD_FOR_SECONDS
        grant = Grant(identity.account_id, identity.extension_id, origin)
        self._tickets.add_ticket(digest(secret), grant, expires_at=expires_at)
        count("TicketsIssued")
        return write_ticket(identity.account_id, secret)

    def take(self, text: str, origin: str | None) -> Grant:
        """What the ticket is good for. It is used up, if a page on the list tried it, or what is no page.

        Raises `TicketRefused`, or `OriginNotAllowed` for a page that may not come in, or not with this ticket.
        """
        check_origin(origin, self._allowed_origins)
        ticket = read_ticket(text)
        grant = self._tickets.use_ticket(ticket.account_id, ticket.hash)
        if grant is None or grant.account_id != ticket.account_id:
            raise TicketRefused
        check_ticket_origin(origin, grant.origin)
        return grant
