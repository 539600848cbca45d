"""Owners of access tokens, in the connection table: `pk = IDENTITY#<hash of the token>`, `sk = IDENTITY`."""

import time

import msgspec

from rollcall.adapters.dynamodb import Table
from rollcall.core.identity import Identity


class IdentityTable:
    """Whose access token this is, as far as it was asked lately."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def remember_identity(self, token_hash: str, identity: Identity, *, expires_at: int) -> None:
        """Remember the owner of a token, by its hash, until `expires_at`, epoch seconds."""
        self._table.put(_key(token_hash) | msgspec.to_builtins(identity) | {"expiresAt": expires_at})

    def identity(self, token_hash: str) -> Identity | None:
        """Whose access token this is; None if it was not asked lately."""
        item = self._table.get(_key(token_hash))
        return msgspec.convert(item, Identity) if item and item["expiresAt"] > time.time() else None


def _key(token_hash: str) -> dict[str, str]:
    return {"pk": f"IDENTITY#{token_hash}", "sk": "IDENTITY"}
