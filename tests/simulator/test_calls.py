"""Direct calls in the state machine."""

import pytest

from local.simulator.errors import RingCentralError
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Code, Origin, PartyEvent
from local.simulator.simulator import Simulator
from local.simulator.telephony import Remote, Side, Telephony
from local.simulator.users import User
from tests.simulator.harness import ManualClock

CARLA = Remote("Carla Customer", "+12055550103")
BOB = Remote("Bob Bailey", "102", "700200002")


def gist(events: list[PartyEvent]) -> list[tuple[int, str, str]]:
    return [(event.sequence, event.party.id.rpartition("-")[2], event.party.status.code) for event in events]


def test_a_call_to_a_number_is_reported_as_it_was_recorded(simulator: Simulator, alice: User) -> None:
    call = simulator.telephony.place_call(alice, "Outbound", CARLA)
    assert gist(call.events) == [
        (2, "1", "Setup"),
        (3, "2", "Proceeding"),
        (4, "1", "Proceeding"),
        (5, "2", "Answered"),
        (6, "1", "Answered"),
    ]


@pytest.mark.parametrize(("direction", "remote"), [("Outbound", BOB), ("Inbound", BOB), ("Inbound", CARLA)])
def test_a_call_to_an_extension_is_reported_as_it_was_recorded(
    simulator: Simulator, alice: User, direction: str, remote: Remote
) -> None:
    call = simulator.telephony.place_call(alice, "Inbound" if direction == "Inbound" else "Outbound", remote)
    assert gist(call.events) == [
        (2, "1", "Setup"),
        (3, "2", "Setup"),
        (4, "1", "Answered"),
        (5, "2", "Proceeding"),
        (6, "2", "Answered"),
    ]


def test_the_agents_leg_is_the_callers_when_the_agent_calls(simulator: Simulator, alice: User) -> None:
    call = simulator.telephony.place_call(alice, "Outbound", CARLA)
    leg = simulator.telephony.session(call.telephony_session_id).parties[call.party_id]
    assert leg.id.endswith("-1")
    assert leg.id[1:-2] == call.telephony_session_id[1:], "a party's id is made of its session's"
    assert (leg.owner, leg.direction) == (alice.owner, "Outbound")
    assert (leg.from_.phone_number, leg.to.phone_number) == ("+12055550101", "+12055550103")


def test_the_agents_leg_is_the_callees_when_the_agent_is_called(simulator: Simulator, alice: User) -> None:
    call = simulator.telephony.place_call(alice, "Inbound", CARLA)
    leg = simulator.telephony.session(call.telephony_session_id).parties[call.party_id]
    assert leg.id.endswith("-2")
    assert (leg.owner, leg.direction) == (alice.owner, "Inbound")
    assert (leg.from_.phone_number, leg.to.phone_number) == ("+12055550103", "+12055550101")


def test_only_legs_inside_the_account_have_an_owner(simulator: Simulator, alice: User) -> None:
    outside = simulator.telephony.place_call(alice, "Outbound", CARLA).events[1].party.owner
    inside = simulator.telephony.place_call(alice, "Outbound", BOB).events[1].party.owner
    assert outside is None
    assert inside is not None
    assert (inside.account_id, inside.extension_id) == (alice.account_id, "700200002")


def test_a_leg_outside_may_belong_to_the_account_alone(clock: ManualClock, alice: User) -> None:
    telephony = Telephony(clock, Identifiers(), pstn_legs_have_account=True)
    owner = telephony.place_call(alice, "Outbound", CARLA).events[1].party.owner
    assert owner is not None
    assert (owner.account_id, owner.extension_id) == (alice.account_id, None)


@pytest.mark.parametrize(("side", "order"), [(Side.AGENT, ["1", "2"]), (Side.REMOTE, ["2", "1"])])
def test_whoever_hangs_up_is_disconnected_first(
    simulator: Simulator, alice: User, side: Side, order: list[str]
) -> None:
    call = simulator.telephony.place_call(alice, "Outbound", CARLA)
    events = simulator.telephony.hang_up(call.telephony_session_id, side)
    assert gist(events) == [(7, order[0], "Disconnected"), (8, order[1], "Disconnected")]
    assert {(event.party.status.reason, event.party.status.peer) for event in events} == {(None, None)}


def test_a_call_that_is_over_reports_nothing_more(simulator: Simulator, alice: User) -> None:
    call = simulator.telephony.place_call(alice, "Outbound", CARLA)
    simulator.telephony.hang_up(call.telephony_session_id, Side.AGENT)
    assert simulator.telephony.hang_up(call.telephony_session_id, Side.REMOTE) == []
    assert simulator.telephony.session(call.telephony_session_id).ended


def test_a_conference_cannot_be_hung_up_as_a_call(simulator: Simulator, alice: User) -> None:
    conference = simulator.conferences.create(alice.owner)
    with pytest.raises(RingCentralError) as caught:
        simulator.telephony.hang_up(conference.id, Side.AGENT)
    assert caught.value.status == 404


def test_calls_have_a_legacy_identifier_and_conferences_zero(simulator: Simulator, alice: User) -> None:
    call = simulator.telephony.place_call(alice, "Outbound", CARLA)
    conference = simulator.conferences.create(alice.owner)
    assert (len(call.events[0].session_id), call.events[0].session_id.isdecimal()) == (13, True)
    assert (conference.session_id, conference.origin) == ("0", Origin.CONFERENCE)


def test_event_times_follow_the_clock(simulator: Simulator, alice: User, clock: ManualClock) -> None:
    call = simulator.telephony.place_call(alice, "Outbound", CARLA)
    clock.advance(60)
    [first, _] = simulator.telephony.hang_up(call.telephony_session_id, Side.AGENT)
    assert (first.event_time - call.events[0].event_time).total_seconds() == 60
    assert first.party.status.code is Code.DISCONNECTED
