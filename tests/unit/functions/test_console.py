"""The console's files, and what the page may do."""

import importlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.aws_tables import ROOT

PAGE = ROOT / "functions/console/page"
CONTEXT = SimpleNamespace(
    function_name="console", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="r"
)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGCENTRAL_SERVER", "https://platform.ringcentral.com")
    monkeypatch.setenv("CONSOLE_CLIENT_ID", "sample-client")
    monkeypatch.setenv("SIMULATED", "false")
    monkeypatch.setenv("WEBSOCKET_ORIGIN", "wss://w.execute-api.us-east-1.amazonaws.com")


def sample(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
    return event


def answered(event: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = importlib.import_module("functions.console.app").handler(event, CONTEXT)
    return answer


def test_the_page_is_served_and_may_do_nothing_but_what_it_is_for() -> None:
    answer = answered(sample("console/page"))
    assert (answer["statusCode"], answer["body"]) == (200, (PAGE / "index.html").read_text())
    headers = answer["headers"]
    assert headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"].split() == [
        "'self'",
        "wss://w.execute-api.us-east-1.amazonaws.com",
        "https://platform.ringcentral.com",
    ]
    assert "unsafe" not in headers["content-security-policy"]
    assert policy["frame-ancestors"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"


def test_every_file_that_the_page_needs_is_served() -> None:
    event = sample("console/page")
    names = [path.name for path in PAGE.iterdir()]
    assert "rollcall.js" in names
    for name in names:
        answer = answered(event | {"pathParameters": {"file": name}})
        assert (answer["statusCode"], answer["body"]) == (200, (PAGE / name).read_text()), name


def test_a_file_that_the_browser_has_is_not_sent_again() -> None:
    event = sample("console/page")
    tag = answered(event)["headers"]["etag"]
    again = answered(event | {"headers": {"if-none-match": tag}})
    assert (again["statusCode"], "body" in again, again["headers"]["etag"]) == (304, False, tag)
    assert again["headers"]["cache-control"] == "no-cache"
    assert answered(event | {"headers": {"if-none-match": '"another"'}})["statusCode"] == 200


def test_the_page_is_told_where_ringcentral_is() -> None:
    answer = answered(sample("console/config"))
    assert answer["headers"]["content-type"] == "application/json"
    assert json.loads(answer["body"]) == {
        "ringCentralServer": "https://platform.ringcentral.com",
        "clientId": "sample-client",
        "simulator": False,
    }


def test_without_a_file_the_page_is_where_to_go() -> None:
    answer = answered(sample("console/no-file"))
    assert (answer["statusCode"], answer["headers"]["location"]) == (308, "console/index.html")


@pytest.mark.parametrize("file", ["app.py", "nothing.html", "../app.py", "page", ""])
def test_nothing_else_is_there(file: str) -> None:
    answer = answered(sample("console/unknown-file") | {"pathParameters": {"file": file}})
    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (404, "unknown-route")
