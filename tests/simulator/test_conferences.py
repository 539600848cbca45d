"""Conferences in the state machine."""

import pytest

from local.simulator.errors import RingCentralError
from local.simulator.sessions import Code, Owner, Party, PartyEvent, Peer, Role, Session
from local.simulator.simulator import Simulator
from local.simulator.telephony import Remote, Side
from local.simulator.users import User
from tests.simulator.harness import ManualClock

CARLA = Remote("Carla Customer", "+12055550103")
BOB = Remote("Bob Bailey", "102", "700200002")


class Stage:
    """A conference of Alice's whose phone has joined, and what she does with it."""

    def __init__(self, simulator: Simulator, host: User) -> None:
        self.telephony, self.conferences, self.host = simulator.telephony, simulator.conferences, host
        self.conference = simulator.conferences.create(host.owner)
        self.joined = simulator.conferences.host_join(self.conference, host)

    def call(self, remote: Remote = CARLA) -> tuple[Session, Party]:
        placed = self.telephony.place_call(self.host, "Outbound", remote)
        session = self.telephony.session(placed.telephony_session_id)
        return session, session.parties[placed.party_id]

    def bring_in(self, call: tuple[Session, Party]) -> tuple[Party, list[PartyEvent]]:
        return self.conferences.bring_in(self.conference, *call)

    def guest(self, remote: Remote = CARLA) -> tuple[Session, Party, Party]:
        """Somebody who is in the conference: the direct call, its leg, the conference's leg."""
        session, leg = self.call(remote)
        guest, _ = self.bring_in((session, leg))
        return session, session.parties[leg.id], self.conference.parties[guest.id]


@pytest.fixture
def stage(simulator: Simulator, alice: User) -> Stage:
    return Stage(simulator, alice)


def refused(caught: pytest.ExceptionInfo[RingCentralError]) -> tuple[int, str]:
    return caught.value.status, caught.value.code


def test_a_new_conference_has_no_parties_and_a_token(simulator: Simulator, alice: User) -> None:
    conference = simulator.conferences.create(alice.owner)
    assert conference.parties == {}
    assert str(conference.voice_call_token).startswith("conf_")
    assert not conference.ended


def test_the_host_joins_with_the_first_leg(stage: Stage, alice: User) -> None:
    assert [(e.sequence, e.party.status.code) for e in stage.joined] == [(2, Code.SETUP), (3, Code.ANSWERED)]
    host = stage.joined[-1].party
    assert host.id == f"p{stage.conference.id[1:]}-1"
    assert (host.owner, host.direction, host.conference_role) == (alice.owner, "Outbound", Role.HOST)
    assert (host.to.phone_number, host.from_.phone_number) == ("conference", alice.phone_number)


def test_a_host_who_is_in_joins_without_effect_and_one_who_left_cannot(stage: Stage, alice: User) -> None:
    assert stage.conferences.host_join(stage.conference, alice) == []
    stage.conferences.host_leave(stage.conference, keep_conference_alive=True)
    with pytest.raises(RingCentralError) as caught:
        stage.conferences.host_join(stage.conference, alice)
    assert caught.value.status == 409


@pytest.mark.parametrize(("seconds", "there"), [(38, True), (38.1, False)])
def test_a_conference_waits_38_seconds_for_its_host(
    simulator: Simulator, alice: User, clock: ManualClock, seconds: float, there: bool
) -> None:
    conference = simulator.conferences.create(alice.owner)
    clock.advance(seconds)
    if there:
        assert simulator.conferences.find(conference.id) is conference
        return
    for _ in range(2):
        with pytest.raises(RingCentralError) as caught:
            simulator.conferences.find(conference.id)
        assert refused(caught) == (404, "CMN-102")


def test_a_conference_with_its_host_stays(stage: Stage, clock: ManualClock) -> None:
    clock.advance(3600)
    assert stage.conferences.find(stage.conference.id) is stage.conference


def test_bringing_in_answers_a_leg_in_setup_and_makes_both_legs_gone(stage: Stage) -> None:
    call, leg = stage.call()
    guest, events = stage.bring_in((call, leg))

    assert (guest.status.code, guest.id, guest.direction) == (Code.SETUP, f"p{stage.conference.id[1:]}-2", "Inbound")
    assert (guest.conference_role, guest.owner) == (Role.PARTICIPANT, None)
    assert guest.from_.phone_number == stage.host.phone_number

    inside = stage.conference.parties[guest.id].status
    assert (inside.code, inside.reason) == (Code.GONE, None)
    assert inside.peer == Peer(call.id, call.session_id, leg.id)
    outside = call.parties[leg.id].status
    assert (outside.code, outside.reason) == (Code.GONE, "Conference")
    assert outside.peer == Peer(stage.conference.id, "0", guest.id)

    assert [(e.telephony_session_id, e.sequence) for e in events] == [
        (stage.conference.id, 4),
        (stage.conference.id, 5),
        (call.id, 7),
    ]


def test_nobody_is_brought_in_before_the_host_has_joined(simulator: Simulator, stage: Stage, alice: User) -> None:
    empty = simulator.conferences.create(alice.owner)
    with pytest.raises(RingCentralError) as caught:
        simulator.conferences.bring_in(empty, *stage.call())
    assert refused(caught) == (403, "TAS-106")


