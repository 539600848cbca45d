"""RingCentral is asked who is in, and rosters are right afterwards: whatever was lost, however late its answer is."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from rollcall.core.errors import (
    AccountNotVisible,
    RingCentralError,
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralRateLimited,
    RingCentralUnavailable,
    RollcallError,
)
from rollcall.core.party import Leg, PartyRecord
from rollcall.core.policy import Policy
from rollcall.core.reconciliation import SessionAnswer
from rollcall.core.roster import Roster
from rollcall.core.verification import DOUBTFUL_SECONDS, SETTLED_SECONDS, UNWATCHED_SECONDS, WATCHED_SECONDS
from rollcall.services.ports import Due
from rollcall.services.reconcile import SECONDS_FOR_ONE, Reconciler
from tests.support.answers import answer, direct_call, host, participant
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
from tests.support.fakes import Failing, FakeConnections, throttled
from tests.support.pipeline import MemoryParties, deliver_into, rosters_after

START = datetime(2024, 2, 27, 16, 0, 0, 223000, UTC).timestamp()
"""Second 0 of the events."""

HOST = host_notification(2, "Answered", second=1)
ANNA, BERT = notification(9, in_conference("p-2"), second=2), notification(9, in_conference("p-3"), call=2, second=3)
ANNA_LEAVES = notification(11, status("Disconnected"), second=60)


class World(Failing):
    """The table and its stream in memory, a clock, and a RingCentral that answers what it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.parties, self.now = MemoryParties(), START
        self.answers: dict[str, SessionAnswer | RollcallError] = {}
        self.asked: list[str] = []
        self.permits, self.visible = 100, {ACCOUNT}
        self.connections = FakeConnections()
        self.notes: list[tuple[str, Any]] = []
        self.unknown: list[Due] = []
        self.dues: dict[str, int | None] = {}
        self.reconciler = Reconciler(self, self, self.connections, self, self, Policy())

    # ---- what happens

    def happens(self, *contents: dict[str, Any]) -> None:
        deliver_into(self.parties, [as_body(content) for content in contents])

    def ringcentral_says(self, *parties: dict[str, Any]) -> None:
        self.answers[CONFERENCE] = answer(*parties)

    def sweep(self, second: float, seconds_left: float = 60.0) -> int:
        """Everything is due at that second."""
        self.now = START + second
        return self.reconciler.sweep(lambda: seconds_left)

    def people(self) -> list[str]:
        return sorted(str(person.name) for person in self.roster().participants)

    def roster(self, conference_id: str = CONFERENCE) -> Roster:
        return rosters_after(self.parties.stream).get(conference_id, Roster(ACCOUNT, conference_id))

    # ---- the ports

    def load(self, account_id: str, conference_id: str) -> Roster:
        self._called("load")
        return msgspec.structs.replace(self.roster(conference_id), due_at=self.dues.get(conference_id, 0))

    def due(self, now: int, *, known: bool, limit: int) -> list[Due]:
        if not known:
            return self.unknown
        return [Due(roster.account_id, name) for name, roster in sorted(rosters_after(self.parties.stream).items())]

    def make_due(self, roster: Roster, at: int) -> None:
        raise NotImplementedError

    def postpone(self, due: Due, until: int) -> None:
        self.notes.append(("postponed", until - int(self.now)))

    def verified(self, roster: Roster, *, verified_at: int, due_at: int | None) -> None:
        self.notes.append(("verified", due_at and due_at - int(self.now)))

    def get(self, leg: Leg) -> PartyRecord | None:
        return self.parties.records.get(leg)

    def correct(self, record: PartyRecord, *, over: PartyRecord | None) -> bool:
        self._called("correct")
        if self.parties.records.get(record.leg) != over:
            return False
        self.parties.write(record)
        return True

    def session(self, account_id: str, telephony_session_id: str) -> SessionAnswer | None:
        self.asked.append(telephony_session_id)
        found = self.answers.get(telephony_session_id)
        if found is None and account_id not in self.visible:
            raise AccountNotVisible(account_id)
        if isinstance(found, RollcallError):
            raise found
        return found

    def take(self, what: str, most: int) -> bool:
        self.permits -= 1
        return self.permits >= 0


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("time.time", lambda: world.now)
    return world


