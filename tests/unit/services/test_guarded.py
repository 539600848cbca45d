"""Nobody calls RingCentral for a user in the penalty box."""

import pytest

from rollcall.core.errors import (
    RingCentralRateLimited,
)
from rollcall.core.identity import Identity
from rollcall.core.party import Leg
from rollcall.services.guarded import GuardedRingCentral
from tests.support.fake_tie import FakeStore
from tests.support.fakes import FakeRingCentral


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
