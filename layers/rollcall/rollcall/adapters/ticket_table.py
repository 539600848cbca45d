"""Tickets in DynamoDB: `pk = ACCOUNT#<accountId>#TICKET#<hash>`, `sk = TICKET`, in the connection table."""

import time

import msgspec

from rollcall.adapters.dynamodb import Condition, Table
from rollcall.core.identity import Grant


class TicketTable:
    """Tickets are filed under their account and their hash. An expired one is no good, deleted or not."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def add_ticket(self, ticket_hash: str, grant: Grant, *, expires_at: int) -> None:
        """Remember a ticket until `expires_at`, epoch seconds."""
        self._table.put(_key(grant.account_id, ticket_hash) | msgspec.to_builtins(grant) | {"expiresAt": expires_at})

    def use_ticket(self, account_id: str, ticket_hash: str) -> Grant | None:
        """Take a ticket: whoever deletes it first has it. None if it is unknown, used or expired."""
        live = Condition("expiresAt > :now", {":now": int(time.time())})
        ticket = self._table.delete(_key(account_id, ticket_hash), live)
        return msgspec.convert(ticket, Grant) if ticket else None


def _key(account_id: str, ticket_hash: str) -> dict[str, str]:
    return {"pk": f"ACCOUNT#{account_id}#TICKET#{ticket_hash}", "sk": "TICKET"}