def test_a_roster_that_is_right_stays_as_it_is(world: World) -> None:
    world.happens(HOST, ANNA, BERT)
    world.ringcentral_says(host(), participant("p-2"), participant("p-3", call=2))
    before = world.roster()
    assert world.sweep(600) == 1
    assert world.roster() == before
    assert world.notes == [("verified", UNWATCHED_SECONDS)]
    world.connections.watches[f"ACCOUNT#{ACCOUNT}#CONFERENCE#{CONFERENCE}"] = ["c-1"]
    world.sweep(600)
    assert world.notes[-1] == ("verified", WATCHED_SECONDS)


@pytest.mark.parametrize("listed", [[participant("p-2", code="Disconnected")], []])
def test_a_leave_that_no_event_told_is_found(world: World, listed: list[dict[str, Any]]) -> None:
    world.happens(HOST, ANNA, BERT)
    world.ringcentral_says(host(), participant("p-3", call=2), *listed)
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 2"]
    (left,) = msgspec.to_builtins(world.roster().changes)
    assert (left["type"], left["reason"], left["source"]) == ("left", "Disconnected", "reconciliation")


def test_a_join_that_no_event_told_is_found_with_its_name(world: World) -> None:
    world.happens(HOST, BERT)
    world.ringcentral_says(host(), participant("p-2"), participant("p-3", call=2))
    world.answers[leg_name(1)[0]] = direct_call(1)
    world.sweep(600)
    (joined,) = msgspec.to_builtins(world.roster().changes)
    assert (joined["type"], joined["source"]) == ("joined", "reconciliation")
    person = joined["participant"]
    assert (person["id"], person["name"], person["phoneNumber"]) == ("p-2", "Person 1", "+12055550111")
    assert tuple(person["leg"].values()) == leg_name(1)
    world.happens(ANNA_LEAVES)
    assert world.people() == ["Agent Able", "Person 2"]


def test_whoever_was_found_is_known_by_the_far_side_of_an_inbound_call_too(world: World) -> None:
    world.happens(HOST, notification(5, status("Answered"), second=2))
    world.ringcentral_says(host(), participant("p-2"))
    world.answers[leg_name(1)[0]] = direct_call(1, "Inbound")
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 1"]


def test_somebody_whose_call_is_no_more_is_not_made_up(world: World) -> None:
    world.happens(HOST)
    world.ringcentral_says(host(), participant("p-2"))
    world.sweep(600)
    assert world.people() == ["Agent Able"]


@pytest.mark.parametrize("code", ["Setup", "Proceeding"])
def test_whoever_is_being_brought_in_is_not_in_yet(world: World, code: str) -> None:
    world.happens(HOST)
    world.ringcentral_says(host(), participant("p-2", code=code))
    world.sweep(600)
    assert (world.people(), world.asked) == (["Agent Able"], [CONFERENCE])


def test_a_leg_without_a_peer_is_nobody(world: World) -> None:
    world.happens(HOST)
    for peer in (None, {"partyId": "p"}, {"sessionId": "0", "partyId": "p"}, {"sessionId": "s-1"}):
        odd = participant("p-2") | {"status": {"code": "Gone"} | ({"peerId": peer} if peer else {})}
        world.ringcentral_says(host(), odd)
        world.sweep(600)
    assert world.people() == ["Agent Able"]


def test_a_conference_of_which_no_event_told_is_found(world: World) -> None:
    world.unknown = [Due(ACCOUNT, CONFERENCE)]
    world.ringcentral_says(host(), participant("p-2"))
    world.answers[leg_name(1)[0]] = direct_call(1)
    assert world.sweep(600) == 1
    assert world.people() == ["Agent Able", "Person 1"]
    assert world.roster().host_extension_id == EXTENSION


