"""A page in a browser that signs its user in: what it asks, and how it reads the simulator's page."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from local.simulator import choices
from local.simulator.authorization import challenge_of
from tests.simulator.harness import ALICE, RunningSimulator

AUTHORIZE = "/restapi/oauth/authorize"
TOKEN = "/restapi/oauth/token"
REVOKE = "/restapi/oauth/revoke"
REDIRECT_URI = "http://localhost:4566/_aws/execute-api/abc123/$default/console/index.html"
VERIFIER = "a-verifier-of-the-tests-with-more-than-43-characters"
ASKED = {
    "response_type": "code",
    "client_id": choices.CONSOLE_CLIENT_ID,
    "redirect_uri": REDIRECT_URI,
    "state": "a state & <more>",
    "code_challenge": challenge_of(VERIFIER),
    "code_challenge_method": "S256",
}
EXCHANGE = {
    "grant_type": "authorization_code",
    "client_id": choices.CONSOLE_CLIENT_ID,
    "redirect_uri": REDIRECT_URI,
    "code_verifier": VERIFIER,
}


class Page(HTMLParser):
    """The forms of a page, each with the values of its inputs and buttons, and the page's words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        attributes = dict(attrs)
        if tag == "form":
            assert (attributes["method"], attributes["action"]) == ("post", AUTHORIZE)
            self.forms.append({})
        name = attributes.get("name")
        if tag in {"input", "button"} and name:
            self.forms[-1][name] = attributes["value"] or ""

    def handle_data(self, data: str) -> None:
        self.words += data


def key_of(user: Mapping[str, str]) -> str:
    """What the button of a known user says."""
    return f"{user['accountId']}/{user['extensionId']}"


def sent_back(response: httpx.Response) -> dict[str, str]:
    """The parameters with which the browser is sent back to the console."""
    assert response.status_code == 302, response.text
    page, _, query = response.headers["location"].partition("?")
    assert page == REDIRECT_URI
    return {name: values[0] for name, values in parse_qs(query, strict_parsing=True).items()}


def sign_in(served: RunningSimulator, user: Mapping[str, str] = ALICE) -> str:
    """A code for a known user."""
    served.add_user(user)
    return sent_back(served.client.post(AUTHORIZE, data={**ASKED, "user": key_of(user)}))["code"]


def exchange(served: RunningSimulator, code: str, **changed: str) -> httpx.Response:
    return served.client.post(TOKEN, data={**EXCHANGE, "code": code, **changed})


def refresh(served: RunningSimulator, refresh_token: str, **changed: str) -> httpx.Response:
    form = {"grant_type": "refresh_token", "client_id": choices.CONSOLE_CLIENT_ID, "refresh_token": refresh_token}
    return served.client.post(TOKEN, data={**form, **changed})


def log_in(served: RunningSimulator, user: Mapping[str, str] = ALICE) -> dict[str, Any]:
    """The answer of the token endpoint, after somebody has signed in."""
    response = exchange(served, sign_in(served, user))
    assert response.status_code == 200, response.text
    tokens: dict[str, Any] = response.json()
    return tokens


def oauth_error(response: httpx.Response) -> tuple[int, str, str]:
    body = response.json()
    assert body["error_description"] == body["errors"][0]["message"]
    return response.status_code, body["error"], body["errors"][0]["errorCode"]


def origin_of(uri: str) -> str:
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
