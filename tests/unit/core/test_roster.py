"""A roster is right in every order, and after every repeat."""

from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.core.party import Correction, Membership, Participant, PartyRecord
from rollcall.core.roster import (
    DEPARTED_FOR_MS,
    Ended,
    Joined,
    Left,
    LegChange,
    Roster,
    Updated,
    apply,
    leg_changes,
)
from rollcall.core.verification import DOUBTFUL_SECONDS
from tests.support.events import (
    ACCOUNT,
    CONFERENCE,
    EXTENSION,
    as_body,
    host_notification,
    in_conference,
    notification,
    status,
)
from tests.support.pipeline import deliver, rosters_after, shown

JOIN = notification(9, in_conference("p-conf-2"), second=9)
LEAVE = notification(11, status("Disconnected"), second=11)


def after(*contents: dict[str, Any], batch: int = 1) -> Roster:
    return rosters_after(deliver([as_body(content) for content in contents]).stream, batch=batch).get(
        CONFERENCE, Roster(ACCOUNT, CONFERENCE)
    )


def images(*contents: dict[str, Any]) -> list[tuple[PartyRecord | None, PartyRecord]]:
    return deliver([as_body(content) for content in contents]).stream


def changes_of(*contents: dict[str, Any]) -> list[LegChange]:
    return [change for old, new in images(*contents) for change in leg_changes(old, new)]


def empty() -> Roster:
    return Roster(ACCOUNT, CONFERENCE)


def test_nobody_was_there_yet() -> None:
    assert (empty().state, empty().participants, empty().version) == ("active", [], 0)


def test_somebody_joins() -> None:
    roster = after(JOIN)
    (person,) = roster.participants
    assert (roster.version, roster.state, roster.changes) == (1, "active", (Joined(person),))
    assert (person.name, roster.host_extension_id) == ("Person 1", EXTENSION)
    assert roster.event_time == "2024-02-27T16:00:09.223Z"


def test_somebody_leaves_and_with_the_last_one_the_conference_ends() -> None:
    person = after(JOIN).participants[0]
    roster = after(JOIN, LEAVE)
    assert (roster.version, roster.state, roster.participants) == (2, "ended", [])
    assert roster.changes == (Left(person, "Disconnected"), Ended())
    assert roster.host_extension_id == EXTENSION  # whoever watches the host is told of the end too


@pytest.mark.parametrize("orders", [list(permutations([JOIN, LEAVE] * copies)) for copies in (1, 2)])
def test_every_order_and_duplication_of_joining_and_leaving_ends_the_same(orders: list[Any]) -> None:
    assert all(shown({CONFERENCE: after(*order)}) == {} for order in orders)
    assert all(after(*order).state == "ended" for order in orders if after(*order).version)


def test_an_older_event_brings_nobody_back() -> None:
    assert after(LEAVE, JOIN) == empty()


def test_a_second_conference_takes_the_leg_out_of_the_first() -> None:
    elsewhere = notification(12, in_conference("p-other-2", "s-other"), second=12)
    rosters = rosters_after(images(JOIN, elsewhere))
    assert rosters[CONFERENCE].participants == []
    (left, _ended) = rosters[CONFERENCE].changes
    assert isinstance(left, Left)
    assert left.reason == "Conference"
    assert [person.id for person in rosters["s-other"].participants] == ["p-other-2"]


@pytest.mark.parametrize(("code", "reason"), [("Answered", "Answered"), ("Hold", "Hold")])
def test_a_leg_that_is_a_direct_call_again_is_out(code: str, reason: str) -> None:
    (left, _ended) = after(JOIN, notification(10, status(code))).changes
    assert isinstance(left, Left)
    assert left.reason == reason


def test_brought_in_again_is_somebody_new() -> None:
    roster = after(JOIN, notification(12, in_conference("p-conf-3"), second=12))
    assert [person.id for person in roster.participants] == ["p-conf-3"]
    assert [type(change) for change in roster.changes] == [Left, Joined]


def test_brought_in_again_under_the_same_id_counts_from_the_new_time() -> None:
    roster = after(JOIN, notification(10, status("Answered")), notification(12, in_conference("p-conf-2"), second=12))
    assert [person.joined_at for person in roster.participants] == ["2024-02-27T16:00:12.223Z"]
    assert roster.departed == {}