def test_an_unknown_conference_that_there_is_not_stays_unknown(world: World) -> None:
    world.unknown = [Due(ACCOUNT, CONFERENCE)]
    world.sweep(600)
    assert (world.roster().version, world.notes) == (0, [("verified", None)])


# ---- RingCentral's answer lags behind


def test_whoever_has_just_joined_stays_though_the_answer_does_not_know_them(world: World) -> None:
    world.happens(HOST, ANNA)
    world.ringcentral_says(host())
    world.sweep(2 + SETTLED_SECONDS - 1)
    assert world.people() == ["Agent Able", "Person 1"]
    assert world.notes == [("verified", DOUBTFUL_SECONDS)]
    world.sweep(2 + SETTLED_SECONDS + 1)
    assert world.people() == ["Agent Able"]


def test_whoever_has_just_left_stays_out_though_the_answer_still_shows_them(world: World) -> None:
    world.happens(HOST, ANNA, ANNA_LEAVES)
    world.ringcentral_says(host(), participant("p-2"))
    world.answers[leg_name(1)[0]] = direct_call(1)
    for second in (60, 60 + SETTLED_SECONDS - 1, 60 + SETTLED_SECONDS + 1, 9000):
        world.sweep(second)
        assert world.people() == ["Agent Able"]
    assert world.notes == [("verified", DOUBTFUL_SECONDS)] * 2 + [("verified", UNWATCHED_SECONDS)] * 2


def test_whoever_went_back_to_a_direct_call_and_is_in_again_by_the_answer_is_in(world: World) -> None:
    world.happens(HOST, ANNA, notification(10, status("Answered"), second=60))
    world.ringcentral_says(host(), participant("p-2"))
    world.answers[leg_name(1)[0]] = direct_call(1)
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 1"]


def test_an_event_that_comes_between_question_and_answer_has_the_last_word(world: World) -> None:
    world.happens(HOST, ANNA)
    world.ringcentral_says(host())
    get = world.get

    def get_and_then(leg: Leg) -> PartyRecord | None:
        found = get(leg)
        world.happens(notification(12, in_conference("p-2"), second=599))
        return found

    world.get = get_and_then  # type: ignore[method-assign]
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 1"]
    assert world.notes == [("verified", DOUBTFUL_SECONDS)]


def test_a_wrong_correction_is_corrected(world: World) -> None:
    world.happens(HOST, ANNA)
    world.ringcentral_says(host())
    world.answers[leg_name(1)[0]] = direct_call(1)
    for second, listed in ((600, []), (700, [participant("p-2")]), (800, []), (900, [participant("p-2")])):
        world.ringcentral_says(host(), *listed)
        world.sweep(second)
        assert len(world.people()) == 1 + len(listed)
    versions = [roster.version for roster in (world.roster(),)]
    assert versions == [2 + 4]


def test_an_older_event_that_comes_after_a_correction_changes_nothing(world: World) -> None:
    world.happens(HOST, ANNA)
    world.ringcentral_says(host())
    world.sweep(600)
    world.happens(ANNA, notification(8, status("Answered"), second=2))
    assert world.people() == ["Agent Able"]
    world.happens(ANNA_LEAVES)
    assert world.people() == ["Agent Able"]
    assert world.roster().state == "active"


# ---- records whose change never reached the roster


def test_a_change_that_got_lost_between_the_record_and_the_roster_is_made_up_for(world: World) -> None:
    world.happens(HOST, ANNA, BERT)
    world.happens(ANNA_LEAVES)
    world.parties.stream.pop()  # given up by the stream
    world.ringcentral_says(host(), participant("p-3", call=2))
    assert len(world.people()) == 3
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 2"]


def test_also_if_it_was_a_join(world: World) -> None:
    world.happens(HOST, ANNA)
    world.parties.stream.pop()
    world.ringcentral_says(host(), participant("p-2"))
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 1"]
    world.happens(ANNA_LEAVES)
    assert world.people() == ["Agent Able"]


