"""`quarantine`: what could not be decoded."""

import datetime as dt

import pytest
from moto.s3.models import FakeKey, s3_backends

from tests.ops.conftest import World

JOINED = b'{"uuid": "1", "event": "/restapi/v1.0/account/1/telephony/sessions"}'
FIRST, SECOND = "2026-03-04/malformed/11", "2026-03-04/not-json/22"


def test_list_is_oldest_first_over_all_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    for number in range(5):
        key = world.quarantine(f"2026-03-04/malformed/{number}", b"x" * (number + 8))
        # The last key is the oldest object.
        stored = s3_backends["123456789012"]["aws"].get_object(world.bucket, key)
        assert isinstance(stored, FakeKey)
        stored.last_modified = dt.datetime(2026, 3, 4, 10, 0, 9 - number)  # noqa: DTZ001  # as moto keeps it
    done = world.run("quarantine", "list")
    assert (done.status, done.err) == (0, "")
    assert done.out.decode().splitlines() == [
        "2026-03-04T10:00:05Z  12 B  malformed  2026-03-04/malformed/4",
        "2026-03-04T10:00:06Z  11 B  malformed  2026-03-04/malformed/3",
        "2026-03-04T10:00:07Z  10 B  malformed  2026-03-04/malformed/2",
        "2026-03-04T10:00:08Z   9 B  malformed  2026-03-04/malformed/1",
        "2026-03-04T10:00:09Z   8 B  malformed  2026-03-04/malformed/0",
    ]


def test_an_empty_quarantine_is_an_empty_list(world: World) -> None:
    assert world.run("quarantine", "list") == (0, b"", "")


def test_show_gives_the_very_bytes_and_the_reason_beside_them(world: World) -> None:
    world.quarantine(FIRST, b"\xff\r\n\x00", {"reason": "not-utf8", "detail": "byte 0"})
    assert world.run("quarantine", "show", FIRST) == (0, b"\xff\r\n\x00", "reason: not-utf8\ndetail: byte 0\n")
    assert world.keys() == [FIRST]


def test_replay_moves_to_the_deferred_queue(world: World) -> None:
    world.quarantine(FIRST, JOINED)
    world.quarantine(SECOND, b"{}")
    assert world.run("quarantine", "replay", FIRST) == (0, f"replayed {FIRST}\n".encode(), "")
    assert world.visible(world.deferred) == [JOINED.decode()]
    assert world.keys() == [SECOND]


@pytest.mark.usefixtures("deletes_fail")
def test_dying_between_sending_and_deleting_loses_nothing(world: World) -> None:
    world.quarantine(FIRST, JOINED)
    done = world.run("quarantine", "replay", FIRST)
    assert (done.status, done.out, done.err.count("\n")) == (1, b"", 1)
    assert "no luck" in done.err
    assert world.keys() == [FIRST]
    body = world.sqs.receive_message(QueueUrl=world.deferred)["Messages"][0]["Body"]
    assert body == JOINED.decode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"ab\xff", "not UTF-8 text, from byte 2 on"),
        (b"x" * (256 * 1024 + 1), "has 262145 bytes, a message holds 262144"),
        (b'{"a": "\x00"}', "U+0000"),
        (b"", "empty"),
    ],
)
def test_what_no_message_can_hold_stays(world: World, body: bytes, why: str) -> None:
    world.quarantine(FIRST, body)
    done = world.run("quarantine", "replay", FIRST)
    assert (done.status, done.out, done.err.count("\n")) == (1, b"", 1)
    assert why in done.err
    assert done.err.startswith(FIRST)
    assert world.keys() == [FIRST]
    assert world.visible(world.deferred) == []


def test_the_largest_body_that_a_message_holds_is_replayed(world: World) -> None:
    world.quarantine(FIRST, b"x" * (256 * 1024))
    assert world.run("quarantine", "replay", FIRST).status == 0
    assert world.keys() == []


def test_one_that_cannot_be_replayed_does_not_keep_the_others(world: World) -> None:
    world.quarantine(FIRST, b"\xff")
    world.quarantine(SECOND, JOINED)
    done = world.run("quarantine", "replay", "--all")
    assert (done.status, done.out) == (1, f"replayed {SECOND}\n".encode())
    assert world.keys() == [FIRST]
    assert world.visible(world.deferred) == [JOINED.decode()]


def test_delete_deletes_these_only(world: World) -> None:
    world.quarantine(FIRST, JOINED)
    world.quarantine(SECOND, JOINED)
    assert world.run("quarantine", "delete", FIRST) == (0, f"deleted {FIRST}\n".encode(), "")
    assert world.keys() == [SECOND]
    assert world.run("quarantine", "delete", "--all").status == 0
    assert world.keys() == []
    assert world.visible(world.deferred) == []


@pytest.mark.parametrize("action", ["show", "replay", "delete"])
def test_an_unknown_key_is_told(world: World, action: str) -> None:
    world.quarantine(SECOND, JOINED)
    assert world.run("quarantine", action, FIRST) == (1, b"", f"{FIRST}: there is no such thing here\n")
    assert world.keys() == [SECOND]