def test_nobody_is_brought_in_after_the_host_has_left(stage: Stage) -> None:
    stage.guest()
    stage.conferences.host_leave(stage.conference, keep_conference_alive=True)
    with pytest.raises(RingCentralError) as caught:
        stage.bring_in(stage.call())
    assert refused(caught) == (403, "TAS-106")


def test_only_the_hosts_own_leg_can_be_brought_in(stage: Stage) -> None:
    call, _ = stage.call(BOB)
    other = next(party for party in call.parties.values() if party.owner == Owner("700100001", "700200002"))
    with pytest.raises(RingCentralError) as caught:
        stage.bring_in((call, other))
    assert refused(caught) == (403, "TAS-106")


def test_a_leg_is_brought_in_once(stage: Stage) -> None:
    call, leg, _ = stage.guest()
    with pytest.raises(RingCentralError) as caught:
        stage.bring_in((call, leg))
    assert caught.value.status == 409


def test_a_leg_that_is_over_cannot_be_brought_in(stage: Stage) -> None:
    call, leg = stage.call()
    stage.telephony.hang_up(call.id, Side.REMOTE)
    with pytest.raises(RingCentralError) as caught:
        stage.bring_in((call, call.parties[leg.id]))
    assert caught.value.status == 409


def test_ten_can_be_in_at_a_time(stage: Stage) -> None:
    guests = [stage.guest() for _ in range(10)]
    with pytest.raises(RingCentralError) as caught:
        stage.bring_in(stage.call())
    assert caught.value.status == 409
    stage.telephony.hang_up(guests[3][0].id, Side.REMOTE)
    assert stage.bring_in(stage.call())[0].id.endswith("-12"), "a number is not used again"


@pytest.mark.parametrize("side", list(Side))
def test_hanging_up_leaves_the_conference(stage: Stage, side: Side) -> None:
    call, leg, guest = stage.guest()
    events = stage.telephony.hang_up(call.id, side)
    [own] = [event for event in events if event.party.id == leg.id]
    assert (own.party.status.code, own.party.status.reason, own.party.status.peer) == (Code.DISCONNECTED, None, None)
    assert stage.conference.parties[guest.id].status.code is Code.DISCONNECTED
    assert call.ended
    assert not stage.conference.ended


def test_removing_a_participant_ends_the_direct_call(stage: Stage) -> None:
    call, leg, guest = stage.guest()
    other = stage.guest()
    events = stage.conferences.remove_participant(guest)
    assert [event.party.id for event in events if event.party.owner] == [leg.id]
    assert not stage.conference.parties[guest.id].connected
    assert call.ended
    assert stage.conference.present_participants == [other[2]], "nobody else is touched"


def test_the_host_leaving_ends_everything_host_first(stage: Stage) -> None:
    first, second = stage.guest(), stage.guest(BOB)
    events = stage.conferences.host_leave(stage.conference, keep_conference_alive=False)
    seen = [(event.party.id, event.party.status.code) for event in events if event.party.owner]
    others_leg = f"p{second[0].id[1:]}-2"
    assert seen == [
        (f"p{stage.conference.id[1:]}-1", Code.DISCONNECTED),
        (first[1].id, Code.DISCONNECTED),
        (second[1].id, Code.DISCONNECTED),
        (others_leg, Code.DISCONNECTED),
    ]
    assert stage.conference.ended
    assert stage.conferences.host_leave(stage.conference, keep_conference_alive=False) == []


def test_the_host_can_leave_the_others_alone(stage: Stage) -> None:
    call, leg, guest = stage.guest()
    events = stage.conferences.host_leave(stage.conference, keep_conference_alive=True)
    assert [(e.party.id, e.party.status.code) for e in events] == [(f"p{stage.conference.id[1:]}-1", Code.DISCONNECTED)]
    assert call.parties[leg.id].status.code is Code.GONE
    assert not stage.conference.ended
    stage.conferences.remove_participant(guest)
    assert stage.conference.ended, "the last one closes the door"


def test_a_host_who_never_joined_cannot_leave(simulator: Simulator, alice: User) -> None:
    conference = simulator.conferences.create(alice.owner)
    with pytest.raises(RingCentralError) as caught:
        simulator.conferences.host_leave(conference, keep_conference_alive=False)
    assert caught.value.status == 409


def test_ending_a_conference_that_its_host_has_left_ends_it_for_the_others(stage: Stage) -> None:
    call, leg, _ = stage.guest()
    stage.conferences.host_leave(stage.conference, keep_conference_alive=True)
    events = stage.conferences.end(stage.conference)
    assert [event.party.id for event in events if event.party.owner] == [leg.id]
    assert call.ended
    assert stage.conference.ended


def test_an_empty_conference_that_is_ended_is_gone(simulator: Simulator, alice: User) -> None:
    conference = simulator.conferences.create(alice.owner)
    assert simulator.conferences.end(conference) == []
    with pytest.raises(RingCentralError) as caught:
        simulator.conferences.find(conference.id)
    assert caught.value.status == 404
