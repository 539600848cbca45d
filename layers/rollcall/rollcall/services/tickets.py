"""Tickets: a browser can't send a header with a WebSocket, and an access token must not stand in a URL."""

import secrets
import time

from rollcall.core.identity import TICKET_GOOD_FOR_SECONDS, Identity, digest, write_ticket
from rollcall.services.ports import Tickets
from rollcall.telemetry import count

SECRET_BYTES = 32


class TicketOffice:
    """Hands out tickets."""

    def __init__(self, tickets: Tickets) -> None:
        self._tickets = tickets

    def issue(self, identity: Identity) -> str:
        """A ticket that opens one WebSocket for this user within 60 s. Only its hash is stored."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        expires_at = int(time.time()) + TICKET_GOOD_FOR_SECONDS
        self._tickets.add_ticket(identity.account_id, digest(secret), identity, expires_at=expires_at)
        count("TicketsIssued")
        return write_ticket(identity.account_id, secret)
