"""Recorded notifications as lines that people read."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from ops.playback import Playback, Step
from ops.text import columns
from rollcall.core.notification import Party
from rollcall.core.recording import Recorded

HEADINGS = ("event", "after s", "session", "party", "direction", "status", "peer", "sequence", "what came of it")

_SHORTEST = 8
_NONE = "-"


def timeline(recordings: Iterable[Recorded], session_id: str | None = None) -> list[str]:
    """A line for each notification's party, under headings, in the order in which they came.

    `session_id` (or how it begins) keeps those of one telephony session, or of one conference and the calls in it. The
    others are taken into account all the same.
    """
    playback = Playback()
    steps = [step for recorded in recordings for step in playback.play(recorded)]
    shown = [step for step in steps if session_id is None or any(one.startswith(session_id) for one in _about(step))]
    length = _telling_length([one for step in steps for one in _about(step)])
    return columns([HEADINGS, *(_line(step, length) for step in shown)]) if shown else []


def _about(step: Step) -> Iterator[str]:
    yield from step.conferences
    if step.notification and step.party:
        yield step.notification.telephony_session_id
        yield from _peer_session(step.party)


def _peer_session(party: Party) -> list[str]:
    peer = party.status.peer_id
    session_id = peer and (peer.telephony_session_id or peer.session_id)
    return [session_id] if session_id else []


def _telling_length(ids: Sequence[str]) -> int:
    """How much of an id tells it from the others."""
    different = set(ids)
    longest = max(map(len, different), default=0)
    enough = (n for n in range(_SHORTEST, longest) if len({one[:n] for one in different}) == len(different))
    return next(enough, longest)


def _line(step: Step, length: int) -> tuple[str, ...]:
    notification, party = step.notification, step.party
    if notification is None or party is None:
        return (step.recorded.received_at, *[_NONE] * 7, step.meaning)
    session_id = notification.telephony_session_id
    received, happened = (datetime.fromisoformat(time) for time in (step.recorded.received_at, notification.event_time))
    return (
        notification.event_time,
        f"{(received - happened).total_seconds():+.3f}",
        session_id[:length],
        _number_of(party.id, session_id),
        party.direction,
        f"{party.status.code} {party.status.reason or ''}".strip(),
        _peer(party, length),
        str(notification.sequence),
        step.meaning,
    )


def _peer(party: Party, length: int) -> str:
    peer = party.status.peer_id
    for session_id in _peer_session(party):
        return f"{session_id[:length]} {_number_of(peer.party_id or '', session_id) if peer else ''}".strip()
    return _NONE


def _number_of(party_id: str, session_id: str) -> str:
    """The part of a party's id that its session's does not tell."""
    return party_id.removeprefix(f"p-{session_id.removeprefix('s-')}")