def test_the_host_is_shown_first() -> None:
    roster = after(JOIN, host_notification(3, "Answered", second=30))
    assert [person.role for person in roster.participants] == ["host", "participant"]


def test_the_hosts_own_extension_counts_before_the_agents() -> None:
    other = notification(9, in_conference("p-conf-2"), party={"extensionId": "100"})
    assert after(other).host_extension_id == "100"
    assert after(other, host_notification(3, "Answered")).host_extension_id == EXTENSION
    assert after(notification(9, in_conference("p-conf-2"), party={"extensionId": None})).host_extension_id is None


def test_told_again_with_nothing_new_is_no_change() -> None:
    again = notification(12, in_conference("p-conf-2"), second=12)
    assert changes_of(JOIN, again) == changes_of(JOIN)


def test_told_again_with_something_new_is_an_update_and_the_time_of_joining_stays() -> None:
    muted = notification(12, in_conference("p-conf-2"), party={"muted": True}, second=12)
    roster = after(JOIN, muted)
    (person,) = roster.participants
    assert (person.muted, person.joined_at) == (True, "2024-02-27T16:00:09.223Z")
    assert roster.changes == (Updated(person),)


def test_a_late_first_event_brings_the_earlier_time_of_joining() -> None:
    again = notification(12, in_conference("p-conf-2"), party={"muted": True}, second=12)
    assert after(again, JOIN).participants == after(JOIN, again).participants


def test_a_batch_delivered_again_changes_nothing() -> None:
    changes = changes_of(JOIN, LEAVE)
    once = apply(empty(), changes, now=1)
    assert apply(once, changes, now=2) is once
    assert once.version == 1
    assert [type(change) for change in once.changes] == [Joined, Left, Ended]


def test_a_batch_cut_short_and_delivered_again_ends_right() -> None:
    join, leave = changes_of(JOIN, LEAVE)
    written = apply(empty(), [join], now=1)
    repeated = apply(written, [join, leave], now=2)
    assert (repeated.version, repeated.participants) == (2, [])


def test_a_leave_whose_join_was_never_seen_keeps_a_late_join_out() -> None:
    join, leave = changes_of(JOIN, LEAVE)
    left = apply(empty(), [leave], now=1)
    assert (left.changes, left.version) == ((), 1)
    assert apply(left, [join], now=2) is left


def test_those_who_departed_long_ago_are_forgotten() -> None:
    join, leave = changes_of(JOIN, LEAVE)
    other = changes_of(notification(9, in_conference("p-conf-3"), call=2))
    left = apply(empty(), [join, leave], now=0)
    assert set(apply(left, other, now=DEPARTED_FOR_MS - 1).departed) == {"p-conf-2"}
    assert set(apply(left, other, now=DEPARTED_FOR_MS).departed) == set()


def test_the_first_change_dates_the_roster() -> None:
    join, leave = changes_of(JOIN, LEAVE)
    assert apply(apply(empty(), [join], now=5), [leave], now=6).created_at == 5


def test_an_older_status_of_somebody_who_is_in_says_nothing() -> None:
    (join,) = changes_of(notification(12, in_conference("p-conf-2"), second=5))
    assert join.participant is not None
    older = msgspec.structs.replace(join, sequence=9, participant=None)
    muted = msgspec.structs.replace(join, sequence=9, participant=msgspec.structs.replace(join.participant, muted=True))
    roster = apply(empty(), [join], now=1)
    assert apply(roster, [older, muted], now=2) is roster


# ---- properties

legs = st.integers(1, 4)
statuses = st.sampled_from(["Answered", "Hold", "Disconnected", "join", "other", "again"])


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """What a few direct calls and a host truly did, in order: one notification for each step."""
    history: list[dict[str, Any]] = []
    for call in range(1, draw(legs) + 1):
        stay = 0
        sequence = 1
        for step, word in enumerate(draw(st.lists(statuses, min_size=1, max_size=5))):
            if word != "again" or stay == 0:
                stay += 1
            conference = "s-other" if word == "other" else CONFERENCE
            joins = word in {"join", "other", "again"}
            new = in_conference(f"p-{conference}-{call}-{stay}", conference) if joins else status(word)
            sequence += draw(st.integers(1, 3))
            party = {"muted": draw(st.booleans())}
            history.append(notification(sequence, new, call=call, party=party, second=call * 10 + step))
    # A host's leg is set up, connected and ended, each once: a participant id stands for one stay.
    for step, code in enumerate(["Setup", "Proceeding", "Answered", "Hold", "Answered", "Disconnected"]):
        if draw(st.booleans()):
            history.append(host_notification(2 + step, code, second=100 + step))
    return history


