"""The subscription looks after itself; the login is shared; nobody calls during a penalty."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from rollcall.core.errors import (
    RingCentralError,
    RingCentralFailed,
    RingCentralLoginRefused,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
)
from rollcall.core.identity import Identity, digest
from rollcall.core.party import Leg
from rollcall.core.service_token import Credentials, ServiceToken
from rollcall.core.subscription import REMINDER_FILTER, Remembered
from rollcall.services.guarded import GuardedRingCentral
from rollcall.services.service_calls import ATTEMPTS, ServiceCalls
from rollcall.services.service_login import ServiceLogin
from rollcall.services.subscription import SubscriptionKeeper
from tests.support.counted import Counted
from tests.support.fakes import Failing, FakeRingCentral

ADDRESS, FILTER = "https://ours/webhook", "/restapi/v1.0/account/~/telephony/sessions"


class FakeStore(Failing):
    """Leases, penalties and notes. A lease that is `taken` belongs to somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: set[str] = set()
        self.penalties: dict[str, int] = {}
        self.note: Remembered | None = None

    @contextmanager
    def lease(self, name: str, seconds: int) -> Iterator[bool]:
        ours = name not in self.taken
        yield ours

    def penalty(self, whose: str) -> int:
        return self.penalties.get(whose, 0)

    def punish(self, whose: str, seconds: int) -> None:
        self.penalties[whose] = seconds

    def subscription(self) -> Remembered | None:
        return self.note

    def remember_subscription(self, made: Remembered) -> None:
        self._called("remember")
        self.note = made


class FakeSecret:
    """A value, and what is left to be read before it changes to the next one."""

    def __init__(self, *values: Any) -> None:
        self.values = list(values)
        self.written: list[Any] = []

    def read(self) -> Any:
        return self.values.pop(0) if len(self.values) > 1 else self.values[0]

    def write(self, value: Any) -> None:
        self.written.append(value)
        self.values = [value]

    def current(self) -> str:
        return str(self.read())


class FakeApi(Failing):
    """RingCentral with any token."""

    def __init__(self) -> None:
        super().__init__()
        self.logins = 0
        self.tokens: list[str] = []

    def log_in(self, credentials: Credentials) -> ServiceToken:
        self._called("log_in")
        self.logins += 1
        return ServiceToken(f"token-{self.logins}", int(time.time()) + 3600, "200")

    def call(self, method: str, path: str, access_token: str, body: object = None) -> bytes:
        self.tokens.append(access_token)
        self._called(f"{method} {path.rpartition('/')[2]}")
        return b"{}"


class KeeperApi(Failing):
    """RingCentral with the service's own token, and with its subscriptions."""

    def __init__(self) -> None:
        super().__init__()
        self.subscriptions: dict[str, dict[str, Any]] = {}
        self.made = 0

    def owner_extension_id(self) -> str:
        return "200"

    def call(self, group: str, method: str, path: str, body: Any = None) -> bytes:
        last = path.rpartition("/")[2]
        self._called(f"{method} {last}")
        if method == "GET":
            return json.dumps({"records": list(self.subscriptions.values())}).encode()
        if method == "POST" and last == "subscription":
            self.made += 1
            record = {"id": f"made-{self.made}", "status": "Active", "expirationTime": "2099-01-01T00:00:00.000Z"}
            self.subscriptions[record["id"]] = record | body
            return json.dumps(self.subscriptions[record["id"]]).encode()
        if method == "DELETE":
            del self.subscriptions[last]
        return b""


class World:
    def __init__(self) -> None:
        self.api, self.store, self.token = KeeperApi(), FakeStore(), FakeSecret("secret")
        self.keeper = SubscriptionKeeper(
            self.api, self.token, self.store, self.store, address=ADDRESS, filters=(FILTER,)
        )

    def addresses(self) -> list[str]:
        return [record["deliveryMode"]["address"] for record in self.api.subscriptions.values()]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    monkeypatch.setattr("rollcall.services.service_login.WAIT_SECONDS", 0.05)


# ---- the keeper


def test_it_is_made_with_all_that_it_needs_and_then_left_alone(world: World, counted: Counted) -> None:
    for _ in range(3):
        assert world.keeper.keep()
    (record,) = world.api.subscriptions.values()
    assert list(record["eventFilters"]) == [FILTER, REMINDER_FILTER]
    assert record["deliveryMode"] == {"transportType": "WebHook", "address": ADDRESS, "verificationToken": "secret"}
    assert world.store.note == Remembered("made-1", digest("secret"))
    assert counted() == {"SubscriptionsMade": 1}


@pytest.mark.parametrize("harm", ["Blacklisted", "gone"])
def test_what_went_wrong_behind_our_back_is_mended(world: World, harm: str) -> None:
    world.keeper.keep()
    if harm == "gone":
        world.api.subscriptions.clear()
    else:
        world.api.subscriptions["made-1"]["status"] = harm
    world.keeper.keep()
    assert list(world.api.subscriptions) == ["made-2"]


def test_a_new_verification_token_makes_a_new_one_before_the_old_one_goes(world: World) -> None:
    world.keeper.keep()
    world.token.values = ["newer"]
    world.api.calls.clear()
    world.keeper.keep()
    assert world.api.calls == ["GET subscription", "POST subscription"]
    world.keeper.keep()
    assert list(world.api.subscriptions) == ["made-2"]


def test_a_changed_address_takes_the_old_one_along_and_no_other(world: World) -> None:
    world.keeper.keep()
    world.api.subscriptions["foreign"] = world.api.subscriptions["made-1"] | {
        "id": "foreign",
        "deliveryMode": {"address": "https://x/"},
    }
    moved = SubscriptionKeeper(
        world.api, world.token, world.store, world.store, address="https://new/", filters=(FILTER,)
    )
    moved.keep()
    moved.keep()
    assert sorted(world.addresses()) == ["https://new/", "https://x/"]


