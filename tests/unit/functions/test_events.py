"""Every file in events/ is fed to its function, with the AWS calls that this makes counted."""

import contextlib
import importlib
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

from rollcall.adapters.appointment_table import AppointmentTable
from rollcall.adapters.connection_table import ConnectionTable
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.roster_table import RosterTable
from rollcall.adapters.ticket_table import TicketTable
from rollcall.core.identity import Connection, Grant, digest
from rollcall.core.keys import watched_conference
from tests.support.aws_tables import ROOT, create_table
from tests.support.ringcentral_stub import Stub, running_stub
from tests.support.sink import Sink, running_sink

ACCOUNT, EXTENSION = "809640001", "62295300001"
CONFERENCE = "s-a0d7bfa2dd198z18deb4fcc72z184536c0000"
CONNECTION = "L0SM9cOFvHcCIhw="
CREDENTIALS = '{"clientId": "id", "clientSecret": "secret", "jwt": "jwt"}'
SEQUENCES = [f"{number:021d}" for number in range(4)]


@dataclass
class Lambda:
    """The AWS around a function. `calls` are those of the function alone, as service.Operation."""

    parties: Table
    connections: ConnectionTable
    tickets: TicketTable
    sink: Sink
    requests: list[tuple[str, Any]]
    milliseconds: int = 30_000

    @property
    def calls(self) -> list[str]:
        return [name for name, _ in self.requests]

    def invoke(self, name: str) -> dict[str, Any]:
        function = name.partition("/")[0]
        module = f"functions.{function}.app"
        sys.modules.pop(module, None)
        handler = importlib.import_module(module).handler
        event = json.loads((ROOT / "events" / f"{name}.json").read_text())
        context = SimpleNamespace(
            function_name=function,
            memory_limit_in_mb=128,
            invoked_function_arn="arn",
            aws_request_id="r",
            log_stream_name="stream",
            get_remaining_time_in_millis=lambda: self.milliseconds,
        )
        self.requests.clear()
        answer = handler(event, context)
        for value in vars(sys.modules[module]).values():
            if hasattr(value, "_gateway"):
                value._gateway.close()
        assert json.loads(json.dumps(answer)) == answer
        return answer  # type: ignore[no-any-return]

    def dynamodb_calls(self) -> list[str]:
        return [call for call in self.calls if call.startswith("dynamodb.")]

    def people(self) -> list[str | None]:
        return [person.name for person in RosterTable(self.parties).load(ACCOUNT, CONFERENCE).participants]

    def quarantined(self) -> list[str]:
        listed = boto3.client("s3").list_objects_v2(Bucket="quarantine")
        return [item["Key"].split("/")[1] for item in listed.get("Contents", [])]

    def written(self) -> int:
        return len(boto3.client("dynamodb").scan(TableName="PartyTable")["Items"])


