"""What a code is exchanged for."""

import pytest

from local.simulator import choices, service_login
from local.simulator.authorization import AuthorizationCodes, challenge_of, read_authorization
from local.simulator.errors import RingCentralError
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Owner
from tests.simulator.console import ASKED, EXCHANGE, TOKEN, VERIFIER, exchange, log_in, oauth_error, sign_in
from tests.simulator.harness import ALICE, BOB, ManualClock, RunningSimulator, error_of

ME = "account/~/extension/~"


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class TestExchange:
    def test_a_code_logs_its_user_in(self, served: RunningSimulator) -> None:
        tokens = exchange(served, sign_in(served)).json()
        assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
        assert tokens["refresh_token_expires_in"] == 604_799
        assert tokens["owner_id"] == ALICE["extensionId"]
        extension = served.api("GET", ME, tokens["access_token"]).json()
        assert (extension["name"], extension["account"]["id"]) == (ALICE["name"], ALICE["accountId"])

    def test_a_code_is_good_once(self, served: RunningSimulator) -> None:
        code = sign_in(served)
        assert exchange(served, code).status_code == 200
        assert oauth_error(exchange(served, code)) == (403, "invalid_grant", "OAU-106")

    @pytest.mark.parametrize(("after", "status"), [(59.9, 200), (60, 403)])
    def test_a_code_is_good_for_a_minute(
        self, served: RunningSimulator, clock: ManualClock, after: float, status: int
    ) -> None:
        code = sign_in(served)
        clock.advance(after)
        response = exchange(served, code)
        assert response.status_code == status
        if status == 403:
            assert oauth_error(response) == (403, "invalid_grant", "OAU-108")

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({"redirect_uri": "http://localhost:1/console/index.html"}, (403, "invalid_grant", "OAU-109")),
            ({"redirect_uri": ""}, (403, "invalid_grant", "OAU-109")),
            ({"code_verifier": VERIFIER + "x"}, (403, "invalid_grant", choices.VERIFIER_MISMATCH_CODE)),
            ({"code_verifier": ""}, (403, "invalid_grant", choices.VERIFIER_MISMATCH_CODE)),
            ({"code_verifier": "ü"}, (403, "invalid_grant", choices.VERIFIER_MISMATCH_CODE)),
            ({"code_verifier": ASKED["code_challenge"]}, (403, "invalid_grant", choices.VERIFIER_MISMATCH_CODE)),
        ],
    )
    def test_a_code_is_bound_and_a_wrong_try_uses_it_up(
        self, served: RunningSimulator, changed: dict[str, str], error: tuple[int, str, str]
    ) -> None:
        code = sign_in(served)
        assert oauth_error(exchange(served, code, **changed)) == error
        assert oauth_error(exchange(served, code)) == (403, "invalid_grant", "OAU-106")

    def test_a_code_is_bound_to_the_app(self, clock: ManualClock) -> None:
        codes = AuthorizationCodes(clock, Identifiers())
        asked = read_authorization(ASKED)
        code = codes.issue(asked, Owner("1", "2"))
        with pytest.raises(RingCentralError) as caught:
            codes.use(code, "another-app", asked.redirect_uri, VERIFIER)
        assert (caught.value.status, caught.value.code) == (403, "OAU-110")

    @pytest.mark.parametrize(
        ("changed", "error"),
        [
            ({}, (403, "invalid_grant", "OAU-106")),
            ({"code": ""}, (403, "invalid_grant", "OAU-106")),
            ({"client_id": ""}, (401, "invalid_client", "OAU-123")),
            ({"client_id": "somebody-else"}, (401, "invalid_client", "OAU-146")),
            ({"client_id": service_login.CLIENT_ID}, (401, "invalid_client", "OAU-146")),
            ({"grant_type": "password"}, (401, "unsupported_grant_type", "OAU-125")),
            ({"grant_type": ""}, (401, "unsupported_grant_type", "OAU-125")),
            (
                {
                    "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
                    "assertion": service_login.JWT,
                },
                (401, "unsupported_grant_type", "OAU-125"),
            ),
        ],
    )
    def test_an_exchange_that_fails(
        self, served: RunningSimulator, changed: dict[str, str], error: tuple[int, str, str]
    ) -> None:
        served.add_user(ALICE)
        assert oauth_error(served.client.post(TOKEN, data={**EXCHANGE, "code": "unknown", **changed})) == error

    def test_the_services_app_has_no_use_for_a_code(self, served: RunningSimulator) -> None:
        code = sign_in(served)
        form = {"grant_type": "authorization_code", "code": code}
        assert oauth_error(served.token_request(form)) == (401, "unsupported_grant_type", "OAU-125")
        assert exchange(served, code).status_code == 200

    def test_a_reset_forgets_codes(self, served: RunningSimulator) -> None:
        code = sign_in(served)
        served.control("reset")
        served.add_user(ALICE)
        assert oauth_error(exchange(served, code)) == (403, "invalid_grant", "OAU-106")

    def test_a_login_more_than_five_ends_the_oldest(self, served: RunningSimulator, clock: ManualClock) -> None:
        logins = []
        for _ in range(6):
            logins.append(log_in(served)["access_token"])
            clock.advance(20)
        assert [served.api("GET", ME, token).status_code for token in logins] == [401] + [200] * 5


class TestRateLimit:
    def test_it_is_counted_for_each_user_with_the_app(self, served: RunningSimulator, clock: ManualClock) -> None:
        for left in ("4", "3", "2", "1", "0"):
            response = exchange(served, sign_in(served))
            assert response.status_code == 200
            assert response.headers["x-rate-limit-group"] == "auth"
            assert response.headers["x-rate-limit-remaining"] == left
        assert error_of(exchange(served, sign_in(served))) == (429, "CMN-301")
        assert exchange(served, sign_in(served, BOB)).status_code == 200, "another user"
        served.log_in_service()
        clock.advance(60)
        assert exchange(served, sign_in(served)).status_code == 200

    def test_what_names_no_user_is_counted_for_the_app(self, served: RunningSimulator) -> None:
        statuses = [exchange(served, "unknown").status_code for _ in range(6)]
        assert statuses == [403] * 5 + [429]
        assert exchange(served, sign_in(served)).status_code == 200


def test_faults_strike_the_token_endpoint(served: RunningSimulator) -> None:
    code = sign_in(served)
    fault = {"method": "POST", "pathPattern": "oauth/token$", "status": 503, "retryAfter": 2, "times": 1}
    served.control("faults", {"api": [fault]}, "PUT")
    assert exchange(served, code).status_code == 503
    assert exchange(served, code).status_code == 200
    log = served.control("requests", method="GET").json()
    assert [(entry["path"], entry["status"]) for entry in log[-2:]] == [(TOKEN, 503), (TOKEN, 200)]
