"""Whatever is posted to the webhook, it answers, keeps what is authentic, and nothing behind it stumbles."""

from collections import Counter

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.functions import Functions, running_functions
from tests.fuzz.promises import follow, receive
from tests.fuzz.recipe import Recipe
from tests.fuzz.requests import Request, request_of
from tests.fuzz.world import World

PARTS = 10
POSTS = 200_000
POSTS_AT_ONCE = 4
OCTETS = 48
"""What a request is chosen by. Most read less; where they end, the plainest choices follow."""

SEEN = {
    *("handshake", "stranger", "written", "overtaken", "ignored", "reminder"),
    *("deferred", "lost", "batch applied", "roster"),
    *("quarantined: malformed", "quarantined: not-json", "quarantined: not-utf8", "quarantined: too-large"),
}
"""What must come about in every part, or the mutations don't reach what they are meant to reach."""

_DOWN = [frozenset[str]()] * 30 + [frozenset({"dynamodb"}), frozenset({"dynamodb", "s3", "events", "sqs"})]


def converse(functions: Functions, octets: bytes) -> Counter[str]:
    """Post some requests to one installation, and let its rosters follow. Returns what became of everything."""
    functions.world = World(recording=functions.recording)
    seen = Counter[str]()
    request: Request | None = None
    for start in range(0, len(octets), OCTETS):
        recipe = Recipe(octets[start : start + OCTETS])
        functions.world.down = recipe.one_of(_DOWN)
        if not recipe.one_in(8) or request is None:  # and else the same once more
            request = request_of(recipe)
        hypothesis.note(f"{request.standing}, without {set(functions.world.down)}: {request.body[:1000]!r}")
        seen[receive(functions, request)] += 1
    functions.world.down = frozenset()
    return seen + follow(functions)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_breaks_anything(part: int) -> None:
    tally = Counter[str]()
    with running_functions(recording=part % 2 == 1) as functions:

        @hypothesis.seed(part)
        @settings(
            max_examples=POSTS // PARTS // POSTS_AT_ONCE,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.binary(min_size=OCTETS * POSTS_AT_ONCE, max_size=OCTETS * POSTS_AT_ONCE))
        def posts(octets: bytes) -> None:
            tally.update(converse(functions, octets))

        posts()
    assert not SEEN - tally.keys()
