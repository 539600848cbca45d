"""What a page in a browser may call from another origin."""

import pytest

from local.simulator import choices
from tests.simulator.console import REVOKE, TOKEN
from tests.simulator.harness import ALICE, RunningSimulator

ORIGIN = "http://localhost:4566"


@pytest.mark.parametrize("origin", [ORIGIN, "http://127.0.0.1:8080", "http://localhost"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", TOKEN),
        ("POST", REVOKE),
        ("GET", "/restapi/v1.0/account/~/extension/~"),
        ("DELETE", "/restapi/v1.0/account/~/telephony/sessions/s-1/parties/p-1"),
        ("PUT", "/simulator/faults"),
    ],
)
def test_a_page_on_this_machine_may_ask(served: RunningSimulator, method: str, path: str, origin: str) -> None:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type,x-user-agent",
    }
    response = served.client.options(path, headers=headers)
    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == origin
    assert method in response.headers["access-control-allow-methods"].split(", ")
    assert response.headers["access-control-allow-headers"] == "authorization,content-type,x-user-agent"
    assert "access-control-allow-credentials" not in response.headers
    assert served.control("requests", method="GET").json() == [], "a preflight is no request"


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "http://localhost.example.com",
        "http://example.com:4566",
        "http://127.0.0.1.example.com",
        "https://localhost:4566",
        "http://localhost:4566/",
        "null",
    ],
)
def test_other_pages_may_not(served: RunningSimulator, origin: str) -> None:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    response = served.client.options("/simulator/users", headers=headers)
    assert response.status_code == 400
    assert "access-control-allow-origin" not in response.headers
    response = served.client.get("/simulator/users", headers={"Origin": origin})
    assert "access-control-allow-origin" not in response.headers


def test_a_page_reads_answers_errors_and_limits(served: RunningSimulator) -> None:
    token = served.add_user(ALICE)
    for authorization, status in ((f"Bearer {token}", 200), ("Bearer unknown", 401)):
        response = served.client.get(
            "/restapi/v1.0/account/~/extension/~", headers={"Origin": ORIGIN, "Authorization": authorization}
        )
        assert response.status_code == status
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert "Origin" in response.headers["vary"]
        exposed = response.headers["access-control-expose-headers"].split(", ")
        assert {"Retry-After", "X-Rate-Limit-Remaining"} <= set(exposed)


def test_a_page_reads_why_a_login_failed(served: RunningSimulator) -> None:
    form = {"grant_type": "authorization_code", "client_id": choices.CONSOLE_CLIENT_ID}
    response = served.client.post(TOKEN, data=form, headers={"Origin": ORIGIN})
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (403, ORIGIN)
