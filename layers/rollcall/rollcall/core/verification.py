"""When RingCentral is to be asked who is really in a conference, and how far its answer is to be believed.

Notifications get lost, and some legs send none. So conferences are verified: soon when something makes the roster
doubtful, otherwise at leisure. What no source says (see docs/decisions.md) is chosen here, in one place.
"""

SETTLED_SECONDS = 30
"""RingCentral's answer is taken to know everything that happened so long before it was asked. A leg of which an event
tells something newer is left as the event says: it may be ahead of the answer."""

DOUBTFUL_SECONDS = SETTLED_SECONDS + 5
"""When to look at a doubtful conference: as soon as the answer can be believed in everything."""

WATCHED_SECONDS = 300
UNWATCHED_SECONDS = 3600
"""How often a conference is verified about which nothing is doubtful."""

LATELY_SECONDS = 300
"""Whoever subscribes to a conference that was not verified for so long makes it due."""

QUESTIONS_A_MINUTE = 20
"""RingCentral allows a user 50 light requests a minute, and every one during a penalty starts that again. The rest is
left for the subscription and for the user in whose name Rollcall asks."""

UNKNOWN_AT_ONCE = 5
"""Of these, so many may be about conferences of which Rollcall knows nothing but that somebody subscribed to them."""


def due_at(now: int, *, doubtful: bool, ended: bool, before: int | None) -> int:
    """When to verify a roster that has just changed. All in epoch seconds.

    One that ended is looked at once more, soon: nobody may be called out who is still in. An earlier appointment stays.
    """
    at = now + (DOUBTFUL_SECONDS if doubtful or ended else WATCHED_SECONDS)
    return at if before is None or before < now else min(at, before)


def due_after_verification(now: int, *, ended: bool, unsettled: bool, watched: bool) -> int | None:
    """When to verify a roster again that has just been verified; None: never."""
    if unsettled:
        return now + DOUBTFUL_SECONDS
    if ended:
        return None
    return now + (WATCHED_SECONDS if watched else UNWATCHED_SECONDS)


def lately(now: int, *times: int) -> bool:
    """Whether one of these times, epoch seconds, is no longer ago than a subscriber may trust."""
    return max(times) > now - LATELY_SECONDS
