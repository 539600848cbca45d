"""What is kept of a request; and a recorded conference, played back."""

import msgspec
import pytest

from rollcall.core.recording import Recorded, as_recorded, with_content
from tests.support.pipeline import deliver, rosters_after
from tests.support.recorded import EXAMPLE, recorded, recordings

CONFERENCE = "s-a0a445af42ca1z19cb84a4100z6d4ae170000"


@pytest.mark.parametrize("body", [b"", b"{}", '{"name": "Jürgen"}'.encode(), b"\xff\x00", b"\xed\xa0\x80"])
def test_a_body_comes_back_byte_by_byte(body: bytes) -> None:
    kept = msgspec.json.encode(as_recorded({}, body, received_at=0))
    assert msgspec.json.decode(kept, type=Recorded).content == body
    assert with_content(as_recorded({}, b"\xff", received_at=0), body) == as_recorded({}, body, received_at=0)


def test_the_form_of_an_object() -> None:
    headers = {"content-type": "application/json", "verification-token": "t", "validation-token": "t", "x-other": "o"}
    headers["user-agent"] = "odd \ud800"
    text, octets = (as_recorded(headers, body, received_at=1772618405.2234) for body in (b"{}", b"\xff"))
    assert msgspec.json.decode(msgspec.json.encode(text)) == {
        "receivedAt": "2026-03-04T10:00:05.223Z",
        "headers": {"content-type": "application/json", "user-agent": "odd \\ud800"},
        "body": "{}",
    }
    assert msgspec.json.decode(msgspec.json.encode(octets))["bodyBase64"] == "/w=="


def test_the_example_plays_back_to_its_rosters() -> None:
    """After every event: who is in."""
    bodies, seen = recorded(EXAMPLE), list[list[str | None]]()
    for number in range(len(bodies) + 1):
        rosters = rosters_after(deliver(bodies[:number]).stream)
        names = [person.name for roster in rosters.values() for person in roster.participants]
        if not seen or names != seen[-1]:
            seen.append(names)
    alice, bob, carla, dan = "Alice Agent", "Bob Bailey", "Carla Customer", "Dan Dealer"
    assert seen == [
        [],
        [alice],
        [alice, carla],
        [alice, carla, dan],
        [alice, carla, dan, bob],
        [alice, dan, bob],
        [alice, bob],
    ]
    assert list(rosters) == [CONFERENCE]
    assert (rosters[CONFERENCE].state, rosters[CONFERENCE].version) == ("active", 6)
    times = [one.received_at for one in recordings(EXAMPLE)]
    assert times == sorted(times)