@pytest.fixture
def aws_around(aws_calls: list[tuple[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    with running_sink() as sink, running_stub() as stub:
        secrets = boto3.client("secretsmanager")
        secret = secrets.create_secret(Name="tokens", SecretString='{"current": "sample-verification-token"}')
        boto3.client("s3").create_bucket(Bucket="quarantine")
        environment = {
            "PARTY_TABLE": "PartyTable",
            "CONNECTION_TABLE": "ConnectionTable",
            "QUARANTINE_BUCKET": "quarantine",
            "RECORDING_BUCKET": "recordings",
            "DEFERRED_QUEUE_URL": boto3.client("sqs").create_queue(QueueName="deferred")["QueueUrl"],
            "VERIFICATION_SECRET_ARN": secret["ARN"],
            "WEBSOCKET_ENDPOINT": sink.url,
            "WEBSOCKET_URL": "wss://sample/dev",
            "ALLOWED_ORIGINS": "https://phone.example,http://localhost:3000",
            "WATCH_POLICY": "account",
            "REMOVE_POLICY": "account",
            "RINGCENTRAL_SERVER": stub.url,
            "STACK_NAME": "rollcall-dev",
            "EVENT_FILTERS": "/restapi/v1.0/account/~/telephony/sessions",
            "WEBHOOK_URL": "https://sample/webhook",
            "RINGCENTRAL_SECRET_ARN": secrets.create_secret(Name="app", SecretString=CREDENTIALS)["ARN"],
            "SERVICE_TOKEN_SECRET_ARN": secrets.create_secret(Name="token", SecretString="{}")["ARN"],
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        table = create_table("ConnectionTable")
        connections, tickets = ConnectionTable(table), TicketTable(table)
        yield Lambda(create_table("PartyTable"), connections, tickets, sink, aws_calls)


@pytest.fixture
def joined(aws_around: Lambda) -> Lambda:
    """Somebody is in the conference, and a connection of their agent is open."""
    aws_around.invoke("roster/joined")
    aws_around.connections.add_connection(Connection(CONNECTION, ACCOUNT, EXTENSION, int(time.time()) + 7200))
    return aws_around


def test_every_sample_is_tested_and_every_function_has_samples() -> None:
    samples = {str(path.relative_to(ROOT / "events").with_suffix("")) for path in (ROOT / "events").rglob("*.json")}
    tested = "\n".join(path.read_text() for path in (ROOT / "tests/unit/functions").glob("*.py"))
    assert [name for name in samples if f'"{name}"' not in tested] == []
    assert {name.partition("/")[0] for name in samples} == {path.name for path in (ROOT / "functions").iterdir()}


# ---- ingest


@pytest.mark.parametrize("name", ["ingest/joined", "ingest/left"])
def test_a_notification_of_one_party_is_one_dynamodb_call_a_write(aws_around: Lambda, name: str) -> None:
    assert aws_around.invoke(name) == {"statusCode": 200}
    assert aws_around.dynamodb_calls() == ["dynamodb.PutItem"]
    assert (aws_around.written(), aws_around.quarantined()) == (1, [])


def test_the_seeds_two_notifications_in_either_order(aws_around: Lambda) -> None:
    for name in ("ingest/left", "ingest/joined", "ingest/left", "ingest/joined"):
        assert aws_around.invoke(name) == {"statusCode": 200}
    (item,) = boto3.client("dynamodb").scan(TableName="PartyTable")["Items"]
    assert (item["sequence"]["N"], item["code"]["S"], "conferenceId" in item) == ("11", "Disconnected", False)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ingest/left-as-posted", "not-json"),
        ("ingest/not-json", "not-json"),
        ("ingest/invalid-utf8", "not-utf8"),
        ("ingest/party-without-id", "malformed"),
        ("ingest/sequence-not-a-number", "malformed"),
    ],
)
def test_what_is_authentic_but_not_decodable_is_quarantined(aws_around: Lambda, name: str, reason: str) -> None:
    assert aws_around.invoke(name) == {"statusCode": 200}
    assert (aws_around.quarantined(), aws_around.written()) == ([reason], 0)


@pytest.mark.parametrize("name", ["ingest/another-kind", "ingest/renewal-reminder", "ingest/empty-body"])
def test_other_kinds_are_answered_and_let_go(aws_around: Lambda, name: str) -> None:
    assert aws_around.invoke(name) == {"statusCode": 200}
    assert (aws_around.quarantined(), aws_around.written()) == ([], 0)


@pytest.mark.parametrize("name", ["ingest/wrong-token", "ingest/no-token"])
def test_who_shows_no_secret_gets_an_empty_401(aws_around: Lambda, name: str) -> None:
    assert aws_around.invoke(name) == {"statusCode": 401}
    assert aws_around.calls == ["secretsmanager.GetSecretValue"]


def test_the_handshake_is_echoed_without_any_call(aws_around: Lambda) -> None:
    answer = aws_around.invoke("ingest/handshake")
    token = "6a2b7c4e-0000-4000-8000-5550100"
    headers = {"content-type": "application/json", "validation-token": token}
    assert answer == {"statusCode": 200, "headers": headers}
    assert aws_around.calls == []


def test_a_table_that_is_gone_defers_the_notification(aws_around: Lambda) -> None:
    boto3.client("dynamodb").delete_table(TableName="PartyTable")
    assert aws_around.invoke("ingest/joined") == {"statusCode": 200}
    assert aws_around.calls[-2:] == ["dynamodb.PutItem", "sqs.SendMessage"]


# ---- deferred


def test_deferred_notifications_are_taken_as_if_they_had_just_come(aws_around: Lambda) -> None:
    assert aws_around.invoke("deferred/one-good-one-not") == {"batchItemFailures": []}
    assert (aws_around.written(), aws_around.quarantined()) == (1, ["not-json"])


def test_a_notification_that_is_still_not_taken_stays(aws_around: Lambda) -> None:
    boto3.client("dynamodb").delete_table(TableName="PartyTable")
    assert aws_around.invoke("deferred/one-good-one-not") == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}
    ((_, put_off),) = [call for call in aws_around.requests if call[0] == "sqs.ChangeMessageVisibility"]
    assert put_off["ReceiptHandle"] == "r-1"
    assert put_off["VisibilityTimeout"] in (4, 5, 6, 7, 8)


# ---- roster


def test_a_join_is_written_once_and_read_once(aws_around: Lambda) -> None:
    assert aws_around.invoke("roster/joined") == {"batchItemFailures": []}
    assert aws_around.people() == ["Person One"]
    assert aws_around.dynamodb_calls()[:2] == ["dynamodb.GetItem", "dynamodb.PutItem"]


def test_joined_and_left_in_one_batch(aws_around: Lambda) -> None:
    aws_around.invoke("roster/joined-and-left")
    assert aws_around.people() == []
    assert RosterTable(aws_around.parties).load(ACCOUNT, CONFERENCE).state == "ended"


@pytest.mark.parametrize("name", ["roster/told-again", "roster/removed-by-ttl"])
def test_a_record_whose_change_no_roster_shows_calls_nothing(joined: Lambda, name: str) -> None:
    joined.sink.requests.clear()
    assert joined.invoke(name) == {"batchItemFailures": []}
    assert (joined.calls, joined.sink.requests) == ([], [])
    assert joined.people() == ["Person One"]


def test_a_record_that_is_none_is_reported_and_holds_up_no_other(aws_around: Lambda) -> None:
    assert aws_around.invoke("roster/not-a-record") == {"batchItemFailures": [{"itemIdentifier": SEQUENCES[1]}]}
    assert aws_around.people() == ["Person One"]


def test_a_batch_that_failed_altogether_is_an_error(aws_around: Lambda) -> None:
    boto3.client("dynamodb").delete_table(TableName="PartyTable")
    with pytest.raises(Exception, match="2 records"):
        aws_around.invoke("roster/joined-and-left")


def test_a_watcher_is_told_and_one_that_is_gone_is_forgotten(joined: Lambda) -> None:
    for connection_id in ("c-1", "c-2"):
        connection = Connection(connection_id, ACCOUNT, EXTENSION, int(time.time()) + 60)
        joined.connections.add_connection(connection)
        joined.connections.add_watch(connection, watched_conference(ACCOUNT, CONFERENCE))
    joined.sink.answers = {"c-1": [410]}
    assert joined.invoke("roster/joined") == {"batchItemFailures": []}
    assert sorted(joined.sink.paths()) == ["/stage/@connections/c-1", "/stage/@connections/c-2"]
    joined.sink.requests.clear()
    joined.invoke("roster/joined")
    assert joined.sink.paths() == ["/stage/@connections/c-2"]


# ---- connections


def test_a_connection_is_opened_by_its_ticket_once(aws_around: Lambda) -> None:
    grant = Grant(ACCOUNT, EXTENSION, "https://phone.example")
    aws_around.tickets.add_ticket(digest("s" * 43), grant, expires_at=int(time.time()) + 60)
    assert aws_around.invoke("connections/connect") == {"statusCode": 200}
    assert aws_around.dynamodb_calls() == [
        "dynamodb.DeleteItem", "dynamodb.PutItem", "dynamodb.PutItem", "dynamodb.Query"
    ]  # fmt: skip
    assert aws_around.invoke("connections/connect") == {"statusCode": 401}


def test_a_page_that_is_not_on_the_list_opens_no_connection(aws_around: Lambda) -> None:
    assert aws_around.invoke("connections/connect-from-elsewhere") == {"statusCode": 403}
    assert aws_around.calls == []


def test_without_a_ticket_there_is_no_connection(aws_around: Lambda) -> None:
    assert aws_around.invoke("connections/connect-without-ticket") == {"statusCode": 401}
    assert aws_around.calls == []


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("connections/subscribe", ["subscribed", "roster"]),
        ("connections/ping", ["pong"]),
        ("connections/not-json", ["error"]),
    ],
)
def test_frames_are_answered_over_the_connection(joined: Lambda, name: str, types: list[str]) -> None:
    joined.sink.requests.clear()
    assert joined.invoke(name) == {"statusCode": 200}
    assert [json.loads(body)["type"] for _, body in joined.sink.requests] == types
    assert set(joined.sink.paths()) == {"/stage/@connections/L0SM9cOFvHcCIhw%3D"}


