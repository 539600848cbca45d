"""Several commands change the secret at once: none undoes what another did."""

import threading
from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from ops.errors import OpsError
from ops.verification_secret import ATTEMPTS, VerificationSecret, VerificationTokens

FIELDS = ("current", "previous", "next")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("secretsmanager")
        client.create_secret(Name="tokens", SecretString='{"current": "a", "previous": "", "next": ""}')
        yield client


def of(client: Any) -> VerificationSecret:
    return VerificationSecret(client, "tokens")


def test_a_change_keeps_the_rest_and_is_what_everybody_reads(client: Any) -> None:
    of(client).change(lambda there: msgspec.structs.replace(there, record_until=7))
    of(client).change(lambda there: msgspec.structs.replace(there, current="b", previous=there.current))
    assert of(client).read() == VerificationTokens("b", "a", record_until=7)
    text = client.get_secret_value(SecretId="tokens", VersionStage="AWSCURRENT")["SecretString"]
    assert msgspec.json.decode(text) == {"current": "b", "previous": "a", "recordUntil": 7}


def test_who_was_overtaken_makes_the_change_anew_from_what_stands_there_now(client: Any) -> None:
    """A rotation announces its next token between the moment when a recording was started and that of its writing."""
    seen = list[VerificationTokens]()

    def start(there: VerificationTokens) -> VerificationTokens:
        seen.append(there)
        if len(seen) == 1:
            of(client).change(lambda now: msgspec.structs.replace(now, next="announced"))
        return msgspec.structs.replace(there, record_until=7)

    of(client).change(start)
    assert of(client).read() == VerificationTokens("a", next="announced", record_until=7)
    assert [there.next for there in seen] == ["", "announced"]


def test_who_is_overtaken_every_time_gives_up_and_has_changed_nothing(client: Any) -> None:
    made = list[int]()

    def unlucky(there: VerificationTokens) -> VerificationTokens:
        made.append(len(made))
        of(client).change(lambda now: msgspec.structs.replace(now, next=f"n{len(made)}"))
        return msgspec.structs.replace(there, record_until=7)

    with pytest.raises(OpsError):
        of(client).change(unlucky)
    assert len(made) == ATTEMPTS
    assert of(client).read() == VerificationTokens("a", next=f"n{ATTEMPTS}")


def test_changes_of_several_fields_by_several_commands_all_arrive(client: Any) -> None:
    """One after the other inside moto, which knows no locks of its own; interleaved between its calls."""
    one_call = threading.Lock()

    class Locked:
        def __getattr__(self, name: str) -> Any:
            def call(**request: Any) -> Any:
                with one_call:
                    return getattr(client, name)(**request)

            return call

    def change(field: str) -> None:
        VerificationSecret(Locked(), "tokens").change(lambda now: msgspec.structs.replace(now, **{field: field}))  # type: ignore[arg-type]

    threads = [threading.Thread(target=change, args=(field,)) for field in FIELDS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert of(client).read() == VerificationTokens(*FIELDS)