def test_a_record_that_is_gone_is_written_anew(world: World) -> None:
    world.happens(HOST, ANNA)
    del world.parties.records[Leg(*leg_name(1))]
    world.ringcentral_says(host())
    world.sweep(600)
    assert world.people() == ["Agent Able"]
    world.happens(ANNA)
    assert world.people() == ["Agent Able"]
    world.happens(notification(10, in_conference("p-2"), second=650))
    assert world.people() == ["Agent Able", "Person 1"]


def test_a_record_that_was_right_keeps_what_its_event_told(world: World) -> None:
    world.happens(HOST, ANNA, notification(10, status("Answered"), second=60))
    before = world.parties.records[Leg(*leg_name(1))]
    world.parties.stream.pop()
    world.ringcentral_says(host())
    world.sweep(600)
    assert world.people() == ["Agent Able"]
    after = world.parties.records[Leg(*leg_name(1))]
    assert msgspec.structs.replace(after, correction=None) == before


# ---- the host, and the end


def test_the_host_is_found_and_lost_like_everybody(world: World) -> None:
    world.happens(ANNA)
    world.ringcentral_says(host(), participant("p-2"))
    world.sweep(600)
    assert world.people() == ["Agent Able", "Person 1"]
    world.ringcentral_says(host("Disconnected"), participant("p-2"))
    world.sweep(700)
    assert (world.people(), world.roster().state) == (["Person 1"], "active")


def test_a_conference_that_ringcentral_does_not_know_has_ended(world: World) -> None:
    world.happens(HOST, ANNA, BERT)
    world.sweep(600)
    assert (world.people(), world.roster().state) == ([], "ended")
    assert msgspec.to_builtins(world.roster().changes)[-1] == {"type": "ended"}
    world.sweep(700)
    assert world.notes[-1] == ("verified", None)


def test_it_is_not_called_ended_while_somebody_has_just_joined(world: World) -> None:
    world.happens(HOST, ANNA, notification(9, in_conference("p-3"), call=2, second=590))
    world.sweep(600)
    assert (world.people(), world.roster().state) == (["Person 2"], "active")
    assert world.notes == [("verified", DOUBTFUL_SECONDS)]


def test_after_the_end_it_is_looked_at_once_more(world: World) -> None:
    world.happens(HOST, host_notification(5, "Disconnected", second=100))
    assert world.roster().due_at is not None
    world.ringcentral_says(host("Disconnected"), participant("p-2"))
    world.answers[leg_name(1)[0]] = direct_call(1)
    world.sweep(200)
    assert (world.people(), world.roster().state) == (["Person 1"], "active")


def test_a_host_who_changes_devices_and_never_arrives_is_out_in_the_end(world: World) -> None:
    world.happens(HOST, ANNA, host_notification(5, "Disconnected", "CallSwitch", second=10))
    assert world.people() == ["Agent Able", "Person 1"]
    world.ringcentral_says(host("Disconnected"), participant("p-2"))
    world.sweep(600)
    assert world.people() == ["Person 1"]


def test_a_host_party_that_is_no_host_by_its_status_is_not_made_one(world: World) -> None:
    world.happens(ANNA)
    world.ringcentral_says(host("Setup"), participant("p-2"))
    world.sweep(600)
    assert world.people() == ["Person 1"]


# ---- the budget, and everything that may stand in the way


def test_what_is_not_due_after_all_is_left_alone(world: World) -> None:
    world.happens(HOST)
    for due_at in (None, int(START) + 601):
        world.dues[CONFERENCE] = due_at
        assert world.sweep(600) == 0
    assert (world.asked, world.notes) == ([], [])


def test_of_an_account_that_was_never_seen_a_conference_is_not_called_ended(world: World) -> None:
    world.happens(HOST, ANNA)
    world.visible.clear()
    assert world.sweep(600) == 0
    assert world.notes == [("postponed", UNWATCHED_SECONDS)]
    assert len(world.people()) == 2


