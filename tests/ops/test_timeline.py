"""What the timeline says of each notification, and that its rosters are those that Rollcall comes to."""

import random
from typing import Any

import pytest

from ops.playback import Playback
from ops.timeline import HEADINGS, timeline
from rollcall.core.recording import Recorded, as_recorded
from tests.support.events import CONFERENCE, as_body, host_notification, in_conference, leg_name, notification, status
from tests.support.pipeline import deliver, rosters_after, shown
from tests.support.recorded import EXAMPLE, recorded, recordings

SECOND = 1709049600.223
JOIN = notification(9, in_conference("p-conf-2"), second=9)
LEFT = notification(11, status("Disconnected"), second=11)
JOINED = f"joined conference {CONFERENCE} as p-conf-2 (Person 1, +12055550111): Gone with reason Conference"


def received(*contents: dict[str, Any] | bytes) -> list[Recorded]:
    bodies = [content if isinstance(content, bytes) else as_body(content) for content in contents]
    return [as_recorded({}, body, received_at=SECOND + 12 + number) for number, body in enumerate(bodies)]


def meanings(*contents: dict[str, Any] | bytes) -> list[str]:
    playback = Playback()
    return [step.meaning for one in received(*contents) for step in playback.play(one)]


def test_somebody_joins_and_leaves_and_late_and_double_events_are_told_apart() -> None:
    answered = notification(6, status("Answered"), second=6)
    assert meanings(answered, JOIN, JOIN, LEFT, JOIN, answered) == [
        "no conference concerned",
        JOINED,
        "repeats an earlier event",
        f"out of conference {CONFERENCE} (Person 1, +12055550111): Disconnected; conference {CONFERENCE} is over",
        "overtaken by sequence 11",
        "overtaken by sequence 11",
    ]


def test_the_host_and_what_changes_while_somebody_is_in() -> None:
    muted = notification(10, in_conference("p-conf-2"), second=10, party={"muted": True})
    again = notification(12, in_conference("p-conf-2"), second=12, party={"muted": True})
    host = host_notification(2, "Answered", second=2)
    host_id = CONFERENCE.replace("s-", "p-", 1) + "-1"
    assert meanings(host, JOIN, muted, again) == [
        f"joined conference {CONFERENCE} as {host_id} (Agent Able, +12055550100, host): Answered",
        JOINED,
        f"shown differently in conference {CONFERENCE} (Person 1, +12055550111): Gone with reason Conference",
        f"still in conference {CONFERENCE}: Gone with reason Conference",
    ]


def test_an_event_that_comes_after_its_repetition_corrects_the_time() -> None:
    again = notification(12, in_conference("p-conf-2"), second=12)
    assert meanings(again, JOIN) == [
        JOINED,
        "overtaken by sequence 12; corrects the time of joining to 2024-02-27T16:00:09.223Z",
    ]


def test_who_is_brought_into_another_conference_is_out_of_the_first() -> None:
    other = "s-conf02"
    person = "(Person 1, +12055550111): Gone with reason Conference"
    (_, moved) = meanings(JOIN, notification(12, in_conference("p-other-2", other), second=12))
    assert f"out of conference {CONFERENCE} {person}" in moved
    assert f"joined conference {other} as p-other-2 {person}" in moved


def test_the_same_sequence_with_another_content_is_not_called_a_repetition() -> None:
    assert meanings(JOIN, notification(9, status("Disconnected"))) == [
        JOINED,
        "has the sequence of an earlier event, and tells something else",
    ]


@pytest.mark.parametrize(
    ("body", "meaning"),
    [
        (b"{", "quarantined: not-json, "),
        (b"\xff", "quarantined: not-utf8, at byte 0"),
        (as_body(notification("x", status("Answered"))), "quarantined: malformed, "),
        (b"", "of another kind: empty"),
        (b'{"event": "/restapi/v1.0/subscription/~?threshold=60"}', "of another kind: reminder"),
    ],
)
def test_what_is_no_telephony_notification_says_so(body: bytes, meaning: str) -> None:
    (told,) = meanings(body)
    assert told.startswith(meaning)


def test_a_line_has_everything_and_ids_are_as_long_as_it_takes() -> None:
    headings, line, kind = timeline(received(JOIN, b""))
    assert headings.split()[0] == HEADINGS[0]
    cells = [cell.strip() for cell in line.split("  ") if cell]
    session, party = leg_name(1)
    assert cells[0] == "2024-02-27T16:00:09.223Z"
    assert cells[1] == "+3.000"
    assert session.startswith(cells[2])
    assert 8 <= len(cells[2]) < len(session)
    assert cells[3:8] == ["-1", "Outbound", "Gone Conference", f"{CONFERENCE[: len(cells[2])]} p-conf-2", "9"]
    assert cells[8] == JOINED
    assert kind.endswith("of another kind: empty")
    assert party.endswith("-1")


def test_one_session_or_one_conference_is_shown_and_the_rest_taken_into_account() -> None:
    session = leg_name(1)[0]
    other = notification(3, status("Answered"), call=2)
    everything = received(other, JOIN, LEFT, JOIN)
    assert len(timeline(everything)) == 5
    assert len(timeline(everything, session)) == 4
    assert [line.rpartition("  ")[2] for line in timeline(everything, CONFERENCE[:9])[1:]] == [
        line.rpartition("  ")[2] for line in timeline(everything, session)[1:]
    ]
    assert timeline(everything, "s-nothing") == []


def test_nothing_in_a_name_reaches_the_terminal_but_what_can_be_seen() -> None:
    evil = notification(9, in_conference("p-conf-2"), party={"to": {"name": "a\x1b[2Jb\n\u202ec"}})
    (_, line) = timeline(received(evil))
    assert line.endswith("(a[2Jbc): Gone with reason Conference")


@pytest.mark.parametrize("seed", range(20))
def test_its_rosters_are_those_of_the_pipeline_in_any_order(seed: int) -> None:
    chance, bodies = random.Random(seed), recorded(EXAMPLE)
    bodies = bodies + chance.choices(bodies, k=5)
    chance.shuffle(bodies)
    playback = Playback()
    for body in bodies:
        assert len(list(playback.play(as_recorded({}, body, received_at=SECOND)))) == 1
    by_conference = {conference_id: roster for (_, conference_id), roster in playback.rosters.items()}
    assert shown(by_conference) == shown(rosters_after(deliver(bodies).stream))
    assert by_conference


def test_the_example_ends_with_those_who_stayed() -> None:
    playback = Playback()
    steps = [step.meaning for one in recordings(EXAMPLE) for step in playback.play(one)]
    ((_, roster),) = playback.rosters.items()
    assert [person.name for person in roster.participants] == ["Alice Agent", "Bob Bailey"]
    assert [meaning.partition(" ")[0] for meaning in steps].count("joined") == 4
    assert [meaning.partition(" ")[0] for meaning in steps].count("out") == 2
    assert steps[-1] == "overtaken by sequence 9"
