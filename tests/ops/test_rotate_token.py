"""Rotating the verification token: in every moment all that is in use is accepted, wherever it is interrupted."""

import io
import json
from typing import Any

import msgspec
import pytest

from ops.errors import OpsError
from ops.rotate_token import ATTEMPTS, Rotation
from ops.verification_secret import VerificationSecret


class Killed(Exception):
    """The process dies here."""


class World:
    """A secret, functions that may know an older state of it, and the subscription's token."""

    def __init__(self) -> None:
        self.secret = {"current": "old"}
        self.versions = {"v0": self.secret}
        self.stale = dict(self.secret)
        self.subscription_tokens = ["old"]
        self.answers: list[dict[str, Any]] = []
        self.steps_until_killed = 10**6

    def step(self) -> None:
        """Every call ends one; afterwards whoever uses a token must find it accepted, also by who knows the least."""
        for token in self.subscription_tokens:
            assert token in self.secret.values()
            assert token in self.stale.values()
        self.steps_until_killed -= 1
        if self.steps_until_killed == 0:
            raise Killed

    def get_secret_value(self, SecretId: str, VersionStage: str) -> dict[str, str]:  # noqa: N803  # AWS's own names
        self.step()
        current = next(name for name, value in self.versions.items() if value is self.secret)
        return {"SecretString": json.dumps(self.secret), "VersionId": current}

    def put_secret_value(self, SecretId: str, SecretString: str, VersionStages: list[str]) -> dict[str, str]:  # noqa: N803
        name = f"v{len(self.versions)}"
        self.versions[name] = json.loads(SecretString)
        self.step()
        return {"VersionId": name}

    def update_secret_version_stage(self, MoveToVersionId: str, **_: str) -> None:  # noqa: N803
        self.secret = self.versions[MoveToVersionId]
        self.step()

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        answer = self.answers.pop(0) if self.answers else {"kept": True}
        if answer == {"kept": True}:
            current = self.secret["current"]
            made_before = current in self.subscription_tokens
            self.subscription_tokens = [current] if made_before else [*self.subscription_tokens, current]
        self.step()
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def wait(self, seconds: float) -> None:
        if seconds > 60:
            self.stale = dict(self.secret)
        self.step()

    def rotate(self) -> None:
        client: Any = self
        Rotation(client, client, secret_id="s", function_name="f", say=lambda _text: None, wait=self.wait).run()


def test_the_new_token_is_in_use_and_the_old_one_is_refused() -> None:
    world = World()
    world.rotate()
    assert world.subscription_tokens == [world.secret["current"]] != ["old"]
    assert world.secret.keys() == {"current"}


@pytest.mark.parametrize("steps", range(1, 12))
def test_wherever_it_is_interrupted_it_goes_on_from_there(steps: int) -> None:
    world = World()
    world.steps_until_killed = steps
    with pytest.raises(Killed):
        world.rotate()
    world.rotate()
    assert world.subscription_tokens == [world.secret["current"]] != ["old"]
    assert world.secret.keys() == {"current"}


def test_another_run_at_the_subscription_is_waited_for() -> None:
    world = World()
    world.answers = [{"kept": False}] * 3
    world.rotate()
    assert world.subscription_tokens != ["old"]


def test_without_a_new_subscription_the_old_token_stays_accepted() -> None:
    world = World()
    world.answers = [{"kept": False}] * ATTEMPTS
    with pytest.raises(OpsError):
        world.rotate()
    assert world.secret["previous"] == "old"
    world.rotate()
    assert "previous" not in world.secret


@pytest.mark.parametrize("waits", range(4))
def test_a_recording_that_is_started_meanwhile_goes_on_and_disturbs_nothing(waits: int) -> None:
    """At the first, second … wait of the rotation, and once before it."""
    world = World()
    client: Any = world
    waited = list[float]()

    def start() -> None:
        VerificationSecret(client, "s").change(lambda there: msgspec.structs.replace(there, record_until=7))

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == waits:
            start()
        world.wait(seconds)

    if waits == 0:
        start()
    world.answers = [{"kept": False}]
    Rotation(client, client, secret_id="s", function_name="f", say=lambda _text: None, wait=wait).run()
    assert len(waited) == 3
    assert world.secret == {"current": world.secret["current"], "recordUntil": 7}
    assert world.subscription_tokens == [world.secret["current"]] != ["old"]
