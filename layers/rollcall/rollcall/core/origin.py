"""Which web pages may use Rollcall: the `Origin` that browsers send, held against the installation's list.

What is no browser sends none, and pretends to any: for those the access token and the ticket are what counts.
"""

from collections.abc import Collection

from rollcall.core.errors import OriginNotAllowed


def check_origin(origin: str | None, allowed: Collection[str]) -> None:
    """Raises `OriginNotAllowed` for a page that is not on the list. Compared letter by letter, as browsers write it."""
    if origin is not None and origin not in allowed:
        raise OriginNotAllowed


def check_ticket_origin(origin: str | None, ticket_origin: str | None) -> None:
    """Raises `OriginNotAllowed` for a ticket that was handed to another page than the one that uses it.

    A ticket without an origin was fetched by a server, for one of the pages on the list or for itself.
    """
    if ticket_origin is not None and origin != ticket_origin:
        raise OriginNotAllowed
