"""Whose access token it is."""

import pytest

from rollcall.core.errors import (
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
    StorageFailed,
    Unauthenticated,
)
from rollcall.core.identity import Identity, digest
from rollcall.services.authorizer import Authorizer
from tests.support.events import ACCOUNT, EXTENSION
from tests.support.fakes import FakeIdentities, FakeRingCentral, throttled

ME = Identity(ACCOUNT, EXTENSION)


class World:
    def __init__(self) -> None:
        self.identities, self.ringcentral = FakeIdentities(), FakeRingCentral(ME)
        self.authorizer = Authorizer(self.identities, self.ringcentral)


@pytest.fixture
def world() -> World:
    return World()


def test_ringcentral_is_asked_once_and_only_a_hash_is_remembered(world: World) -> None:
    for _ in range(3):
        assert world.authorizer.identify("Bearer my-token") == ME
    assert world.ringcentral.calls == ["owner_of"]
    assert list(world.identities.known) == [digest("my-token")]


@pytest.mark.parametrize("header", [None, "", "Basic abc", "Bearer "])
def test_without_a_token_nobody_is_asked(world: World, header: str | None) -> None:
    with pytest.raises(Unauthenticated):
        world.authorizer.identify(header)
    assert (world.identities.calls, world.ringcentral.calls) == ([], [])


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (RingCentralUnauthorized(401, "OAU-213"), Unauthenticated),
        (RingCentralForbidden(403, "CMN-401"), RingCentralForbidden),
        (RingCentralRateLimited(30), RingCentralRateLimited),
        (RingCentralFailed(500), RingCentralFailed),
        (RingCentralUnavailable(None, 5), RingCentralUnavailable),
    ],
)
def test_without_an_answer_there_is_no_identity(world: World, error: RingCentralError, raised: type[Exception]) -> None:
    world.ringcentral.fail("owner_of", error)
    with pytest.raises(raised):
        world.authorizer.identify("Bearer my-token")
    assert world.identities.known == {}


def test_who_is_known_is_known_even_if_it_can_not_be_remembered(world: World) -> None:
    world.identities.fail("remember_identity", throttled())
    assert world.authorizer.identify("Bearer my-token") == ME


def test_a_table_that_fails_is_no_reason_to_guess(world: World) -> None:
    world.identities.fail("identity", throttled())
    with pytest.raises(StorageFailed):
        world.authorizer.identify("Bearer my-token")
