"""Logins, tokens and rate limits over HTTP."""

import pytest

from local.simulator import service_login
from tests.simulator.harness import ALICE, BOB, ManualClock, RunningSimulator, error_of


class TestTokens:
    def test_the_jwt_logs_the_service_in(self, served: RunningSimulator) -> None:
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        body = served.token_request(form).json()
        assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
        assert body["owner_id"] == service_login.EXTENSION_ID
        extension = served.api("GET", "account/~/extension/~", body["access_token"]).json()
        assert extension["account"]["id"] == service_login.ACCOUNT_ID

    def test_a_refresh_token_gives_a_new_login(self, served: RunningSimulator) -> None:
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        old = served.token_request(form).json()
        new = served.token_request({"grant_type": "refresh_token", "refresh_token": old["refresh_token"]}).json()
        assert served.api("GET", "account/~/extension/~", new["access_token"]).status_code == 200
        assert error_of(served.api("GET", "account/~/extension/~", old["access_token"])) == (401, "OAU-213")

    @pytest.mark.parametrize(
        ("form", "secret", "code"),
        [
            ({"grant_type": "password"}, service_login.CLIENT_SECRET, "OAU-125"),
            (
                {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "wrong"},
                service_login.CLIENT_SECRET,
                "OAU-140",
            ),
            ({"grant_type": "refresh_token", "refresh_token": "wrong"}, service_login.CLIENT_SECRET, "OAU-140"),
            ({"grant_type": "refresh_token"}, "wrong", "OAU-146"),
        ],
        ids=["grant", "jwt", "refresh-token", "secret"],
    )
    def test_a_login_that_fails(self, served: RunningSimulator, form: dict[str, str], secret: str, code: str) -> None:
        response = served.token_request(form, secret)
        body = response.json()
        assert (response.status_code, body["errors"][0]["errorCode"]) == (401, code)
        assert body["error"]
        assert body["error_description"] == body["errors"][0]["message"]

    @pytest.mark.parametrize("authorization", ["Basic ?", "Basic YTpi", "Bearer YTpi"])
    def test_an_app_that_is_unknown(self, served: RunningSimulator, authorization: str) -> None:
        headers = {"Authorization": authorization}
        response = served.client.post("/restapi/oauth/token", headers=headers, data={"grant_type": "refresh_token"})
        assert response.status_code == 401
        assert response.json()["error"] == "invalid_client"

    def test_logins_are_limited_to_five_a_minute(self, served: RunningSimulator, clock: ManualClock) -> None:
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        assert [served.token_request(form).status_code for _ in range(6)] == [200] * 5 + [429]
        clock.advance(60)
        assert served.token_request(form).status_code == 200

    @pytest.mark.parametrize(
        ("authorization", "code"),
        [("", "OAU-151"), ("Basic abc", "OAU-151"), ("Bearer", "OAU-149"), ("Bearer unknown", "OAU-213")],
    )
    def test_a_request_without_a_good_token_is_refused(
        self, served: RunningSimulator, authorization: str, code: str
    ) -> None:
        headers = {"Authorization": authorization} if authorization else {}
        response = served.client.get("/restapi/v1.0/account/~/extension/~", headers=headers)
        assert error_of(response) == (401, code)

    def test_an_expired_token_is_refused(self, served: RunningSimulator, clock: ManualClock) -> None:
        token = served.add_user(ALICE)
        clock.advance(3600)
        assert error_of(served.api("GET", "account/~/extension/~", token)) == (401, "OAU-128")


class TestRateLimits:
    def test_every_answer_says_what_is_left(self, served: RunningSimulator) -> None:
        token = served.add_user(ALICE)
        for remaining, path in [(49, "account/~/extension/~"), (48, "account/~/telephony/sessions/unknown")]:
            headers = served.api("GET", path, token).headers
            limits = {name: value for name, value in headers.items() if name.startswith("x-rate-limit-")}
            assert limits == {
                "x-rate-limit-group": "light",
                "x-rate-limit-limit": "50",
                "x-rate-limit-remaining": str(remaining),
                "x-rate-limit-window": "60",
            }

    def test_one_conference_too_many(self, served: RunningSimulator, clock: ManualClock) -> None:
        token = served.add_user(ALICE)
        for _ in range(10):
            served.open_conference(token, host_joined=False)
        response = served.api("POST", "account/~/telephony/conference", token)
        assert error_of(response) == (429, "CMN-301")
        assert response.headers["retry-after"] == "60"
        assert response.headers["x-rate-limit-remaining"] == "0"
        second_login = served.add_user(ALICE)
        assert served.api("POST", "account/~/telephony/conference", second_login).status_code == 429
        assert served.api("POST", "account/~/telephony/conference", served.add_user(BOB)).status_code == 201
        clock.advance(60)
        assert served.api("POST", "account/~/telephony/conference", token).status_code == 201
