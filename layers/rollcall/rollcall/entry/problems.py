"""The one place where errors become HTTP answers: RFC 9457 problems with a stable `code`."""

import http
from typing import NamedTuple

import msgspec

from rollcall.core.errors import (
    HostNotRemovable,
    HostOnly,
    InvalidRequest,
    MethodNotAllowed,
    OriginNotAllowed,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
    RollcallError,
    RosterConflict,
    StorageFailed,
    Unauthenticated,
    UnknownConference,
    UnknownParticipant,
    UnknownRoute,
)


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of an error answer. `type` is about:blank: `code` says what a program wants to know."""

    status: int
    code: str
    title: str
    detail: str


class _Answer(NamedTuple):
    status: int
    code: str
    detail: str


ANSWERS: dict[type[RollcallError], _Answer] = {
    InvalidRequest: _Answer(400, "invalid-request", "A parameter can't be used."),
    UnknownRoute: _Answer(404, "unknown-route", "Nothing is served at this path."),
    MethodNotAllowed: _Answer(405, "method-not-allowed", "The path takes other methods; Allow names them."),
    Unauthenticated: _Answer(401, "unauthenticated", "A RingCentral access token is needed: Authorization: Bearer …"),
    RingCentralUnauthorized: _Answer(401, "ringcentral-unauthorized", "RingCentral no longer takes the access token."),
    RingCentralForbidden: _Answer(403, "ringcentral-forbidden", "RingCentral does not let this user do that."),
    HostNotRemovable: _Answer(403, "host-not-removable", "Removing the host would end the conference for everybody."),
    HostOnly: _Answer(403, "host-only", "Here only the host of a conference may have somebody removed."),
    OriginNotAllowed: _Answer(403, "origin-not-allowed", "This web page may not use this installation."),
    UnknownConference: _Answer(404, "unknown-conference", "The account has no such conference."),
    UnknownParticipant: _Answer(404, "unknown-participant", "The conference never had such a participant."),
    RingCentralNotFound: _Answer(404, "ringcentral-not-found", "RingCentral knows no such call leg any more."),
    RingCentralRateLimited: _Answer(429, "ringcentral-rate-limited", "RingCentral takes no more requests for now."),
    RingCentralFailed: _Answer(502, "ringcentral-failed", "RingCentral failed to do it."),
    RingCentralUnavailable: _Answer(503, "ringcentral-unavailable", "RingCentral could not be reached."),
    StorageFailed: _Answer(503, "storage-failed", "The rosters could not be reached."),
    RosterConflict: _Answer(503, "storage-failed", "The rosters could not be reached."),
}


class HttpProblem(NamedTuple):
    """A problem, ready to be sent, and the headers that go with it."""

    problem: Problem
    headers: dict[str, str]


def problem_for(error: RollcallError) -> HttpProblem:
    """The answer that an error gets. An error that no client should ever cause is a 500."""
    answer = ANSWERS.get(type(error), _Answer(500, "internal", "Something went wrong here."))
    detail = error.detail if isinstance(error, InvalidRequest) else answer.detail
    headers = {}
    if isinstance(error, RingCentralRateLimited | RingCentralUnavailable):
        headers["retry-after"] = str(error.retry_after)
    if isinstance(error, Unauthenticated | RingCentralUnauthorized):
        headers["www-authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        headers["allow"] = ", ".join(error.allowed)
    return HttpProblem(Problem(answer.status, answer.code, http.HTTPStatus(answer.status).phrase, detail), headers)
