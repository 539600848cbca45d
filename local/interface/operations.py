"""The operations of the HTTP API. What is written here by hand is what no type can say."""

from collections.abc import Collection
from typing import Any

from local.interface import examples
from local.interface.examples import value
from local.interface.http_schemas import NOTIFICATION
from local.interface.problems import problems
from local.interface.responses import empty, good, refusals
from local.interface.schemas import identifier, pattern, ref
from rollcall.core.identity import TICKET_GOOD_FOR_SECONDS
from rollcall.core.notification import MAX_BODY_BYTES
from rollcall.core.webhook import ECHOABLE, VALIDATION_TOKEN
from rollcall.entry.bodies import LARGEST_PAGE, PAGE
from rollcall.entry.routes import CONFERENCE, CONFERENCES, REMOVE, TICKETS, WEBHOOK, Route

USER = "ringCentralAccessToken"
RINGCENTRAL = "verificationToken"

_Operation = dict[str, Any]

_OF_SOME = {
    CONFERENCES: {"invalid-request"},
    CONFERENCE: {"unknown-conference", "unknown-route"},
    REMOVE: {
        "unknown-conference",
        "unknown-participant",
        "unknown-route",
        "host-not-removable",
        "host-only",
        "ringcentral-unauthorized",
        "ringcentral-not-found",
        "ringcentral-failed",
    },
}
"""The problems that only some operations answer. What stands nowhere here, all of those behind a token can answer."""

_OF_NONE = {"method-not-allowed"}
"""The problems of requests that are none of the operations."""


def codes_of(route: Route) -> Collection[str]:
    """The problems that an operation behind an access token can answer."""
    of_all = {problem.code for problem in problems()} - set[str]().union(_OF_NONE, *_OF_SOME.values())
    return of_all | _OF_SOME.get(route, set())


def operations() -> dict[Route, _Operation]:
    """Every operation, by its route."""
    return {
        CONFERENCES: _list_conferences(),
        CONFERENCE: _show_conference(),
        REMOVE: _remove_participant(),
        TICKETS: _create_ticket(),
        WEBHOOK: _receive_notification(),
    }


def _list_conferences() -> _Operation:
    links = {
        "conference": {
            "operationId": "showConference",
            "parameters": {"conferenceId": "$response.body#/conferences/0/conferenceId"},
            "description": "The newest of them.",
        },
        "nextPage": {
            "operationId": "listConferences",
            "parameters": {"nextToken": "$response.body#/nextToken"},
            "description": "The ones before these.",
        },
    }
    return {
        "operationId": "listConferences",
        "tags": ["conferences"],
        "summary": "The conferences of the caller's account",
        "description": "Newest first, as rosters. Where the installation's policy shows conferences to their hosts "
        "only, the others are left out, and a page may hold fewer than `limit` while there are more.",
        "security": [{USER: []}],
        "parameters": [
            {
                "name": "limit",
                "in": "query",
                "description": "How many at most.",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
            },
            {
                "name": "nextToken",
                "in": "query",
                "description": "Goes on where the list ended that returned it. Whatever no list returned is a 400.",
                "schema": {"type": "string", "minLength": 1},
            },
        ],
        "responses": dict([good(200, "A page of rosters.", "ConferencePage", links, page=value(examples.PAGE))])
        | refusals(codes_of(CONFERENCES)),
    }


def _show_conference() -> _Operation:
    link = {
        "operationId": "removeParticipant",
        "parameters": {
            "conferenceId": "$response.body#/conferenceId",
            "participantId": "$response.body#/participants/1/id",
        },
        "description": "The first participant beside the host.",
    }
    roster = good(200, "Its roster.", "RosterView", {"remove": link}, roster=value(examples.ROSTER))
    return {
        "operationId": "showConference",
        "tags": ["conferences"],
        "summary": "One conference's roster",
        "description": "The roster as the WebSocket pushes it, without the changes that led to it.",
        "security": [{USER: []}],
        "parameters": [_path_id("conferenceId", "The conference's telephony session.", examples.CONFERENCE_ID)],
        "responses": dict([roster]) | refusals(codes_of(CONFERENCE)),
    }


def _remove_participant() -> _Operation:
    requested = good(
        202,
        "RingCentral was asked. The roster changes when RingCentral's event says that the person has gone.",
        "Removal",
        requested=value(examples.REQUESTED),
    )
    already = good(200, "They had left before.", "Removal", left=value(examples.ALREADY_LEFT))
    return {
        "operationId": "removeParticipant",
        "tags": ["conferences"],
        "summary": "Remove somebody from a conference",
        "description": "RingCentral is asked with the caller's own access token, so RingCentral decides. It is asked "
        "once: nothing is repeated, and a user may ask again. No body is read.",
        "security": [{USER: []}],
        "parameters": [
            _path_id("conferenceId", "The conference's telephony session.", examples.CONFERENCE_ID),
            _path_id("participantId", "The person's party in the conference.", examples.PARTICIPANT_ID),
        ],
        "responses": dict([already, requested]) | refusals(codes_of(REMOVE)),
    }


def _create_ticket() -> _Operation:
    return {
        "operationId": "createTicket",
        "tags": ["tickets"],
        "summary": "A ticket that opens one WebSocket",
        "description": f"A browser can't send a header with a WebSocket. The ticket is good once, for "
        f"{TICKET_GOOD_FOR_SECONDS} s, and for the web page that fetched it. No body is read.",
        "security": [{USER: []}],
        "responses": dict([good(201, "The ticket.", "TicketIssued", ticket=value(examples.TICKET))])
        | refusals(codes_of(TICKETS)),
    }


def _receive_notification() -> _Operation:
    bodies = {
        "host": {"summary": "The host is in the conference.", "value": examples.HOST_JOINED},
        "joined": {"summary": "Somebody was brought into a conference.", "value": examples.JOINED},
        "left": {"summary": "They left it.", "value": examples.LEFT},
        "reminder": {"summary": "The subscription ends soon.", "value": examples.REMINDER},
    }
    return {
        "operationId": "receiveNotification",
        "tags": ["webhook"],
        "summary": "RingCentral's notifications, and its handshake",
        "description": "Whatever comes with an accepted verification token is answered with an empty 200 and kept: "
        "as a record, to be taken later, or in quarantine if it can't be read or has more than "
        f"{MAX_BODY_BYTES:,} bytes. A request without a body but with a `Validation-Token` is the handshake by which "
        "RingCentral tests the address; it needs no verification token. Every answer is shorter than 1,024 bytes.",
        "security": [{RINGCENTRAL: []}, {}],
        "parameters": [
            {
                "name": "Validation-Token",
                "in": "header",
                "description": "With an empty body: RingCentral's handshake. The answer echoes a token that matches "
                f"`{pattern(ECHOABLE)}`; any other is refused with 401. With a body it is taken for the verification "
                "token if there is no other.",
                "schema": {"type": "string"},
                "example": examples.HANDSHAKE,
            }
        ],
        "requestBody": {
            "description": "A notification, as far as it is read. Anything else is kept too.",
            "content": {
                "application/json": {
                    "schema": {"anyOf": [ref(NOTIFICATION), {"description": "Whatever else RingCentral may send."}]},
                    "examples": bodies,
                }
            },
        },
        "responses": dict(
            [
                empty(200, "Kept, or the handshake's echo.", VALIDATION_TOKEN),
                empty(401, "No accepted verification token, and no handshake."),
            ]
        )
        | refusals(()),
    }


def _path_id(name: str, description: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": identifier(),
        "example": example,
    }
