"""Rosters to read over HTTP."""

from rollcall.core.errors import UnknownConference
from rollcall.core.identity import Identity
from rollcall.core.notification import is_identifier
from rollcall.core.policy import Policy
from rollcall.core.roster import Roster
from rollcall.services.ports import Page, Rosters


class Conferences:
    """The conferences of the caller's account, as far as the policy lets the caller see them."""

    def __init__(self, rosters: Rosters, policy: Policy) -> None:
        self._rosters = rosters
        self._policy = policy

    def newest_first(self, identity: Identity, *, limit: int, next_token: str | None) -> Page:
        """A page of rosters; it may be short, or empty, while there are more.

        Raises `InvalidRequest` for a token that no list returned.
        """
        page = self._rosters.newest_first(identity.account_id, limit=limit, next_token=next_token)
        seen = [roster for roster in page.rosters if self._policy.may_watch(identity.extension_id, roster)]
        return Page(seen, page.next_token)

    def one(self, identity: Identity, conference_id: str) -> Roster:
        """One roster. Raises `UnknownConference`."""
        return known_roster(self._rosters, self._policy, identity, conference_id)


def known_roster(rosters: Rosters, policy: Policy, identity: Identity, conference_id: str) -> Roster:
    """The roster of a conference in which somebody was.

    Raises `UnknownConference`, also for what can't be an id and for what the caller may not see: nobody learns from the
    answer whether there is such a conference.
    """
    roster = rosters.load(identity.account_id, conference_id) if is_identifier(conference_id) else None
    if roster is None or roster.version == 0 or not policy.may_watch(identity.extension_id, roster):
        raise UnknownConference(conference_id)
    return roster
