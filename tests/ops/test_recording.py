"""The commands for recording, on moto."""

import json
import time
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest

from ops import recording
from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.recording import Recordings
from rollcall.core.recording import Recorded
from tests.ops.conftest import SECRET, World
from tests.support.pipeline import deliver, rosters_after
from tests.support.recorded import EXAMPLE, recordings, shape


def secret() -> dict[str, Any]:
    read = boto3.client("secretsmanager").get_secret_value(SecretId=SECRET, VersionStage="AWSCURRENT")
    value: dict[str, Any] = json.loads(read["SecretString"])
    return value


@pytest.fixture
def recorded(world: World) -> World:
    """The example's notifications, as ingest keeps them, in another order than they came."""
    store = Recordings(AwsService("s3", BACKGROUND), world.recording_bucket)
    for one in reversed(recordings(EXAMPLE)):
        store.put(one)
    return world


def test_it_is_started_for_a_while_and_stopped_and_the_tokens_stay(world: World) -> None:
    started = time.time()
    assert world.run("recording", "status").out == b"Not recording.\nNone is kept.\n"
    done = world.run("recording", "start", "--minutes", "20")
    until = secret()["recordUntil"]
    told = time.strftime("Recording until %Y-%m-%dT%H:%M:%SZ.", time.gmtime(until))
    assert (done.status, done.out[: len(told)].decode()) == (0, told)
    assert started + 1199 <= until <= time.time() + 1200
    assert secret() == {"current": "a", "previous": "b", "recordUntil": until}
    assert world.run("recording", "status").out.startswith(b"Recording until ")
    assert world.run("recording", "stop").status == 0
    assert secret() == {"current": "a", "previous": "b"}
    assert world.run("recording", "status").out.startswith(b"Not recording.")


@pytest.mark.parametrize("minutes", ["0", "1441", "-1", "x", "1.5"])
def test_it_can_not_be_started_for_good(world: World, minutes: str) -> None:
    with pytest.raises(SystemExit):
        world.run("recording", "start", f"--minutes={minutes}")
    assert secret() == {"current": "a", "previous": "b"}


def test_it_ends_by_itself(world: World) -> None:
    client = boto3.client("secretsmanager")
    text = json.dumps({"current": "a", "recordUntil": int(time.time()) - 1})
    client.put_secret_value(SecretId=SECRET, SecretString=text)
    assert world.run("recording", "status").out.startswith(b"Not recording.")


def test_what_was_kept_is_exported_oldest_first_and_as_it_came(recorded: World) -> None:
    exported = recorded.run("recording", "export").out
    assert [msgspec.json.decode(line, type=Recorded) for line in exported.splitlines()] == recordings(EXAMPLE)
    assert exported == EXAMPLE.read_bytes()
    status = recorded.run("recording", "status").out.decode()
    assert "19 notifications are kept, from 2026-03-04T10:00:00.128Z to 2026-03-04T10:01:" in status


def test_a_masked_export_has_the_same_rosters_and_none_of_the_people(recorded: World, tmp_path: Path) -> None:
    exported = tmp_path / "masked.jsonl"
    exported.write_bytes(recorded.run("recording", "export", "--mask").out)
    text = exported.read_text()
    assert [name for name in ("Alice", "Carla", "2055550103", "2055550104") if name in text] == []

    def after(path: Path) -> Any:
        return shape(rosters_after(deliver([one.content for one in recordings(path)]).stream))

    assert after(exported) == after(EXAMPLE)


def test_it_is_shown_as_a_timeline_since_a_time_and_with_or_without_names(recorded: World) -> None:
    lines = recorded.run("recording", "show").out.decode().splitlines()
    assert len(lines) == 20
    assert sum("Carla Customer" in line for line in lines) == 2
    later = recorded.run("recording", "show", "--since", "2026-03-04T11:00:26+01:00").out.decode().splitlines()
    assert 1 < len(later) < len(lines)
    assert {line[:24] for line in later[1:]} <= {line[:24] for line in lines}
    masked = recorded.run("recording", "show", "--mask", "--session", "s-a0a4").out.decode()
    assert "Carla" not in masked
    assert "(Ada Ashby, +12055550100, host)" in masked


def test_all_that_was_kept_is_deleted(recorded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "_IN_ONE_REQUEST", 7)
    assert recorded.run("recording", "delete").out == b"19 notifications deleted.\n"
    assert recorded.run("recording", "export").out == b""
    assert recorded.run("recording", "show").out == b""


def test_what_is_no_recording_is_named_instead_of_a_traceback(world: World) -> None:
    world.s3.put_object(Bucket=world.recording_bucket, Key="odd", Body=b"{")
    done = world.run("recording", "show")
    assert done.status == 1
    assert done.err.startswith("recording: odd is no recording: ")
