"""Recorded notifications are sent once more, as they came."""

import json
import time

import pytest

from local.simulator.replay import read_recordings, spaced
from tests.simulator.harness import VERIFICATION_TOKEN, RunningSimulator
from tests.simulator.webhook import Webhook


def line(second: float, **body: str) -> str:
    return json.dumps({"receivedAt": f"2026-03-04T10:00:{second:06.3f}Z", "headers": {}, **body})


LINES = "\n".join([line(5, body='{"n": "ü"}'), "", line(5.5, bodyBase64="/w=="), line(7), line(6, body="late")]) + "\n"
BODIES = ['{"n": "ü"}'.encode(), b"\xff", b"", b"late"]


def replay(served: RunningSimulator, lines: str, speed: str = "100") -> tuple[int, object]:
    answer = served.client.post("/simulator/replay", params={"speed": speed}, content=lines.encode())
    return answer.status_code, answer.json()


def test_they_are_spaced_as_they_came_and_keep_their_order() -> None:
    timed = spaced(read_recordings(LINES.encode()), 2.0)
    assert [(one.after, one.content) for one in timed] == list(zip([0.0, 0.25, 1.0, 1.0], BODIES, strict=True))


@pytest.mark.usefixtures("subscription")
def test_the_subscription_gets_them_word_for_word_with_its_token(served: RunningSimulator, webhook: Webhook) -> None:
    assert replay(served, LINES, "10") == (200, {"notifications": 4, "seconds": 0.2})
    posted = webhook.wait(4)
    assert [one.body for one in posted] == BODIES
    assert {one.headers["verification-token"] for one in posted} == {VERIFICATION_TOKEN}
    assert posted[3].arrived_at - posted[0].arrived_at >= 0.19


@pytest.mark.usefixtures("subscription")
@pytest.mark.parametrize(
    ("lines", "speed"), [(LINES, "0"), (LINES, "x"), (LINES, "inf"), (LINES, "nan"), (LINES + "{}", "1"), ("[", "1")]
)
def test_what_is_no_export_or_no_speed_is_refused_whole(
    served: RunningSimulator, webhook: Webhook, lines: str, speed: str
) -> None:
    status, body = replay(served, lines, speed)
    assert (status, list(body)) == (400, ["message"])  # type: ignore[call-overload]
    assert webhook.posted == []


@pytest.mark.usefixtures("subscription")
def test_a_reset_drops_what_has_not_left(served: RunningSimulator, webhook: Webhook) -> None:
    replay(served, line(0, body="first") + "\n" + line(1, body="second"), "5")
    webhook.wait(1)
    assert served.control("reset").status_code == 204
    time.sleep(0.3)
    assert [one.body for one in webhook.posted] == [b"first"]


def test_without_a_subscription_there_is_nobody_to_send_to(served: RunningSimulator) -> None:
    assert replay(served, LINES)[0] == 409


@pytest.mark.usefixtures("subscription")
def test_a_suspended_subscription_gets_none(served: RunningSimulator, webhook: Webhook, subscription: str) -> None:
    served.control(f"subscriptions/{subscription}/suspend")
    assert replay(served, LINES)[0] == 409
    assert webhook.posted == []
