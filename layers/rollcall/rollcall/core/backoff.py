"""How long a deferred notification waits for its next attempt."""

LONGEST = 120
_FIRST = 2
_DOUBLINGS = 6


def pause(deliveries: int, chance: float) -> int:
    """Seconds after the n-th delivery has failed: 2, doubled each time, 120 at most, of which up to half is left out.

    `chance`, from 0 to 1, is how much of that half is waited: what failed together does not come back together.
    """
    full = min(_FIRST << min(max(deliveries - 1, 0), _DOUBLINGS), LONGEST)
    return round(full * (1 + chance) / 2)
