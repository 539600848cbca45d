"""Who calls: access tokens, tickets and connections as values."""

import hashlib
import re

import msgspec

from rollcall.core.errors import TicketRefused

IDENTITY_KNOWN_FOR_SECONDS = 300
"""How long the owner of an access token is believed without asking RingCentral again. So long may a token that was
revoked meanwhile still read rosters; a removal is decided by RingCentral itself."""

TICKET_GOOD_FOR_SECONDS = 60
CONNECTION_GOOD_FOR_SECONDS = 2 * 3600
"""API Gateway ends a WebSocket after two hours in any case."""

CONNECTION_EXPIRES_SOON_SECONDS = 600
"""So long before its end a client that says anything is told to open another connection. A client that says nothing for
as long has none: API Gateway ends it."""

_BEARER = re.compile(r"\ABearer ([\x21-\x7e]{1,4096})\Z", re.IGNORECASE)
_TICKET = re.compile(r"\A([0-9A-Za-z_-]{1,64})\.([A-Za-z0-9_-]{43})\Z")


class Identity(msgspec.Struct, frozen=True, rename="camel"):
    """A RingCentral user: one extension of one account."""

    account_id: str
    extension_id: str


class Connection(msgspec.Struct, frozen=True, rename="camel"):
    """An open WebSocket and whose it is. `expires_at`: epoch seconds."""

    connection_id: str
    account_id: str
    extension_id: str
    expires_at: int

    def expires_soon(self, now: float) -> bool:
        """Whether it is time to open another. `now`: epoch seconds."""
        return self.expires_at - now < CONNECTION_EXPIRES_SOON_SECONDS


class Grant(msgspec.Struct, frozen=True, rename="camel"):
    """What a ticket opens a connection for: a user and, if a browser fetched it, the page that did."""

    account_id: str
    extension_id: str
    origin: str | None = None


class Ticket(msgspec.Struct, frozen=True):
    """What a ticket's text says: the account that it is filed under, and the hash of the secret part."""

    account_id: str
    hash: str


def bearer_token(authorization: str | None) -> str | None:
    """The access token in an `Authorization` header, or None if it holds none that could be one."""
    match = _BEARER.match(authorization or "")
    return match[1] if match else None


def digest(secret: str) -> str:
    """What is stored in place of a secret, so that who can read the table can't use it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def write_ticket(account_id: str, secret: str) -> str:
    """The text of a ticket. The account stands in it so that the table can be asked under the account's key."""
    return f"{account_id}.{secret}"


def read_ticket(text: str) -> Ticket:
    """Take a ticket's text apart. Raises `TicketRefused` if it can't be one."""
    match = _TICKET.match(text)
    if not match:
        raise TicketRefused
    return Ticket(account_id=match[1], hash=digest(match[2]))
