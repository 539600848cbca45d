"""One login for everybody."""

import pytest

from rollcall.core.errors import (
    CredentialsMissing,
    RingCentralLoginRefused,
    RingCentralUnavailable,
    StorageFailed,
)
from rollcall.core.service_token import Credentials, ServiceToken
from tests.support.counted import Counted
from tests.support.fake_tie import LoginWorld, good


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollcall.services.service_login.WAIT_SECONDS", 0.05)


def test_ten_cold_starts_log_in_once() -> None:
    world = LoginWorld()
    assert {world.login().token().access_token for _ in range(10)} == {"token-1"}
    assert world.api.logins == 1


def test_a_token_that_is_known_is_not_read_again() -> None:
    world = LoginWorld(good())
    login = world.login()
    login.token()
    world.tokens.values = [ServiceToken()]
    assert login.token().access_token == "shared"


def test_a_refused_token_is_replaced_and_not_one_that_somebody_else_got_meanwhile() -> None:
    world = LoginWorld(good("other"))
    assert world.login().token(refused=good("shared")).access_token == "other"
    assert world.login().token(refused=good("other")).access_token == "token-1"


def test_while_somebody_else_logs_in_their_token_is_waited_for() -> None:
    world = LoginWorld(ServiceToken(), ServiceToken(), good())
    world.store.taken.add("ringcentral-login")
    assert world.login().token().access_token == "shared"
    assert world.api.logins == 0


def test_somebody_who_logged_in_just_before_is_not_repeated() -> None:
    world = LoginWorld(ServiceToken(), good())
    assert world.login().token().access_token == "shared"
    assert world.api.logins == 0


def test_nobody_is_waited_for_endlessly() -> None:
    world = LoginWorld()
    world.store.taken.add("ringcentral-login")
    with pytest.raises(RingCentralUnavailable):
        world.login().token()


def test_wrong_and_missing_credentials_are_told(counted: Counted) -> None:
    world = LoginWorld()
    world.api.fail("log_in", RingCentralLoginRefused(401, "OAU-146"))
    with pytest.raises(RingCentralLoginRefused):
        world.login().token()
    world.credentials.values = [Credentials()]
    with pytest.raises(CredentialsMissing):
        world.login().token()
    assert counted() == {"LoginsRefused": 1, "CredentialsMissing": 1}
    assert world.api.calls == ["log_in"]


def test_a_good_login_is_used_though_its_token_can_not_be_stored(counted: Counted) -> None:
    world = LoginWorld()
    world.tokens.fail("write", StorageFailed("InternalServerError"))
    login = world.login()
    assert login.token().access_token == "token-1"
    assert login.token().access_token == "token-1"
    assert (world.api.logins, counted()) == (1, {"Logins": 1, "ServiceTokensNotStored": 1})
