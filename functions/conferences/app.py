"""GET /conferences and GET /conferences/{conferenceId}: rosters to read."""

from msgspec import UNSET

from rollcall.adapters import settings
from rollcall.adapters.aws import INTERACTIVE, AwsService
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.roster_table import RosterTable
from rollcall.core.messages import encode, roster_view
from rollcall.core.policy import Policy, Who
from rollcall.entry.bodies import LARGEST_PAGE, PAGE, ConferencePage
from rollcall.entry.http_api import Answer, Request, for_caller, json_answer
from rollcall.services.conferences import Conferences


class _Settings(settings.WebPages, frozen=True):
    party_table: str
    watch_policy: Who


_ENV = settings.read(_Settings)
_CONFERENCES = Conferences(
    RosterTable(Table(AwsService("dynamodb", INTERACTIVE), _ENV.party_table)), Policy(watch=_ENV.watch_policy)
)


@for_caller(_ENV.origins)
def handler(request: Request) -> Answer:
    """One roster, or a page of them, newest first, with `nextToken` while there are more."""
    if "conferenceId" in request.path:
        roster = _CONFERENCES.one(request.identity, request.path["conferenceId"])
        return json_answer(200, encode(roster_view(roster)))
    page = _CONFERENCES.newest_first(
        request.identity,
        limit=request.integer("limit", default=PAGE, least=1, most=LARGEST_PAGE),
        next_token=request.query.get("nextToken"),
    )
    return json_answer(200, ConferencePage([roster_view(roster) for roster in page.rosters], page.next_token or UNSET))
