"""The small rules: rate limits, tokens, event filters, faults, and what a webhook's handshake must be."""

import pytest

from local.simulator.errors import RingCentralError
from local.simulator.handshake import WebhookResponse, check_address, check_response
from local.simulator.identifiers import Identifiers
from local.simulator.rate_limits import LIMITS, Group, RateLimits
from local.simulator.simulator import Simulator
from local.simulator.tokens import ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS, Tokens
from local.simulator.users import User
from tests.simulator.harness import ManualClock

EXTENSION_FILTER = "/restapi/v1.0/account/~/extension/~/telephony/sessions"


class TestRateLimits:
    @pytest.mark.parametrize(("group", "limit"), [("heavy", 10), ("medium", 40), ("light", 50), ("auth", 5)])
    def test_each_group_has_its_limit(self, clock: ManualClock, group: str, limit: int) -> None:
        limits = RateLimits(clock)
        verdicts = [limits.count("alice", Group(group)) for _ in range(limit + 1)]
        assert [verdict.remaining for verdict in verdicts] == [*range(limit - 1, -1, -1), 0]
        assert [verdict.retry_after for verdict in verdicts] == [None] * limit + [60]

    def test_groups_and_users_are_counted_apart(self, clock: ManualClock) -> None:
        limits = RateLimits(clock)
        self.use_up(limits)
        assert limits.count("alice", Group.LIGHT).retry_after is None
        assert limits.count("bob", Group.HEAVY).retry_after is None

    def test_a_new_window_begins_after_a_minute(self, clock: ManualClock) -> None:
        limits = RateLimits(clock)
        self.use_up(limits)
        clock.advance(60)
        assert limits.count("alice", Group.HEAVY).retry_after is None

    def test_a_request_during_the_penalty_restarts_it(self, clock: ManualClock) -> None:
        limits = RateLimits(clock)
        self.use_up(limits)
        assert limits.count("alice", Group.HEAVY).retry_after == 60
        clock.advance(59)
        assert limits.count("alice", Group.HEAVY).retry_after == 60
        clock.advance(59)
        assert limits.count("alice", Group.HEAVY).retry_after == 60, "118 s after the first, but 59 s after the last"
        clock.advance(60)
        assert limits.count("alice", Group.HEAVY).retry_after is None

    @staticmethod
    def use_up(limits: RateLimits) -> None:
        for _ in range(LIMITS[Group.HEAVY]):
            assert limits.count("alice", Group.HEAVY).retry_after is None


class TestTokens:
    def test_a_token_expires(self, clock: ManualClock, alice: User) -> None:
        tokens = Tokens(clock, Identifiers())
        login = tokens.issue(alice, "app")
        clock.advance(ACCESS_TOKEN_SECONDS - 1)
        assert tokens.find(login.access_token) is login
        clock.advance(1)
        with pytest.raises(RingCentralError) as caught:
            tokens.find(login.access_token)
        assert (caught.value.status, caught.value.code) == (401, "OAU-128")

    def test_a_sixth_login_ends_the_oldest(self, clock: ManualClock, alice: User, bob: User) -> None:
        tokens = Tokens(clock, Identifiers())
        others = [tokens.issue(bob, "app"), tokens.issue(alice, "other app")]
        first, *rest = [tokens.issue(alice, "app") for _ in range(6)]
        with pytest.raises(RingCentralError) as caught:
            tokens.find(first.access_token)
        assert (caught.value.status, caught.value.code) == (401, "OAU-213")
        assert all(tokens.find(login.access_token) for login in [*rest, *others])

    def test_a_refresh_token_is_good_once(self, clock: ManualClock, alice: User) -> None:
        tokens = Tokens(clock, Identifiers())
        login = tokens.issue(alice, "app")
        with pytest.raises(RingCentralError):
            tokens.end_by_refresh_token(login.refresh_token, "other app")
        assert tokens.end_by_refresh_token(login.refresh_token, "app") == alice.owner
        with pytest.raises(RingCentralError) as caught:
            tokens.end_by_refresh_token(login.refresh_token, "app")
        assert caught.value.code == "OAU-140"
        with pytest.raises(RingCentralError):
            tokens.find(login.access_token)

    def test_a_refresh_token_expires(self, clock: ManualClock, alice: User) -> None:
        tokens = Tokens(clock, Identifiers())
        login = tokens.issue(alice, "app")
        clock.advance(REFRESH_TOKEN_SECONDS)
        with pytest.raises(RingCentralError) as caught:
            tokens.end_by_refresh_token(login.refresh_token, "app")
        assert caught.value.code == "OAU-140"


class TestUsers:
    def test_the_same_ids_again_are_the_same_extension_and_phone(self, simulator: Simulator, alice: User) -> None:
        again = simulator.users.put(alice.account_id, alice.extension_id, "Alice Adams", "+12055550107", admin=True)
        assert (again.extension_number, again.device_id) == (alice.extension_number, alice.device_id)
        assert (again.name, again.phone_number, again.admin) == ("Alice Adams", "+12055550107", True)
        assert simulator.users.find(alice.owner) is again


class TestHandshake:
    TOKEN = "8cf43862-2d31-4c8c-9bd6-4f8fb5b5b2e0"

    def response(self, **change: object) -> WebhookResponse:
        headers = [("content-type", "application/json"), ("Validation-Token", self.TOKEN)]
        fields = {"status_line": "HTTP/1.1 200 OK", "status": 200, "headers": headers, "body": b"", **change}
        return WebhookResponse(**fields)  # type: ignore[arg-type]

    def test_a_plain_echo_passes(self) -> None:
        check_response(self.response(), self.TOKEN)

    def test_the_whole_response_may_have_1024_bytes(self) -> None:
        # As sent: "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nValidation-Token: <36 characters>\r\n\r\n"
        head = 17 + 32 + 56 + 2
        check_response(self.response(body=b" " * (1024 - head)), self.TOKEN)
        with pytest.raises(RingCentralError) as caught:
            check_response(self.response(body=b" " * (1025 - head)), self.TOKEN)
        assert caught.value.code == "SUB-525"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"status": 204}, "SUB-522"),
            ({"headers": [("content-type", "application/json"), ("validation-token", "another")]}, "SUB-525"),
            ({"headers": [("content-type", "application/json")]}, "SUB-525"),
            ({"headers": [("content-type", "text/html"), ("validation-token", TOKEN)]}, "SUB-525"),
            ({"headers": [("validation-token", TOKEN)]}, "SUB-525"),
        ],
    )
    def test_anything_else_does_not(self, change: dict[str, object], code: str) -> None:
        with pytest.raises(RingCentralError) as caught:
            check_response(self.response(**change), self.TOKEN)
        assert (caught.value.status, caught.value.code) == (400, code)

    @pytest.mark.parametrize(
        ("address", "code"),
        [
            ("http://rollcall.example/webhook", "SUB-523"),
            ("https://rollcall.example/webhook", "CMN-101"),
            ("ftp://127.0.0.1/webhook", "CMN-101"),
            ("webhook", "CMN-101"),
        ],
    )
    def test_addresses_that_are_not_on_this_machine_are_refused(self, address: str, code: str) -> None:
        with pytest.raises(RingCentralError) as caught:
            check_address(address)
        assert (caught.value.status, caught.value.code) == (400, code)

    @pytest.mark.parametrize("host", ["127.0.0.1:4566", "localhost:4566", "api.localhost", "[::1]:4566"])
    def test_addresses_on_this_machine_are_fine(self, host: str) -> None:
        check_address(f"http://{host}/webhook")
