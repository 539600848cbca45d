"""Rosters to read over HTTP."""

from rollcall.core.errors import UnknownConference
from rollcall.core.identity import Identity
from rollcall.core.notification import is_identifier
from rollcall.core.roster import Roster
from rollcall.services.ports import Page, Rosters


class Conferences:
    """The conferences of the caller's account."""

    def __init__(self, rosters: Rosters) -> None:
        self._rosters = rosters

    def newest_first(self, identity: Identity, *, limit: int, next_token: str | None) -> Page:
        """A page of rosters. Raises `InvalidRequest` for a token that no list returned."""
        return self._rosters.newest_first(identity.account_id, limit=limit, next_token=next_token)

    def one(self, identity: Identity, conference_id: str) -> Roster:
        """One roster. Raises `UnknownConference`."""
        return known_roster(self._rosters, identity.account_id, conference_id)


def known_roster(rosters: Rosters, account_id: str, conference_id: str) -> Roster:
    """The roster of a conference in which somebody was. Raises `UnknownConference`, also for what can't be an id."""
    roster = rosters.load(account_id, conference_id) if is_identifier(conference_id) else None
    if roster is None or roster.version == 0:
        raise UnknownConference(conference_id)
    return roster
