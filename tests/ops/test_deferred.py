"""`deferred`: the dead letters of the deferred queue."""

import pytest

from ops import dead_letters
from tests.ops.conftest import World

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def test_list_reaches_beyond_one_receive_and_hides_nothing(world: World) -> None:
    bodies = [f"{{{number:02}}}" for number in range(25)]
    ids = [world.give_up(body) for body in bodies]
    done = world.run("deferred", "list")
    assert (done.status, done.err) == (0, "")
    rows = [line.split() for line in done.out.decode().splitlines()]
    assert sorted(row[-1] for row in rows) == sorted(ids)
    assert {tuple(row[1:4]) for row in rows} == {("4", "B", "given-up")}
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert world.visible(world.dead_letters) == bodies


def test_show_gives_the_body_and_hides_nothing(world: World) -> None:
    wanted, _ = world.give_up("{é}"), world.give_up("{2}")
    assert world.run("deferred", "show", wanted) == (0, "{é}".encode(), "received: 1 times\n")
    assert world.visible(world.dead_letters) == ["{2}", "{é}"]


def test_replay_moves_back_to_the_deferred_queue(world: World) -> None:
    wanted, _ = world.give_up("{1}"), world.give_up("{2}")
    assert world.run("deferred", "replay", wanted) == (0, f"replayed {wanted}\n".encode(), "")
    assert world.visible(world.deferred) == ["{1}"]
    assert world.visible(world.dead_letters) == ["{2}"]


def test_replay_all_leaves_nothing(world: World) -> None:
    bodies = [f"{{{number:02}}}" for number in range(25)]
    for body in bodies:
        world.give_up(body)
    assert world.run("deferred", "replay", "--all").status == 0
    assert world.visible(world.deferred) == bodies
    assert world.visible(world.dead_letters) == []


@pytest.mark.usefixtures("deletes_fail")
def test_dying_between_sending_and_deleting_loses_nothing(world: World) -> None:
    wanted = world.give_up("{1}")
    done = world.run("deferred", "replay", wanted)
    assert (done.status, done.out, done.err.count("\n")) == (1, b"", 1)
    for url in (world.deferred, world.dead_letters):
        messages = world.sqs.receive_message(QueueUrl=url)["Messages"]
        assert [message["Body"] for message in messages] == ["{1}"]


def test_delete_deletes_these_only(world: World) -> None:
    wanted, _ = world.give_up("{1}"), world.give_up("{2}")
    assert world.run("deferred", "delete", wanted) == (0, f"deleted {wanted}\n".encode(), "")
    assert world.visible(world.dead_letters) == ["{2}"]
    world.give_up("{3}")
    assert world.run("deferred", "delete", "--all").status == 0
    assert world.visible(world.dead_letters) == []
    assert world.visible(world.deferred) == []


@pytest.mark.parametrize("action", ["show", "replay", "delete"])
def test_an_unknown_id_is_told(world: World, action: str) -> None:
    world.give_up("{1}")
    assert world.run("deferred", action, UNKNOWN) == (1, b"", f"{UNKNOWN}: there is no such thing here\n")
    assert world.visible(world.dead_letters) == ["{1}"]
    assert world.visible(world.deferred) == []


def test_a_queue_without_end_is_told_with_what_was_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "RECEIVES", 2)
    for number in range(25):
        world.give_up(f"{{{number:02}}}")
    done = world.run("deferred", "list")
    assert (done.status, len(done.out.splitlines())) == (1, 20)
    assert done.err == "deferred: 2 receives did not reach the end of the queue; run the command again for the rest\n"
    assert len(world.visible(world.dead_letters)) == 25
