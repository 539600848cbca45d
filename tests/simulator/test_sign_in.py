"""The page on which somebody signs in."""

import base64
import hashlib
import re

import pytest

from local.simulator import choices, service_login
from tests.simulator.console import ASKED, AUTHORIZE, REDIRECT_URI, Page, key_of, origin_of, sent_back
from tests.simulator.harness import ALICE, BOB, RunningSimulator

NEWCOMER = {
    "name": "Greta Green",
    "phoneNumber": "+12055550111",
    "accountId": ALICE["accountId"],
    "extensionId": "700200009",
}


def test_everybody_who_was_added_may_sign_in(served: RunningSimulator) -> None:
    served.add_user(ALICE)
    served.add_user(BOB)
    response = served.client.get(AUTHORIZE, params=ASKED)
    assert response.status_code == 200
    keys = re.findall(r'name="user" value="([^"]*)"', response.text)
    assert keys == [key_of(ALICE), key_of(BOB)], "the service is no person"
    for words in ("Sign in as Alice Agent", "Sign in as Bob Bailey", ALICE["phoneNumber"], choices.CONSOLE_CLIENT_ID):
        assert words in Page(response.text).words
    assert "RingCentral simulator" in Page(response.text).words


def test_the_request_is_carried_in_every_form(served: RunningSimulator) -> None:
    served.add_user(ALICE)
    forms = Page(served.client.get(AUTHORIZE, params=ASKED).text).forms
    assert len(forms) == 3
    for form in forms:
        assert {name: form[name] for name in ASKED} == ASKED


def test_a_known_user_signs_in(served: RunningSimulator) -> None:
    served.add_user(ALICE)
    known = Page(served.client.get(AUTHORIZE, params=ASKED).text).forms[0]
    response = served.client.post(AUTHORIZE, data=known)
    back = sent_back(response)
    assert back.pop("code")
    assert back == {"state": ASKED["state"], "expires_in": "60"}
    assert response.headers["cache-control"] == "no-store"


def test_without_a_state_none_is_sent_back(served: RunningSimulator) -> None:
    served.add_user(ALICE)
    asked = {name: value for name, value in ASKED.items() if name != "state"}
    known = Page(served.client.get(AUTHORIZE, params=asked).text).forms[0]
    assert sent_back(served.client.post(AUTHORIZE, data=known)).keys() == {"code", "expires_in"}


def test_the_suggested_newcomer_can_sign_in_at_once(served: RunningSimulator) -> None:
    for number in range(1, 6):
        newcomer = Page(served.client.get(AUTHORIZE, params=ASKED).text).forms[-2]
        assert "code" in sent_back(served.client.post(AUTHORIZE, data=newcomer))
        users = served.control("users", method="GET").json()
        assert len({user["extensionId"] for user in users}) == number
    assert {name: users[0][name] for name in ALICE} == ALICE


def test_somebody_new_is_added(served: RunningSimulator) -> None:
    assert "code" in sent_back(served.client.post(AUTHORIZE, data={**ASKED, **NEWCOMER, "name": " Greta Green "}))
    assert served.control("users", method="GET").json() == [NEWCOMER]


@pytest.mark.parametrize(
    ("field", "value", "label"),
    [
        ("name", " ", "Name"),
        ("phoneNumber", "5" * 257, "Phone number"),
        ("accountId", "a b", "Account id"),
        ("extensionId", "", "Extension id"),
    ],
)
def test_a_newcomer_who_is_not_complete_is_asked_again(
    served: RunningSimulator, field: str, value: str, label: str
) -> None:
    response = served.client.post(AUTHORIZE, data={**ASKED, **NEWCOMER, field: value})
    assert response.status_code == 400
    assert re.search(rf'role="alert"[^>]*>{label}: 1 to ', response.text)
    assert re.search(rf'<input id="{field}"[^>]* aria-invalid="true"', response.text)
    assert response.text.count(' aria-invalid="true"') == 1
    kept = Page(response.text).forms[-2]
    assert {name: kept[name] for name in NEWCOMER if name != field} == {
        name: text for name, text in NEWCOMER.items() if name != field
    }
    assert served.control("users", method="GET").json() == []


def test_somebody_who_is_forgotten_meanwhile_is_asked_again(served: RunningSimulator) -> None:
    response = served.client.post(AUTHORIZE, data={**ASKED, "user": key_of(ALICE)})
    assert (response.status_code, "forgotten" in response.text) == (400, True)
    assert "Sign in as" not in response.text