def test_an_ended_connection_is_forgotten(joined: Lambda) -> None:
    joined.invoke("connections/subscribe")
    assert joined.invoke("connections/disconnect") == {"statusCode": 200}
    assert joined.connections.connections_of(ACCOUNT, EXTENSION) == []


def test_a_frame_on_a_connection_that_nobody_knows_ends_it(aws_around: Lambda) -> None:
    assert aws_around.invoke("connections/ping") == {"statusCode": 200}
    assert [json.loads(body or b"{}").get("type") for _, body in aws_around.sink.requests] == ["bye", None]
    assert aws_around.sink.methods == ["POST", "DELETE"]


# ---- remove


def problem(answer: dict[str, Any]) -> tuple[int, str]:
    assert answer["headers"]["content-type"] == "application/problem+json"
    content = json.loads(answer["body"])
    assert content["status"] == answer["statusCode"]
    return content["status"], content["code"]


def test_somebody_is_removed_with_the_callers_own_token(joined: Lambda) -> None:
    answer = joined.invoke("remove/remove")
    assert (answer["statusCode"], json.loads(answer["body"])) == (202, {"status": "requested"})
    ((method, path, authorization),) = Stub.asked
    assert (method, authorization) == ("DELETE", "Bearer sample-access-token")
    assert path.endswith("/s-a0d17b82ddacdz18deb4ee132z1878e190000/parties/p-a0d17b82ddacdz18deb4ee132z1878e190000-1")


