"""The problems that the code can answer, with the very body and headers that it would send."""

import inspect
from typing import Any, NamedTuple

from local.interface import examples
from local.interface.examples import value
from rollcall.core.errors import RollcallError
from rollcall.entry.problems import ANSWERS, problem_for

_ARGUMENTS: dict[str, Any] = {
    "allowed": ("GET", "OPTIONS"),
    "code": "ThrottlingException",
    "conference_id": examples.CONFERENCE_ID,
    "detail": "limit is a whole number from 1 to 100.",
    "participant_id": examples.PARTICIPANT_ID,
    "retry_after": 30,
    "status": 500,
}
"""What the errors carry, for the examples."""


class DescribedProblem(NamedTuple):
    """A problem, its example, and the headers that its answer has beside those of every answer."""

    status: int
    code: str
    example: Any
    headers: frozenset[str]


def problems() -> list[DescribedProblem]:
    """One for each code, and the one for an error that no client should ever cause."""
    found: dict[str, DescribedProblem] = {}
    for error in [*map(_sample, ANSWERS), RollcallError()]:
        problem, headers = problem_for(error)
        described = DescribedProblem(problem.status, problem.code, value(problem), frozenset(headers))
        found.setdefault(problem.code, described)
    return list(found.values())


def _sample(error: type[RollcallError]) -> RollcallError:
    needed = [
        name
        for name, parameter in inspect.signature(error.__init__).parameters.items()
        if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD and name != "self"
    ]
    return error(*(_ARGUMENTS[name] for name in needed))