def test_a_session_in_which_nobody_has_a_leg_yet_is_looked_at_again_soon(world: World) -> None:
    world.happens(HOST, ANNA)
    world.answers[CONFERENCE] = AccountNotVisible(ACCOUNT, nobodys=True)
    assert world.sweep(600) == 0
    assert world.notes == [("postponed", DOUBTFUL_SECONDS)]


def elsewhere(number: int) -> dict[str, Any]:
    return notification(9, in_conference("p-2", f"s-other-{number}"), call=number + 2, second=2)


@pytest.mark.parametrize("stop", [RingCentralRateLimited(30), RingCentralUnavailable(503, 5)])
def test_when_ringcentral_will_not_answer_everything_stays_due(world: World, stop: RingCentralError) -> None:
    world.happens(HOST, elsewhere(1), elsewhere(2))
    world.answers[CONFERENCE] = stop
    assert world.sweep(600) == 0
    assert (world.asked, world.notes) == ([CONFERENCE], [])


@pytest.mark.parametrize("refusal", [RingCentralForbidden(403), RingCentralFailed(500)])
def test_one_conference_that_can_not_be_asked_about_holds_up_no_other(world: World, refusal: RingCentralError) -> None:
    world.happens(HOST, elsewhere(1))
    world.answers[CONFERENCE] = refusal
    assert world.sweep(600) == 1
    assert world.notes == [("postponed", UNWATCHED_SECONDS), ("verified", None)]


def test_nor_does_one_whose_items_can_not_be_reached(world: World) -> None:
    world.happens(HOST, elsewhere(1))
    world.fail("load", throttled())
    assert world.sweep(600) == 1


def test_the_budget_is_for_questions_not_for_conferences(world: World) -> None:
    world.happens(HOST, elsewhere(1), elsewhere(2))
    world.ringcentral_says(host(), participant("p-2"))
    world.answers[leg_name(1)[0]] = direct_call(1)
    world.permits = 1
    assert world.sweep(600) == 0
    assert (world.asked, world.people()) == ([CONFERENCE], ["Agent Able"])
    world.permits = 3
    assert world.sweep(600) == 2
    assert world.asked[1:] == [CONFERENCE, leg_name(1)[0], "s-other-1"]


def test_nothing_is_begun_without_time_to_finish_it(world: World) -> None:
    world.happens(HOST)
    assert world.sweep(600, seconds_left=SECONDS_FOR_ONE - 1) == 0
    assert world.asked == []


def test_a_sweep_that_died_between_two_corrections_is_finished_by_the_next(world: World) -> None:
    world.happens(HOST, ANNA, BERT)
    world.fail("correct", None, throttled())
    world.sweep(600)
    assert len(world.people()) == 2
    world.sweep(660)
    assert (world.people(), world.roster().state) == ([], "ended")


def test_whatever_was_lost_the_roster_is_right_afterwards(world: World) -> None:
    """Every subset of a conference's events, then one answer."""
    events = [HOST, ANNA, BERT, ANNA_LEAVES, notification(10, status("Disconnected"), call=2, second=61)]
    truths: list[tuple[list[dict[str, Any]], list[str]]] = [
        ([host(), participant("p-2"), participant("p-3", call=2)], ["Agent Able", "Person 1", "Person 2"]),
        ([host(), participant("p-3", call=2)], ["Agent Able", "Person 2"]),
        ([host("Disconnected")], []),
    ]
    told_by = {0: range(3), 1: range(4), 2: range(5)}
    for which, (listed, people) in enumerate(truths):
        possible = [events[number] for number in told_by[which]]
        for kept in range(2 ** len(possible)):
            fresh = World()
            fresh.happens(*(event for number, event in enumerate(possible) if kept >> number & 1))
            fresh.unknown = [Due(ACCOUNT, CONFERENCE)]
            fresh.ringcentral_says(*listed)
            fresh.answers |= {leg_name(1)[0]: direct_call(1), leg_name(2)[0]: direct_call(2)}
            world.now = START + 600
            fresh.reconciler.sweep(_for_ever)
            assert fresh.people() == people, (which, kept)


_for_ever: Callable[[], float] = lambda: 60.0  # noqa: E731
