"""What no route takes."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from rollcall.entry.routes import ROUTES, Route, why_unrouted
from tests.support.aws_tables import ROOT


def answered(name: str) -> dict[str, Any]:
    """What the function answers to a sample event."""
    event = json.loads((ROOT / "events" / f"{name}.json").read_text())
    context = SimpleNamespace(
        function_name="unrouted", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="r"
    )
    answer: dict[str, Any] = importlib.import_module("functions.unrouted.app").handler(event, context)
    return answer


@pytest.mark.parametrize(
    ("name", "status", "code", "allowed"),
    [
        ("unrouted/unknown-path", 404, "unknown-route", None),
        ("unrouted/encoded-slash", 404, "unknown-route", None),
        ("unrouted/another-method", 405, "method-not-allowed", "GET, OPTIONS"),
    ],
)
def test_a_request_without_a_route_is_a_problem(name: str, status: int, code: str, allowed: str | None) -> None:
    answer = answered(name)
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (status, code)
    assert answer["headers"].get("allow") == allowed
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["headers"]["cache-control"] == "no-store"


def test_a_preflight_succeeds_whoever_answers_it() -> None:
    assert answered("unrouted/preflight") == {"statusCode": 204, "headers": {"allow": "OPTIONS, POST"}}


def test_a_preflight_for_nothing_does_not() -> None:
    assert type(why_unrouted("OPTIONS", "/nothing")).__name__ == "UnknownRoute"


@pytest.mark.parametrize("route", ROUTES)
def test_each_route_takes_its_own_path_and_no_other(route: Route) -> None:
    path = route.path.replace("{conferenceId}", "s-1.%20\n+(").replace("{participantId}", "p-1")
    assert [other for other in ROUTES if other.takes(path)] == [route]
    assert not any(other.takes(f"{path}/") or other.takes(f"/{path}") for other in ROUTES)


@pytest.mark.parametrize("path", ["", "/", "/conferences/", "/conferences/a/b", "/Webhook", "/webhook\n"])
def test_what_is_nearly_a_route_is_none(path: str) -> None:
    assert not any(route.takes(path) for route in ROUTES)