def test_whoever_cancels_is_sent_back_without_a_code(served: RunningSimulator) -> None:
    served.add_user(ALICE)
    cancel = Page(served.client.get(AUTHORIZE, params=ASKED).text).forms[-1]
    assert sent_back(served.client.post(AUTHORIZE, data=cancel)) == {"error": "access_denied", "state": ASKED["state"]}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"client_id": "somebody-else"}, "OAU-146"),
        ({"client_id": service_login.CLIENT_ID}, "OAU-146"),
        ({"client_id": ""}, "OAU-146"),
        ({"redirect_uri": "https://example.com/console/index.html"}, "OAU-109"),
        ({"redirect_uri": ""}, "OAU-109"),
        ({"response_type": "token"}, "CMN-101"),
        ({"response_type": ""}, "CMN-101"),
        ({"code_challenge": ""}, "CMN-101"),
        ({"code_challenge": ASKED["code_challenge"] + "="}, "CMN-101"),
        ({"code_challenge_method": "plain"}, "CMN-101"),
        ({"code_challenge_method": ""}, "CMN-101"),
    ],
)
def test_what_may_not_be_asked_ends_on_a_page(
    served: RunningSimulator, method: str, changed: dict[str, str], code: str
) -> None:
    served.add_user(ALICE)
    asked = {name: value for name, value in {**ASKED, "user": key_of(ALICE), **changed}.items() if value}
    sent = {"params": asked} if method == "GET" else {"data": asked}
    response = served.client.request(method, AUTHORIZE, **sent)  # type: ignore[arg-type]
    assert response.status_code == 400
    assert "location" not in response.headers
    assert code in Page(response.text).words
    assert Page(response.text).forms == []
    assert "form-action 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("uri", "good"),
    [
        (REDIRECT_URI, True),
        ("http://127.0.0.1:8080/console/index.html", True),
        ("http://localhost/console/index.html", True),
        ("http://localhost:4566/index.html", False),
        ("http://localhost:4566/console/index.html?next=x", False),
        ("http://localhost:4566/console/index.html#x", False),
        ("http://localhost:4566/console/index.html\n", False),
        ("http://localhost:4566/other-console/index.html", False),
        ("http://localhost.example.com/console/index.html", False),
        ("http://localhost:4566@example.com/console/index.html", False),
        ("http://user@localhost:4566/console/index.html", False),
        ("http://example.com/http://localhost/console/index.html", False),
        ("http://localhost:4566\\@example.com/console/index.html", False),
        ("https://localhost:4566/console/index.html", False),
        ("javascript://localhost/console/index.html", False),
        ("//localhost/console/index.html", False),
    ],
)
def test_the_pages_a_code_may_be_sent_to(uri: str, good: bool) -> None:
    assert choices.is_redirect_uri(uri) is good


class TestPage:
    def test_names_are_text(self, served: RunningSimulator) -> None:
        served.add_user({**ALICE, "name": '<img src=x onerror="alert(1)">', "phoneNumber": "'\"><script>"})
        asked = {**ASKED, "state": "\"><script>alert('state')</script>"}
        page = Page(served.client.get(AUTHORIZE, params=asked).text)
        assert {"img", "script"}.isdisjoint(page.tags)
        assert 'Sign in as <img src=x onerror="alert(1)">' in page.words
        assert page.forms[0]["state"] == asked["state"]

    def test_what_was_typed_is_text(self, served: RunningSimulator) -> None:
        typed = {**NEWCOMER, "name": '"><script>alert(1)</script>', "accountId": '" onfocus="alert(1)'}
        page = Page(served.client.post(AUTHORIZE, data={**ASKED, **typed}).text)
        assert "script" not in page.tags
        assert {name: page.forms[-2][name] for name in typed} == typed

    def test_it_may_load_and_run_nothing(self, served: RunningSimulator) -> None:
        response = served.client.get(AUTHORIZE, params=ASKED)
        policy = dict(part.strip().split(" ", 1) for part in response.headers["content-security-policy"].split(";"))
        style = policy.pop("style-src")
        assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", style)
        assert policy == {
            "default-src": "'none'",
            "form-action": f"'self' {origin_of(REDIRECT_URI)}",
            "base-uri": "'none'",
            "frame-ancestors": "'none'",
        }
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert {"script", "img", "link", "iframe"}.isdisjoint(Page(response.text).tags)

    def test_its_style_is_the_one_that_is_allowed(self, served: RunningSimulator) -> None:
        response = served.client.get(AUTHORIZE, params=ASKED)
        [style] = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in response.headers["content-security-policy"]


def test_faults_and_the_log_know_the_endpoint(served: RunningSimulator) -> None:
    fault = {"method": "GET", "pathPattern": "authorize", "status": 503, "times": 1}
    served.control("faults", {"api": [fault]}, "PUT")
    assert [served.client.get(AUTHORIZE, params=ASKED).status_code for _ in range(2)] == [503, 200]
    log = served.control("requests", method="GET").json()
    assert [(entry["path"], entry["status"]) for entry in log] == [(AUTHORIZE, 503), (AUTHORIZE, 200)]
