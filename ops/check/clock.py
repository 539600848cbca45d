"""This machine's clock, held against AWS's and RingCentral's.

AWS refuses a request whose signature is more than five minutes off (IAM user guide, Signature Version 4). The `Date`
header is asked for without a signature, so that the check works exactly when nothing else does.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from ops import http
from ops.check.finding import Finding, NotRun, error, ok, warning

CLOCK = "clock"

ALLOWED_SECONDS = 300
SUSPICIOUS_SECONDS = 30

Clock = Callable[[], datetime]
"""The time now, with a time zone."""


def utc_now() -> datetime:
    """The time by this machine's clock."""
    return datetime.now(UTC)


def clock(urls: dict[str, str], now: Clock) -> Iterator[Finding]:
    """Whether the clock agrees with those of others. `urls`: addresses to ask, by the names of their owners."""
    skews = {who: _skew(url, now) for who, url in urls.items()}
    told = {who: skew for who, skew in skews.items() if skew is not None}
    if not told:
        raise NotRun(f"no time was told by {' or '.join(skews)}")
    who, skew = max(told.items(), key=lambda one: abs(one[1]))
    message = f"This machine's clock is {abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} {who}'s"
    if abs(skew) >= ALLOWED_SECONDS:
        yield error("clock-skew", message)
    elif abs(skew) >= SUSPICIOUS_SECONDS:
        yield warning("clock-skew", message)
    elif len(told) < len(skews):
        raise NotRun(f"no time was told by {', '.join(skews.keys() - told.keys())}")
    else:
        yield ok(CLOCK, f"agrees with {' and '.join(told)}")


def _skew(url: str, now: Clock) -> float | None:
    """How many seconds this machine is ahead; None if nobody told the time."""
    try:
        with http.client(url) as client:
            date = client.get(url).headers.get("Date", "")
        return (now() - parsedate_to_datetime(date)).total_seconds()
    except (httpx.HTTPError, ValueError):
        return None