def test_killed_before_the_note_the_next_run_replaces_it(world: World) -> None:
    world.store.fail("remember", RingCentralFailed(None))
    with pytest.raises(RingCentralFailed):
        world.keeper.keep()
    world.keeper.keep()
    world.keeper.keep()
    assert list(world.api.subscriptions) == ["made-2"]


def test_it_is_renewed_and_gone_ones_are_no_harm(world: World, counted: Counted) -> None:
    world.keeper.keep()
    world.api.subscriptions["made-1"]["expirationTime"] = "2020-01-01T00:00:00.000Z"
    world.keeper.keep()
    world.api.fail("POST renew", RingCentralNotFound(404, "SUB-507"))
    world.keeper.keep()
    assert counted()["SubscriptionsRenewed"] == 1
    world.token.values = ["newer"]
    world.api.fail("DELETE made-1", RingCentralNotFound(404))
    for _ in range(2):
        world.keeper.keep()
    assert "made-2" in world.api.subscriptions


def test_disabled_filters_are_told(world: World, counted: Counted) -> None:
    world.keeper.keep()
    record = world.api.subscriptions["made-1"]
    record["eventFilters"], record["disabledFilters"] = [FILTER], [{"filter": REMINDER_FILTER, "reason": "x"}]
    world.keeper.keep()
    assert counted() == {"SubscriptionsMade": 1, "FiltersDisabled": 1}


def test_whoever_comes_second_does_nothing(world: World) -> None:
    world.store.taken.add("subscription")
    assert not world.keeper.keep()
    world.keeper.end()
    assert world.api.calls == []


def test_a_deployment_that_ends_takes_its_own_along(world: World) -> None:
    world.keeper.keep()
    world.api.subscriptions["foreign"] = world.api.subscriptions["made-1"] | {
        "id": "foreign",
        "deliveryMode": {"address": "https://x/"},
    }
    world.keeper.end()
    assert list(world.api.subscriptions) == ["foreign"]


# ---- the shared login


class LoginWorld:
    def __init__(self, *tokens: ServiceToken) -> None:
        self.api, self.store = FakeApi(), FakeStore()
        self.credentials, self.tokens = (
            FakeSecret(Credentials("id", "secret", "jwt")),
            FakeSecret(*tokens or [ServiceToken()]),
        )

    def login(self) -> ServiceLogin:
        return ServiceLogin(self.api, self.credentials, self.tokens, self.store)


def good(name: str = "shared") -> ServiceToken:
    return ServiceToken(name, int(time.time()) + 3600, "200")


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
    with pytest.raises(RingCentralLoginRefused):
        world.login().token()
    assert counted() == {"LoginsRefused": 2}
    assert world.api.calls == ["log_in"]


# ---- calls


def calls(world: LoginWorld) -> ServiceCalls:
    return ServiceCalls(world.api, world.login(), world.store)


def test_a_401_gets_a_fresh_token_and_one_more_try() -> None:
    world = LoginWorld(good())
    world.api.fail("GET x", RingCentralUnauthorized(401, "OAU-213"))
    assert calls(world).call("light", "GET", "/x") == b"{}"
    assert world.api.tokens == ["shared", "token-1"]
    world.api.fail("GET x", *[RingCentralUnauthorized(401)] * 2)
    with pytest.raises(RingCentralUnauthorized):
        calls(world).call("light", "GET", "/x")


@pytest.mark.parametrize(
    ("method", "error", "tries"),
    [
        ("GET", RingCentralUnavailable(None, 5), ATTEMPTS),
        ("DELETE", RingCentralFailed(500), ATTEMPTS),
        ("POST", RingCentralFailed(500), 1),
        ("GET", RingCentralFailed(400), 1),
        ("GET", RingCentralNotFound(404), 1),
    ],
)
def test_only_what_may_pass_and_can_be_repeated_is(method: str, error: RingCentralError, tries: int) -> None:
    world = LoginWorld(good())
    world.api.fail(f"{method} x", *[error] * ATTEMPTS)
    with pytest.raises(type(error)):
        calls(world).call("light", method, "/x")
    assert len(world.api.calls) == tries


def test_after_a_429_nobody_calls_that_group_until_it_is_over() -> None:
    world = LoginWorld(good())
    world.api.fail("GET x", RingCentralRateLimited(30))
    for _ in range(3):
        with pytest.raises(RingCentralRateLimited) as caught:
            calls(world).call("light", "GET", "/x")
        assert caught.value.retry_after == 30
    assert len(world.api.calls) == 1
    calls(world).call("medium", "PUT", "/x")
    assert calls(world).owner_extension_id() == "200"


def test_a_user_in_the_penalty_box_is_not_called_for_either() -> None:
    ringcentral, store = FakeRingCentral(Identity("1", "2")), FakeStore()
    guarded = GuardedRingCentral(ringcentral, store)
    ringcentral.fail("delete", RingCentralRateLimited(30))
    with pytest.raises(RingCentralRateLimited):
        guarded.delete_party("token", Leg("s", "p"))
    for ask in (lambda: guarded.delete_party("token", Leg("s", "p")), lambda: guarded.owner_of("token")):
        with pytest.raises(RingCentralRateLimited) as caught:
            ask()
        assert caught.value.retry_after == 30
    assert ringcentral.calls == ["delete"]
    assert guarded.owner_of("another") == Identity("1", "2")
    guarded.delete_party("another", Leg("s", "p"))
    assert "token" not in str(store.penalties)
