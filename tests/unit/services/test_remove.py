"""Removing somebody."""

import time

import pytest

from rollcall.core.errors import (
    HostNotRemovable,
    HostOnly,
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralNotFound,
    RingCentralRateLimited,
    RingCentralUnauthorized,
    RingCentralUnavailable,
    UnknownConference,
    UnknownParticipant,
)
from rollcall.core.identity import Identity
from rollcall.core.party import Leg
from rollcall.core.policy import Policy
from rollcall.core.roster import Roster, apply, leg_changes
from rollcall.services.remove import Remove
from tests.support.events import (
    ACCOUNT,
    CONFERENCE,
    EXTENSION,
    as_body,
    host_notification,
    in_conference,
    leg_name,
    notification,
    status,
)
from tests.support.fakes import FakeDoubts, FakeRingCentral, FakeRosters, throttled
from tests.support.pipeline import deliver

ME = Identity(ACCOUNT, EXTENSION)
DIRECT = Leg(*leg_name(1))
IN_CONFERENCE = Leg(CONFERENCE, "p-conf-2")
NOT_FOUND, FORBIDDEN = RingCentralNotFound(404, "CMN-102"), RingCentralForbidden(403, "CMN-408")
ACCOUNT_WIDE = Policy()


class World:
    def __init__(self, policy: Policy = ACCOUNT_WIDE) -> None:
        self.rosters, self.doubts, self.ringcentral = FakeRosters(), FakeDoubts(), FakeRingCentral()
        self.service = Remove(self.rosters, self.doubts, self.ringcentral, policy)
        self.happens(
            notification(9, in_conference("p-conf-2")),
            notification(9, in_conference("p-conf-3"), call=2),
            notification(11, status("Disconnected"), call=2),
            host_notification(3, "Answered"),
        )

    def happens(self, *contents: dict[str, object]) -> None:
        key = (ACCOUNT, CONFERENCE)
        for old, new in deliver([as_body(content) for content in contents]).stream:
            roster = self.rosters.stored.get(key) or Roster(*key)
            self.rosters.stored[key] = apply(roster, leg_changes(old, new), now=1)

    def remove(self, participant_id: str = "p-conf-2", conference_id: str = CONFERENCE, me: Identity = ME) -> str:
        return self.service.remove(me, "my-token", conference_id, participant_id)


@pytest.fixture
def world() -> World:
    return World()


def test_the_leg_of_the_direct_call_is_deleted_with_the_callers_own_token(world: World) -> None:
    assert world.remove() == "requested"
    assert world.ringcentral.deleted == [("my-token", DIRECT)]


def test_a_colleague_may_ask_unless_only_the_host_may() -> None:
    colleague = Identity(ACCOUNT, "700200099")
    assert World(Policy()).remove(me=colleague) == "requested"
    world = World(Policy(remove="host"))
    with pytest.raises(HostOnly):
        world.remove(me=colleague)
    assert world.ringcentral.deleted == []
    assert world.remove() == "requested"


def test_what_a_colleague_may_not_see_is_not_there_to_be_removed() -> None:
    world = World(Policy(watch="host"))
    with pytest.raises(UnknownConference):
        world.remove(me=Identity(ACCOUNT, "700200099"))
    assert world.ringcentral.deleted == []


def test_the_roster_stays_until_the_legs_own_event(world: World) -> None:
    before = world.rosters.stored[ACCOUNT, CONFERENCE]
    world.remove()
    assert world.rosters.stored[ACCOUNT, CONFERENCE] is before


@pytest.mark.parametrize("first", [NOT_FOUND, FORBIDDEN])
def test_what_fails_there_is_tried_at_the_conferences_own_leg(world: World, first: RingCentralError) -> None:
    world.ringcentral.fail("delete", first)
    assert world.remove() == "requested"
    assert [leg for _, leg in world.ringcentral.deleted] == [DIRECT, IN_CONFERENCE]


def test_who_has_left_is_not_removed_again(world: World) -> None:
    assert world.remove("p-conf-3") == "already-left"
    assert world.ringcentral.deleted == []


def test_who_leaves_while_ringcentral_is_asked_has_left(world: World) -> None:
    world.ringcentral.fail("delete", NOT_FOUND, NOT_FOUND)
    load = world.rosters.load

    def load_and_leave(account_id: str, conference_id: str) -> Roster:
        roster = load(account_id, conference_id)
        world.happens(notification(9, in_conference("p-conf-2")), notification(11, status("Disconnected")))
        return roster

    world.rosters.load = load_and_leave  # type: ignore[method-assign]
    assert world.remove() == "already-left"


@pytest.mark.parametrize(
    ("errors", "raised"),
    [
        ([NOT_FOUND, NOT_FOUND], RingCentralNotFound),
        ([FORBIDDEN, NOT_FOUND], RingCentralForbidden),
        ([NOT_FOUND, FORBIDDEN], RingCentralForbidden),
        ([FORBIDDEN, FORBIDDEN], RingCentralForbidden),
        ([NOT_FOUND, RingCentralFailed(500)], RingCentralFailed),
        ([RingCentralUnauthorized(401, "OAU-213")], RingCentralUnauthorized),
        ([RingCentralRateLimited(30)], RingCentralRateLimited),
        ([RingCentralFailed(500)], RingCentralFailed),
        ([RingCentralUnavailable(None, 5)], RingCentralUnavailable),
    ],
)
def test_ringcentrals_refusal_reaches_the_caller(
    world: World, errors: list[RingCentralError], raised: type[RingCentralError]
) -> None:
    world.ringcentral.fail("delete", *errors)
    with pytest.raises(raised):
        world.remove()
    assert len(world.ringcentral.deleted) == len(errors)  # nothing is tried twice


def test_the_host_is_not_removed(world: World) -> None:
    with pytest.raises(HostNotRemovable):
        world.remove(CONFERENCE.replace("s-", "p-", 1) + "-1")
    assert world.ringcentral.deleted == []


@pytest.mark.parametrize("conference_id", ["s-unknown", "", "s 1", "s" * 10_000])
def test_an_unknown_conference(world: World, conference_id: str) -> None:
    with pytest.raises(UnknownConference):
        world.remove(conference_id=conference_id)


def test_an_unknown_participant(world: World) -> None:
    with pytest.raises(UnknownParticipant):
        world.remove("p-conf-99")


def test_another_accounts_conference_is_unknown(world: World) -> None:
    with pytest.raises(UnknownConference):
        world.remove(me=Identity("700100002", EXTENSION))
    assert world.ringcentral.deleted == []


@pytest.mark.parametrize("failing", [False, True])
def test_a_removal_that_finds_nobody_who_is_shown_makes_the_conference_due_now(world: World, failing: bool) -> None:
    world.ringcentral.fail("delete", NOT_FOUND, NOT_FOUND)
    if failing:
        world.doubts.fail("make_due", throttled())
    with pytest.raises(RingCentralNotFound):
        world.remove()
    noted = [(roster.conference_id, abs(at - time.time()) < 5) for roster, at in world.doubts.noted]
    assert noted == ([] if failing else [(CONFERENCE, True)])


@pytest.mark.parametrize("refusal", [FORBIDDEN, RingCentralFailed(500)])
def test_any_other_refusal_says_nothing_about_the_roster(world: World, refusal: RingCentralError) -> None:
    world.ringcentral.fail("delete", refusal, refusal)
    with pytest.raises(type(refusal)):
        world.remove()
    assert world.doubts.noted == []
