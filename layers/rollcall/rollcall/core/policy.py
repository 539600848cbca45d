"""Who of an account may watch a conference, and who may have somebody removed from it.

`account`: everybody of the account. `host`: the extension that hosts the conference. Whatever is chosen, RingCentral
decides on every removal too, since it is asked with the caller's own access token.
"""

from typing import Literal

import msgspec

from rollcall.core.keys import watched_by_host, watched_conference, watched_extension
from rollcall.core.roster import Roster

Who = Literal["account", "host"]


class Policy(msgspec.Struct, frozen=True):
    """The installation's choice. The account is no matter of choice: nobody ever sees another account's conference."""

    watch: Who = "account"
    remove: Who = "account"

    def may_watch(self, extension_id: str, roster: Roster) -> bool:
        """Whether this extension of the roster's account may see it."""
        return self.watch == "account" or roster.host_extension_id == extension_id

    def may_remove(self, extension_id: str, roster: Roster) -> bool:
        """Whether this extension of the roster's account may ask RingCentral to remove somebody."""
        return self.remove == "account" or roster.host_extension_id == extension_id

    def watched(self, account_id: str, extension_id: str, conference_id: str | None) -> str:
        """The key under which this extension's watch of a conference (None: of all that it hosts) is filed."""
        if conference_id is None:
            return watched_extension(account_id, extension_id)
        if self.watch == "host":
            return watched_by_host(account_id, extension_id, conference_id)
        return watched_conference(account_id, conference_id)

    def keys_of(self, roster: Roster) -> list[str]:
        """The keys under which everybody is filed who may be told of the roster, and nobody else."""
        keys = [watched_conference(roster.account_id, roster.conference_id)] if self.watch == "account" else []
        host = roster.host_extension_id
        if host:
            keys.append(watched_extension(roster.account_id, host))
            if self.watch == "host":
                keys.append(watched_by_host(roster.account_id, host, roster.conference_id))
        return keys