@pytest.mark.parametrize(
    ("ringcentral", "answered"),
    [
        ((401, {}), (401, "ringcentral-unauthorized")),
        ((403, {}), (403, "ringcentral-forbidden")),
        ((404, {}), (404, "ringcentral-not-found")),
        ((429, {"Retry-After": "30"}), (429, "ringcentral-rate-limited")),
        ((500, {}), (502, "ringcentral-failed")),
        ((503, {"Retry-After": "7"}), (503, "ringcentral-unavailable")),
    ],
)
def test_each_refusal_of_ringcentral_is_a_problem_of_its_own(
    joined: Lambda, ringcentral: tuple[int, dict[str, str]], answered: tuple[int, str]
) -> None:
    Stub.answer = (*ringcentral, b"{}")
    answer = joined.invoke("remove/remove")
    assert problem(answer) == answered
    assert answer["headers"].get("retry-after") == ringcentral[1].get("Retry-After")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("remove/unknown-conference", "unknown-conference"),
        ("remove/unknown-participant", "unknown-participant"),
        ("remove/another-account", "unknown-conference"),
    ],
)
def test_who_is_not_known_is_not_removed(joined: Lambda, name: str, code: str) -> None:
    assert problem(joined.invoke(name)) == (404, code)
    assert Stub.asked == []


def test_who_has_left_is_not_removed_again(joined: Lambda) -> None:
    joined.invoke("roster/joined-and-left")
    answer = joined.invoke("remove/remove")
    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "already-left"})
    assert Stub.asked == []


# ---- conferences, tickets, authorizer


def test_rosters_are_listed_and_shown(joined: Lambda) -> None:
    (listed,) = json.loads(joined.invoke("conferences/list")["body"])["conferences"]
    shown = json.loads(joined.invoke("conferences/one")["body"])
    assert listed == shown
    assert [person["name"] for person in shown["participants"]] == ["Person One"]


