"""When RingCentral is asked again."""

import pytest

from rollcall.core.verification import (
    DOUBTFUL_SECONDS,
    LATELY_SECONDS,
    UNWATCHED_SECONDS,
    WATCHED_SECONDS,
    due_after_verification,
    due_at,
    lately,
)

NOW = 1_000_000


@pytest.mark.parametrize(
    ("doubtful", "ended", "before", "at"),
    [
        (False, False, None, NOW + WATCHED_SECONDS),
        (True, False, None, NOW + DOUBTFUL_SECONDS),
        (False, True, None, NOW + DOUBTFUL_SECONDS),
        (False, False, NOW + 7, NOW + 7),
        (True, False, NOW + WATCHED_SECONDS, NOW + DOUBTFUL_SECONDS),
        (True, False, NOW - 1, NOW + DOUBTFUL_SECONDS),
    ],
)
def test_doubt_makes_it_soon_and_an_earlier_appointment_stays(
    doubtful: bool, ended: bool, before: int | None, at: int
) -> None:
    assert due_at(NOW, doubtful=doubtful, ended=ended, before=before) == at


@pytest.mark.parametrize(
    ("ended", "unsettled", "watched", "at"),
    [
        (False, False, True, NOW + WATCHED_SECONDS),
        (False, False, False, NOW + UNWATCHED_SECONDS),
        (False, True, False, NOW + DOUBTFUL_SECONDS),
        (True, True, True, NOW + DOUBTFUL_SECONDS),
        (True, False, True, None),
    ],
)
def test_what_ended_is_never_asked_about_again_unless_it_is_not_settled(
    ended: bool, unsettled: bool, watched: bool, at: int | None
) -> None:
    assert due_after_verification(NOW, ended=ended, unsettled=unsettled, watched=watched) == at


def test_lately_is_measured_from_the_newest_of_the_times() -> None:
    assert lately(NOW, 0, NOW - LATELY_SECONDS + 1)
    assert not lately(NOW, 0, NOW - LATELY_SECONDS)
