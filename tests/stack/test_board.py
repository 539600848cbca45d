"""What is shown of the rosters that arrive."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from rich.console import Console

from local.stack.board import Arrival, Board, line, news, picture
from local.stack.messages import Bye, Refused, Roster, Subscribed, decode

ALICE = {"id": "p-1", "role": "host", "name": "Alice Agent", "phoneNumber": "+12055550101", "muted": False}
CARLA = {"id": "p-2", "role": "participant", "name": None, "phoneNumber": "+12055550103", "muted": True}
ARRIVED = datetime(2024, 2, 27, 16, 4, 52, 473000, tzinfo=UTC)


def roster(version: int, *participants: dict[str, Any], changes: list[dict[str, Any]] | None = None) -> Roster:
    frame = {
        "type": "roster",
        "conferenceId": "s-1",
        "version": version,
        "state": "active" if participants else "ended",
        "participants": participants,
        "changes": changes or [],
        "eventTime": "2024-02-27T16:04:52.223Z",
        "sentAt": "2024-02-27T16:04:52.400Z",
    }
    message = decode(json.dumps(frame))
    assert isinstance(message, Roster)
    return message


def arrival(version: int, *participants: dict[str, Any], changes: list[dict[str, Any]] | None = None) -> Arrival:
    return Arrival(roster(version, *participants, changes=changes), ARRIVED)


def drawn(board: Board) -> str:
    console = Console(width=100, color_system=None, force_terminal=False)
    with console.capture() as capture:
        console.print(picture(board))
    return capture.get()


JOINED = [{"type": "joined", "participant": CARLA}]


def test_a_higher_version_replaces_a_lower_one_and_never_the_other_way_round() -> None:
    second, third = arrival(2, ALICE), arrival(3, ALICE, CARLA)
    board = Board().after(third)
    assert board.after(second) is board
    assert Board().after(second).after(third).roster("s-1") == third.roster
    assert Board().roster("s-1") is None


def test_the_delay_is_from_the_event_to_the_arrival() -> None:
    assert arrival(3, ALICE, CARLA, changes=JOINED).delay == pytest.approx(0.25)
    assert arrival(3, ALICE, CARLA).delay is None


def test_news_has_a_line_for_each_change() -> None:
    left: list[dict[str, Any]] = [{"type": "left", "participant": CARLA, "reason": "Disconnected"}, {"type": "ended"}]
    first, second = (text.plain for text in news(arrival(9, changes=left)))
    assert "v9" in first
    assert "- +12055550103 left (Disconnected)" in first
    assert "0.25 s after the event" in first
    assert ". the conference has ended" in second


def test_a_roster_without_changes_is_news_of_how_it_stands() -> None:
    [text] = news(arrival(3, ALICE))
    assert text.plain.rstrip().endswith("= as it stands")


def test_a_line_names_everybody() -> None:
    assert line(roster(3, ALICE, CARLA)) == "Roster of s-1, version 3, active: Alice Agent (host), +12055550103"
    assert line(roster(4)) == "Roster of s-1, version 4, ended: nobody"


def test_a_picture_shows_everybody_and_what_has_changed() -> None:
    shown = drawn(Board().after(arrival(3, ALICE, CARLA, changes=JOINED)))
    for text in ("Conference s-1", "version 3", "active", "host", "Alice Agent", "+12055550103", "muted", "0.25 s"):
        assert text in shown


def test_a_picture_of_nothing_and_of_nobody() -> None:
    assert "No roster" in drawn(Board())
    assert "nobody" in drawn(Board().after(arrival(4)))


def test_names_are_shown_as_they_are() -> None:
    shown = drawn(Board().after(arrival(3, ALICE | {"name": "[bold]Alice[/nothing]"}, changes=JOINED)))
    assert "[bold]Alice[/nothing]" in shown


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ('{"type":"subscribed","scope":"extension"}', Subscribed()),
        ('{"type":"bye","reason":"expired","retry":"now"}', Bye("expired", "now")),
        ('{"type":"error","code":"invalid-json","message":"no","requestId":null}', Refused("invalid-json", "no")),
    ],
)
def test_other_messages(frame: str, message: object) -> None:
    assert decode(frame) == message


def test_an_unknown_message_is_an_error() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode('{"type":"greeting"}')