@pytest.mark.parametrize(
    ("name", "answered"),
    [
        ("conferences/list-bad-limit", (400, "invalid-request")),
        ("conferences/unknown", (404, "unknown-conference")),
        ("conferences/another-account", (404, "unknown-conference")),
        ("conferences/ringcentral-down", (503, "ringcentral-unavailable")),
        ("conferences/forbidden", (403, "ringcentral-forbidden")),
        ("conferences/from-elsewhere", (403, "origin-not-allowed")),
        ("tickets/unknown-token", (401, "unauthenticated")),
        ("tickets/no-authorizer", (401, "unauthenticated")),
    ],
)
def test_everything_else_is_a_problem(joined: Lambda, name: str, answered: tuple[int, str]) -> None:
    assert problem(joined.invoke(name)) == answered


def test_a_ticket_is_handed_out_with_its_time_and_place(aws_around: Lambda) -> None:
    answer = aws_around.invoke("tickets/ticket")
    content = json.loads(answer["body"])
    assert (answer["statusCode"], content["expiresIn"], content["webSocketUrl"]) == (201, 60, "wss://sample/dev")
    assert content["ticket"] not in str(boto3.client("dynamodb").scan(TableName="ConnectionTable"))


@pytest.mark.parametrize(
    ("name", "answer", "context"),
    [
        ("authorizer/token", (200, {}, b'{"id": 5, "account": {"id": 7}}'), {"accountId": "7", "extensionId": "5"}),
        ("authorizer/token", (401, {}, b""), {"error": "unauthenticated"}),
        ("authorizer/token", (403, {}, b""), {"error": "forbidden"}),
        ("authorizer/token", (429, {"Retry-After": "30"}, b""), {"error": "rate-limited", "retryAfter": "30"}),
        ("authorizer/token", (500, {}, b""), {"error": "unavailable", "retryAfter": "5"}),
        ("authorizer/token", (503, {"Retry-After": "9"}, b""), {"error": "unavailable", "retryAfter": "9"}),
        ("authorizer/no-token", (500, {}, b""), {"error": "unauthenticated"}),
    ],
)
def test_the_authorizer_tells_what_it_found_out(
    aws_around: Lambda, name: str, answer: tuple[int, dict[str, str], bytes], context: dict[str, str]
) -> None:
    Stub.answer = answer
    assert aws_around.invoke(name) == {"isAuthorized": True, "context": context}


def test_the_authorizer_survives_a_table_that_is_gone(aws_around: Lambda) -> None:
    boto3.client("dynamodb").delete_table(TableName="ConnectionTable")
    assert aws_around.invoke("authorizer/token")["context"] == {"error": "storage"}


# ---- subscription

LOGGED_IN = b'{"access_token": "token", "expires_in": 3600, "owner_id": "200"}'
NO_SUBSCRIPTION = b'{"records": []}'
MADE = b'{"id": "made", "status": "Active", "deliveryMode": {"address": "https://sample/webhook"}}'


@pytest.mark.parametrize("name", ["subscription/schedule", "subscription/renewal-reminder"])
def test_a_subscription_is_made_if_there_is_none(aws_around: Lambda, name: str) -> None:
    Stub.answers = [LOGGED_IN, NO_SUBSCRIPTION, MADE]
    assert aws_around.invoke(name) == {"kept": True}
    assert [(method, path.rpartition("/")[2]) for method, path, _ in Stub.asked] == [
        ("POST", "token"), ("GET", "subscription"), ("POST", "subscription")
    ]  # fmt: skip


def test_a_conference_that_is_due_is_verified_and_corrected(joined: Lambda, monkeypatch: pytest.MonkeyPatch) -> None:
    rosters = RosterTable(joined.parties)
    AppointmentTable(joined.parties).make_due(rosters.load(ACCOUNT, CONFERENCE), 1)
    of_host = {"id": "p-1", "accountId": ACCOUNT, "conferenceRole": "Host", "status": {"code": "Disconnected"}}
    Stub.answers = [LOGGED_IN, json.dumps({"parties": [of_host]}).encode()]
    assert joined.invoke("reconcile/schedule") == {"verified": 1}
    assert [path.rpartition("/")[2] for _, path, _ in Stub.asked] == ["token", CONFERENCE]
    assert joined.written() == 2  # the roster, and the record of the leg that is out
    assert rosters.load(ACCOUNT, CONFERENCE).verified_at > 1


