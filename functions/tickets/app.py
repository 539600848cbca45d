"""POST /tickets: a ticket that opens one WebSocket."""

from rollcall.adapters import settings
from rollcall.adapters.aws import INTERACTIVE, AwsService
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.ticket_table import TicketTable
from rollcall.core.identity import TICKET_GOOD_FOR_SECONDS
from rollcall.entry.bodies import TicketIssued
from rollcall.entry.http_api import Answer, Request, for_caller, json_answer
from rollcall.services.tickets import TicketOffice


class _Settings(settings.WebPages, frozen=True):
    connection_table: str
    websocket_url: str


_ENV = settings.read(_Settings)
_OFFICE = TicketOffice(TicketTable(Table(AwsService("dynamodb", INTERACTIVE), _ENV.connection_table)), _ENV.origins)


@for_caller(_ENV.origins)
def handler(request: Request) -> Answer:
    """201 with the ticket, for how many seconds it is good, and where."""
    ticket = _OFFICE.issue(request.identity, request.origin)
    return json_answer(201, TicketIssued(ticket, TICKET_GOOD_FOR_SECONDS, _ENV.websocket_url))
