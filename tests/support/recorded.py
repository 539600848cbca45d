"""Recordings that were exported, and what clients would have seen of them."""

from pathlib import Path
from typing import Any

import msgspec

from rollcall.core.party import Participant
from rollcall.core.recording import Recorded
from rollcall.core.roster import Roster
from tests.support.aws_tables import ROOT

EXAMPLE = ROOT / "tests/data/conference.jsonl"
"""A conference of the simulator's: the host, two people from outside and a colleague, of whom one hangs up and one is
removed; somewhat out of order, and with one notification twice."""


def recordings(path: Path) -> list[Recorded]:
    """The lines of an export."""
    return [msgspec.json.decode(line, type=Recorded) for line in path.read_bytes().splitlines()]


def recorded(path: Path) -> list[bytes]:
    """The bodies, as they came."""
    return [recording.content for recording in recordings(path)]


def shape(rosters: dict[Any, Roster]) -> dict[Any, Any]:
    """What rosters are like, whoever the people in them are."""
    return {key: (roster.state, [_shape(person) for person in roster.participants]) for key, roster in rosters.items()}


def _shape(person: Participant) -> Participant:
    known = {field: "known" if getattr(person, field) else None for field in ("name", "phone_number")}
    return msgspec.structs.replace(person, **known)