def test_nothing_due_is_two_queries_and_no_question(aws_around: Lambda) -> None:
    assert aws_around.invoke("reconcile/schedule") == {"verified": 0}
    assert (aws_around.calls, Stub.asked) == (["dynamodb.Query", "dynamodb.Query"], [])


def test_a_run_that_fails_says_so(aws_around: Lambda) -> None:
    Stub.answer = (401, {}, b"{}")
    assert aws_around.invoke("subscription/schedule") == {"kept": False}


def test_an_installation_without_a_service_login_is_not_in_alarm(
    aws_around: Lambda, capsys: pytest.CaptureFixture[str]
) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId="app", SecretString="{}")
    assert aws_around.invoke("subscription/schedule") == {"kept": False}
    printed = capsys.readouterr().out
    assert "CredentialsMissing" in printed
    assert [metric for metric in ("SubscriptionFailed", "LoginsRefused") if metric in printed] == []


class CloudFormation:
    """Takes responses, and notes what RingCentral had been asked before each of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.responses: list[tuple[str, Any]] = []
        self.asked_before: list[int] = []
        self.error: OSError | None = None
        monkeypatch.setattr("urllib.request.urlopen", self._put)
        monkeypatch.setattr("time.sleep", lambda _seconds: None)

    def _put(self, request: Any, timeout: float) -> Any:
        if self.error:
            raise self.error
        self.responses.append((request.full_url, json.loads(request.data)))
        self.asked_before.append(len(Stub.asked))
        return contextlib.nullcontext()


@pytest.fixture
def cloudformation(monkeypatch: pytest.MonkeyPatch) -> CloudFormation:
    return CloudFormation(monkeypatch)


@pytest.mark.parametrize("status", [200, 401, 503])
def test_a_deployment_is_answered_before_ringcentral_is_asked(
    aws_around: Lambda, cloudformation: CloudFormation, status: int
) -> None:
    Stub.answer = (status, {}, LOGGED_IN)
    aws_around.invoke("subscription/deployed")
    ((url, content),) = cloudformation.responses
    assert url == "https://cloudformation-custom-resource.example/answer"
    assert (content["Status"], content["PhysicalResourceId"]) == ("SUCCESS", "SubscriptionAfterDeployment")
    assert cloudformation.asked_before == [0]
    assert len(Stub.asked) > 0


def test_a_deployment_makes_the_subscription_even_if_nobody_takes_the_answer(
    aws_around: Lambda, cloudformation: CloudFormation
) -> None:
    cloudformation.error = TimeoutError()
    Stub.answers = [LOGGED_IN, NO_SUBSCRIPTION, MADE]
    assert aws_around.invoke("subscription/deployed") == {"kept": True}


def test_a_stack_that_is_deleted_takes_its_subscription_along(
    aws_around: Lambda, cloudformation: CloudFormation
) -> None:
    Stub.answers = [LOGGED_IN, b'{"records": [' + MADE + b"]}", b""]
    assert aws_around.invoke("subscription/deleted") == {"ended": True}
    assert [(method, path.rpartition("/")[2]) for method, path, _ in Stub.asked][-1] == ("DELETE", "made")
    assert cloudformation.asked_before == [len(Stub.asked)]
    Stub.asked.clear()
    assert aws_around.invoke("subscription/schedule") == {"kept": False}
    assert Stub.asked == []


@pytest.mark.parametrize("fault", ["refused", "hangs"])
def test_a_stack_is_deleted_whatever_ringcentral_does(
    aws_around: Lambda, cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    over = threading.Event()
    if fault == "hangs":
        monkeypatch.setattr("rollcall.services.subscription.SubscriptionKeeper.end", lambda _keeper: over.wait(30))
        aws_around.milliseconds = 20_050
    Stub.answer = (401, {}, b"{}")
    assert aws_around.invoke("subscription/deleted") == {"ended": False}
    assert [content["Status"] for _, content in cloudformation.responses] == ["SUCCESS"]
    over.set()


def test_a_missing_variable_names_itself(aws_around: Lambda, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONNECTION_TABLE")
    with pytest.raises(Exception, match="CONNECTION_TABLE"):
        aws_around.invoke("authorizer/token")
