"""What becomes of the login of a page in a browser: refreshing it, ending it."""

import pytest

from local.simulator import choices, service_login
from tests.simulator.console import REVOKE, exchange, log_in, oauth_error, refresh, sign_in
from tests.simulator.harness import ALICE, ManualClock, RunningSimulator, error_of

ME = "account/~/extension/~"


class TestRefresh:
    def test_it_gives_new_tokens_and_ends_the_old(self, served: RunningSimulator) -> None:
        old = log_in(served)
        new = refresh(served, old["refresh_token"]).json()
        assert served.api("GET", ME, new["access_token"]).json()["name"] == ALICE["name"]
        assert error_of(served.api("GET", ME, old["access_token"])) == (401, "OAU-213")
        assert oauth_error(refresh(served, old["refresh_token"])) == (401, "invalid_grant", "OAU-140")
        assert refresh(served, new["refresh_token"]).status_code == 200

    def test_it_works_after_the_access_token_has_expired(self, served: RunningSimulator, clock: ManualClock) -> None:
        tokens = log_in(served)
        clock.advance(604_798)
        assert error_of(served.api("GET", ME, tokens["access_token"])) == (401, "OAU-128")
        assert refresh(served, tokens["refresh_token"]).status_code == 200

    def test_it_ends_with_the_refresh_token(self, served: RunningSimulator, clock: ManualClock) -> None:
        tokens = log_in(served)
        clock.advance(604_799)
        assert oauth_error(refresh(served, tokens["refresh_token"])) == (401, "invalid_grant", "OAU-140")

    def test_an_access_token_does_not_refresh(self, served: RunningSimulator) -> None:
        tokens = log_in(served)
        assert oauth_error(refresh(served, tokens["access_token"])) == (401, "invalid_grant", "OAU-140")
        assert served.api("GET", ME, tokens["access_token"]).status_code == 200

    def test_another_apps_refresh_token_does_not_either(self, served: RunningSimulator) -> None:
        jwt = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        service = served.token_request(jwt).json()
        assert oauth_error(refresh(served, service["refresh_token"])) == (401, "invalid_grant", "OAU-140")
        assert served.api("GET", ME, service["access_token"]).status_code == 200


class TestRevoke:
    @pytest.mark.parametrize("which", ["access_token", "refresh_token"])
    def test_either_token_ends_the_login(self, served: RunningSimulator, which: str) -> None:
        tokens = log_in(served)
        form = {"token": tokens[which], "client_id": choices.CONSOLE_CLIENT_ID}
        response = served.client.post(REVOKE, data=form)
        assert (response.status_code, response.content) == (200, b"")
        assert error_of(served.api("GET", ME, tokens["access_token"])) == (401, "OAU-213")
        assert refresh(served, tokens["refresh_token"]).status_code == 401

    def test_other_logins_stay(self, served: RunningSimulator) -> None:
        phone, first, second = served.add_user(ALICE), log_in(served), log_in(served)
        served.client.post(
            REVOKE, data={"token": first["access_token"], "client_id": choices.CONSOLE_CLIENT_ID}
        ).raise_for_status()
        assert served.api("GET", ME, second["access_token"]).status_code == 200
        assert served.api("GET", ME, phone).status_code == 200

    def test_a_token_that_is_none_is_answered_alike(self, served: RunningSimulator) -> None:
        phone = served.add_user(ALICE)
        for token in ("unknown", "", phone):
            form = {"token": token, "client_id": choices.CONSOLE_CLIENT_ID}
            assert served.client.post(REVOKE, data=form).status_code == 200
        assert served.api("GET", ME, phone).status_code == 200, "another app's"

    def test_it_asks_for_the_app(self, served: RunningSimulator) -> None:
        token = log_in(served)["access_token"]
        response = served.client.post(REVOKE, data={"token": token})
        assert oauth_error(response) == (401, "invalid_client", "OAU-123")
        assert served.api("GET", ME, token).status_code == 200

    def test_the_services_app_revokes_with_its_secret(self, served: RunningSimulator) -> None:
        token = served.log_in_service()
        auth = (service_login.CLIENT_ID, service_login.CLIENT_SECRET)
        assert served.client.post(REVOKE, data={"token": token}, auth=auth).status_code == 200
        assert error_of(served.api("GET", ME, token)) == (401, "OAU-213")


def test_refreshing_and_revoking_count_as_well(served: RunningSimulator) -> None:
    tokens = log_in(served)
    for _ in range(3):
        tokens = refresh(served, tokens["refresh_token"]).json()
    form = {"token": tokens["access_token"], "client_id": choices.CONSOLE_CLIENT_ID}
    response = served.client.post(REVOKE, data=form)
    assert (response.status_code, response.headers["x-rate-limit-remaining"]) == (200, "0")
    assert exchange(served, sign_in(served)).status_code == 429
