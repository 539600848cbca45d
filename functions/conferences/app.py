"""GET /conferences and GET /conferences/{conferenceId}: rosters to read."""

from rollcall.adapters import aws, settings
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.roster_table import RosterTable
from rollcall.core.messages import encode, roster_view
from rollcall.entry.http_api import Answer, Request, for_caller, json_answer
from rollcall.services.conferences import Conferences

PAGE = 50
LARGEST_PAGE = 100


class _Settings(settings.Settings, frozen=True):
    party_table: str


_CONFERENCES = Conferences(RosterTable(Table(aws.dynamodb(), settings.read(_Settings).party_table)))


@for_caller
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
    next_token = {"nextToken": page.next_token} if page.next_token else {}
    return json_answer(200, {"conferences": [roster_view(roster) for roster in page.rosters], **next_token})
