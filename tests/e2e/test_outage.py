"""DynamoDB throttles, fails, hangs and hangs up for a minute. RingCentral notices nothing, and no event is lost."""

import contextlib
import itertools
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Hook
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually
from tests.support.events import as_body, leg_name, notification, status
from tests.support.faulty_proxy import FaultyProxy, running_proxy

OUTAGE_SECONDS = 60
POSTS_PER_SECOND = 10
AT_ONCE = 10
RINGCENTRAL_WAITS_SECONDS = 3.0
RECOVERY_SECONDS = 150
WARM_SECONDS = 1.5

_calls = itertools.count(800_000)


@dataclass(frozen=True)
class Posted:
    """A notification, and how the webhook answered it."""

    session_id: str
    sequence: int
    answer: tuple[int, bytes]
    seconds: float


@pytest.fixture
def proxy(stack: Stack, aws: Aws) -> Iterator[FaultyProxy]:
    """What stands between DynamoDB and the two functions that write party records."""
    with running_proxy(stack.ports.aws) as proxy, contextlib.ExitStack() as changed:
        for function in ("ingest", "deferred"):
            changed.enter_context(aws.changed_environment(function, AWS_ENDPOINT_URL_DYNAMODB=proxy.url))
        yield proxy


def post(hook: Hook) -> Posted:
    """Post something new of a session of its own."""
    call = next(_calls)
    sequence = call % 97 + 1
    body = as_body(notification(sequence, status("Answered"), call=call))
    started = time.monotonic()
    answer = hook.post(body)
    return Posted(leg_name(call)[0], sequence, (answer.status_code, answer.content), time.monotonic() - started)


def warm_up(hook: Hook, proxy: FaultyProxy) -> list[Posted]:
    """Post until as many functions run as are needed at once: while DynamoDB hangs, each post keeps one busy."""
    posts = list[Posted]()
    proxy.faults, faults = ("hang",), proxy.faults
    proxy.broken = True
    deadline = time.monotonic() + 60
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while not posts or max(one.seconds for one in posts[-AT_ONCE:]) > WARM_SECONDS:
            assert time.monotonic() < deadline
            posts.extend(pool.map(post, [hook] * AT_ONCE))
    proxy.broken = False
    proxy.faults = faults
    return posts


def post_steadily(hook: Hook, seconds: float) -> list[Posted]:
    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        posting = []
        for number in range(int(seconds * POSTS_PER_SECOND)):
            time.sleep(max(started + number / POSTS_PER_SECOND - time.monotonic(), 0))
            posting.append(pool.submit(post, hook))
        return [one.result() for one in posting]


def sequences(aws: Aws) -> dict[str, int]:
    """The newest sequence that the table has of each session."""
    items = (item for item in aws.items("PartyTableName") if item["pk"]["S"].startswith("SESSION#"))
    return {item["pk"]["S"].removeprefix("SESSION#"): int(item["sequence"]["N"]) for item in items}


def recovered(aws: Aws, posts: list[Posted]) -> float:
    """How long it took until every event was in the table."""
    started, expected = time.monotonic(), {one.session_id: one.sequence for one in posts}
    while missing := expected.items() - sequences(aws).items():
        assert time.monotonic() - started < RECOVERY_SECONDS, f"{len(missing)} of {len(expected)} events are missing"
        time.sleep(1)
    return time.monotonic() - started


def test_whatever_dynamodb_does_for_a_minute_webhooks_are_answered_and_no_event_is_lost(
    stack: Stack, aws: Aws, proxy: FaultyProxy
) -> None:
    hook, quarantined = Hook(stack), aws.quarantined()
    warming = warm_up(hook, proxy)
    proxy.served.clear()

    began = time.time()
    proxy.broken = True
    posts = post_steadily(hook, OUTAGE_SECONDS)
    broken = dict(proxy.served)
    proxy.broken = False
    mended_after = recovered(aws, warming + posts)

    log = aws.log_of("ingest", since=began)
    deferred = log.count('"notification deferred"')
    slowest = max(one.seconds for one in posts)
    print(f"\n{len(posts)} posts, {deferred} deferred, slowest answer {slowest:.2f} s; DynamoDB: {broken};")
    repeats = aws.log_of("deferred", since=began)
    print(f"{repeats.count('notification stays deferred')} repeats failed; {len(warming)} posts to warm up;")
    print(f"everything in the table {mended_after:.1f} s after the outage")
    assert {one.answer for one in warming + posts} == {(200, b"")}
    assert slowest < RINGCENTRAL_WAITS_SECONDS
    assert deferred == len(posts)
    assert "pass" not in broken
    assert "notification lost" not in log
    assert "notification not put off" not in repeats
    eventually(lambda: aws.waiting("DeferredQueue") == 0, "nothing stays in the queue")
    assert aws.waiting("DeferredDeadLetters") == 0
    assert aws.quarantined() == quarantined
