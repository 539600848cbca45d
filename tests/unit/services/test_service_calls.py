"""Calls with the shared token: repeated where that is safe, never in a penalty."""

import pytest

from rollcall.core.errors import (
    RingCentralError,
    RingCentralFailed,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
)
from rollcall.services.service_calls import ATTEMPTS, ServiceCalls
from tests.support.fake_tie import LoginWorld, good


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