def truth(history: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Who is in which conference, worked out in another way: by looking at each leg's last notification."""
    last: dict[str, dict[str, Any]] = {}
    for content in history:
        party = content["body"]["parties"][0]
        key = party["id"]
        if key not in last or content["body"]["sequence"] > last[key]["body"]["sequence"]:
            last[key] = content
    found: dict[str, set[str]] = {}
    for content in last.values():
        party = content["body"]["parties"][0]
        if content["body"]["origin"]["type"] == "Conference":
            if party["status"]["code"] in {"Answered", "Hold"}:
                found.setdefault(CONFERENCE, set()).add(party["id"])
        elif party["status"].get("reason") == "Conference":
            peer = party["status"]["peerId"]
            found.setdefault(peer["telephonySessionId"], set()).add(peer["partyId"])
    return found


@given(history=histories(), data=st.data())
def test_every_order_and_every_duplicate_ends_in_the_truth(history: list[dict[str, Any]], data: st.DataObject) -> None:
    duplicated = history + data.draw(st.lists(st.sampled_from(history), max_size=6))
    delivered = data.draw(st.permutations(duplicated))
    batch = data.draw(st.integers(1, 5))
    in_order = rosters_after(images(*history))
    out_of_order = rosters_after(images(*delivered), batch=batch)
    assert shown(out_of_order) == shown(in_order)
    assert {
        key: {p.id for p in roster.participants} for key, roster in out_of_order.items() if roster.present
    } == truth(history)


@given(history=histories(), data=st.data())
def test_versions_grow_by_one_and_changes_tell_the_difference(
    history: list[dict[str, Any]], data: st.DataObject
) -> None:
    delivered = data.draw(st.permutations(history))
    rosters: dict[str, Roster] = {}
    for change in (change for old, new in images(*delivered) for change in leg_changes(old, new)):
        before = rosters.get(change.conference_id, Roster(ACCOUNT, change.conference_id))
        now = apply(before, [change], now=1)
        rosters[change.conference_id] = now
        assert now is before or now.version == before.version + 1
        if now is not before:
            assert replay(before, now) == {person.id: person for person in now.participants}


def replay(before: Roster, now: Roster) -> dict[str, Participant]:
    """What a client would show that only followed the changes."""
    people = {person.id: person for person in before.participants}
    for change in now.changes:
        match change:
            case Joined(participant=person) | Updated(participant=person):
                people[person.id] = person
            case Left(participant=person):
                del people[person.id]
            case Ended():
                assert not people
    return people


# ---- a host who changes devices

SWITCHES = host_notification(5, "Disconnected", "CallSwitch", second=5)
NEW_LEG = {"id": CONFERENCE.replace("s-", "p-", 1) + "-4"}
ARRIVES = host_notification(6, "Answered", second=6, **NEW_LEG)
ON_HOOK = host_notification(7, "Disconnected", second=7, **NEW_LEG)
HOSTS_IN = host_notification(2, "Answered", second=2)


def test_a_host_who_changes_devices_is_in_all_the_time() -> None:
    roster = after(HOSTS_IN, SWITCHES)
    assert ([person.role for person in roster.participants], roster.state) == (["host"], "active")
    roster = after(HOSTS_IN, SWITCHES, ARRIVES)
    assert [person.id for person in roster.participants] == [NEW_LEG["id"]]
    assert [type(change) for change in roster.changes] == [Joined, Left]
    roster = after(HOSTS_IN, SWITCHES, ARRIVES, ON_HOOK)
    assert ([*roster.participants], roster.state) == ([], "ended")


@pytest.mark.parametrize("order", list(permutations([HOSTS_IN, SWITCHES, ARRIVES, ON_HOOK])))
@pytest.mark.parametrize("told", [3, 4])
def test_in_every_order(order: tuple[dict[str, Any], ...], told: int) -> None:
    everything = [HOSTS_IN, SWITCHES, ARRIVES, ON_HOOK][:told]
    expected = after(*everything)
    roster = after(*(event for event in order if event in everything))
    if any(entry.moving for entry in roster.present.values()) and told == 4:
        # Of the other device's leg only its end was told, and of that no roster learns: RingCentral is asked soon.
        assert order.index(ON_HOOK) < order.index(ARRIVES)
        assert soon(roster)
        return
    assert roster.participants == expected.participants
    assert roster.host_extension_id == EXTENSION


# ---- doubt


def soon(roster: Roster) -> bool:
    assert roster.due_at is not None
    return roster.due_at <= DOUBTFUL_SECONDS + 10  # its versions were made in the first moments of 1970


@pytest.mark.parametrize(
    ("contents", "doubtful"),
    [
        ([HOSTS_IN, JOIN], False),
        ([HOSTS_IN, JOIN, SWITCHES], True),
        ([HOSTS_IN, JOIN, host_notification(5, "Disconnected", second=5)], True),
        ([JOIN, LEAVE], True),
        ([JOIN, LEAVE, notification(9, in_conference("p-conf-3"), call=2, second=12)], True),
    ],
)
def test_a_roster_is_doubtful_when_the_host_has_left_when_it_ended_and_when_it_goes_on_after_that(
    contents: list[dict[str, Any]], doubtful: bool
) -> None:
    assert soon(after(*contents)) is doubtful


def test_it_is_doubtful_when_somebody_leaves_who_was_never_seen() -> None:
    _, leave = changes_of(JOIN, LEAVE)
    roster = apply(after(notification(9, in_conference("p-conf-3"), call=2)), [leave], now=1000)
    assert soon(roster)
    assert len(roster.participants) == 1


# ---- corrections


def corrected(record: PartyRecord, number: int, membership: Membership | None) -> PartyRecord:
    correction = Correction(number, CONFERENCE)
    return msgspec.structs.replace(
        record, correction=correction, membership=membership, code="Disconnected", reason=None
    )


def test_a_correction_is_newer_than_the_event_and_older_than_the_next() -> None:
    ((_, joined),) = images(JOIN)
    out, again = corrected(joined, 1, None), corrected(joined, 2, joined.membership)
    roster = rosters_after([(None, joined), (joined, out)])[CONFERENCE]
    assert roster.changes == (Left(roster_of(joined), "Disconnected", "reconciliation"), Ended())
    assert apply(roster, leg_changes(None, joined), now=1) is roster
    back = apply(roster, leg_changes(out, again), now=1)
    assert back.changes == (Joined(roster_of(joined), "reconciliation"),)
    assert apply(back, leg_changes(joined, out), now=1) is back
    ((_, left),) = images(LEAVE)
    assert apply(back, leg_changes(again, left), now=1).participants == []


def roster_of(record: PartyRecord) -> Participant:
    assert record.membership is not None
    return record.membership.participant


def test_a_correction_of_a_record_that_was_right_tells_its_conference_all_the_same() -> None:
    ((_, joined),) = images(JOIN)
    ((_, left),) = images(LEAVE)
    again = msgspec.structs.replace(joined, correction=Correction(1, CONFERENCE))
    assert [change.participant for change in leg_changes(joined, again)] == [roster_of(joined)]
    out = msgspec.structs.replace(left, correction=Correction(1, CONFERENCE))
    assert [(change.conference_id, change.participant) for change in leg_changes(left, out)] == [(CONFERENCE, None)]
    assert leg_changes(out, msgspec.structs.replace(out, sequence=99)) == []


def test_a_correction_into_another_conference_takes_the_leg_out_of_the_first() -> None:
    ((_, joined),) = images(JOIN)
    assert joined.membership is not None
    elsewhere = msgspec.structs.replace(joined.membership, conference_id="s-other")
    moved = msgspec.structs.replace(joined, membership=elsewhere, correction=Correction(1, "s-other"))
    assert [(change.conference_id, change.participant is None) for change in leg_changes(joined, moved)] == [
        (CONFERENCE, True), ("s-other", False)
    ]  # fmt: skip
