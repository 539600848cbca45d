"""Leases, penalties, notes, secrets and events, on moto."""

import time
from typing import Any

import boto3
import pytest

from rollcall.adapters.aws import BACKGROUND, AwsService
from rollcall.adapters.event_bus import RenewalReminders
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.secret import Secret
from rollcall.core.errors import StorageFailed
from rollcall.core.service_token import ServiceToken
from rollcall.core.subscription import Remembered
from tests.support.aws_tables import create_table


@pytest.fixture
def table(aws_calls: object) -> LeaseTable:
    return LeaseTable(create_table("ConnectionTable"))


def test_a_lease_belongs_to_one_at_a_time_and_is_given_back(table: LeaseTable) -> None:
    with table.lease("work", 60) as first:
        with table.lease("work", 60) as second, table.lease("other", 60) as other:
            assert (first, second, other) == (True, False, True)
        with table.lease("work", 60) as third:
            assert not third  # whoever did not have it can't give it back
    with table.lease("work", 60) as again:
        assert again


def test_a_lease_of_somebody_who_died_ends_by_itself(table: LeaseTable, monkeypatch: pytest.MonkeyPatch) -> None:
    with table.lease("work", 5) as first:
        later = time.time() + 6
        monkeypatch.setattr("time.time", lambda: later)
        with table.lease("work", 60) as second:
            assert (first, second) == (True, True)


def test_a_lease_is_ours_though_the_first_response_was_lost(aws_calls: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore retries after a lost response and meets the lease that its first attempt has written."""
    table = create_table("ConnectionTable")
    real, lost = table.put, [True]

    def put(*arguments: Any) -> Any:
        existing = real(*arguments)
        return real(*arguments) if lost.pop() else existing

    monkeypatch.setattr(table, "put", put)
    with LeaseTable(table).lease("work", 60) as ours:
        assert ours


def test_a_penalty_lasts_its_time(table: LeaseTable, monkeypatch: pytest.MonkeyPatch) -> None:
    assert table.penalty("somebody") == 0
    table.punish("somebody", 30)
    assert 29 <= table.penalty("somebody") <= 31
    later = time.time() + 32
    monkeypatch.setattr("time.time", lambda: later)
    assert table.penalty("somebody") == 0


def test_the_subscription_is_remembered(table: LeaseTable) -> None:
    assert table.subscription() is None
    table.remember_subscription(Remembered("id", "hash"))
    assert table.subscription() == Remembered("id", "hash")


def test_a_secret_is_read_and_written(aws_calls: object) -> None:
    arn = boto3.client("secretsmanager").create_secret(Name="token", SecretString="{}")["ARN"]
    secret = Secret(AwsService("secretsmanager", BACKGROUND), arn, ServiceToken)
    assert secret.read() == ServiceToken()
    secret.write(ServiceToken("token", 5, "200"))
    assert secret.read() == ServiceToken("token", 5, "200")


def test_a_reminder_is_put_on_the_bus(aws_calls: object, monkeypatch: pytest.MonkeyPatch) -> None:
    reminders = RenewalReminders(AwsService("events", BACKGROUND), "rollcall-dev")
    reminders.remind()
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    monkeypatch.setattr(AwsService, "call", lambda *_arguments, **_request: refused)
    with pytest.raises(StorageFailed):
        reminders.remind()


def test_a_budget_is_spent_once_in_a_minute(table: LeaseTable, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000 * 60.0
    monkeypatch.setattr("time.time", lambda: now)
    assert [table.take("questions", 2) for _ in range(3)] == [True, True, False]
    assert table.take("something else", 2)
    now += 60
    assert table.take("questions", 2)


def test_an_account_that_was_seen_is_remembered_for_a_month(table: LeaseTable, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not table.is_visible("700100001")
    table.note_visible("700100001")
    assert table.is_visible("700100001")
    later = time.time() + 30 * 86400
    monkeypatch.setattr("time.time", lambda: later)
    assert not table.is_visible("700100001")
