"""Stream records that were given up are read again from the stream and given to the real roster handler."""

import io
import json
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError

from ops import stream_failures
from ops.errors import NotReplayable
from ops.stack import Stack
from ops.stream_failures import Redrive, reason_of
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.party_table import PartyTable
from rollcall.core.notification import TelephonySessionNotification, decode_notification
from rollcall.core.party import party_records
from rollcall.entry.stream import for_party_records
from rollcall.services.roster import RecordChanges
from tests.ops.conftest import World
from tests.support.events import as_body, in_conference, notification, status
from tests.support.template import read_template

CONTEXT = SimpleNamespace(
    function_name="roster",
    memory_limit_in_mb=128,
    invoked_function_arn="arn",
    aws_request_id="r",
    log_stream_name="stream",
    get_remaining_time_in_millis=lambda: 30_000,
)


class RosterFunction:
    """Lambda with the roster's own handler. `failing`: the ids of stream records that fail, or None for everything."""

    def __init__(self) -> None:
        self.failing: set[str] | None = set()
        self.batches: list[list[RecordChanges]] = []
        self.events: list[dict[str, Any]] = []
        self._handler = for_party_records(self._process)

    def _process(self, records: list[RecordChanges], _seconds_left: object) -> set[str]:
        self.batches.append(records)
        return {one.record_id for one in records} if self.failing is None else set(self.failing)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803  # AWS's own names
        assert FunctionName == "rollcall-test-roster"
        event = json.loads(Payload)
        self.events.append(event)
        try:
            answer = self._handler(event, CONTEXT)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001  # whatever it is, Lambda makes this of it
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps({"errorType": str(error)}).encode())}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def seen(self) -> list[str]:
        """What the rosters were told: participant, or why somebody is out."""
        changes = [change for batch in self.batches for record in batch for change in record.changes]
        return [change.participant.id if change.participant else change.reason for change in changes]


class Party:
    """The party table with its stream."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodb")
        keys = [("pk", "HASH"), ("sk", "RANGE")]
        self._client.create_table(
            TableName="parties",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
            KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],  # type: ignore[typeddict-item]
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.stream_arn = self._client.describe_table(TableName="parties")["Table"]["LatestStreamArn"]
        self.streams = boto3.client("dynamodbstreams")
        shards = self.streams.describe_stream(StreamArn=self.stream_arn)["StreamDescription"]["Shards"]
        (self.shard_id,) = [shard["ShardId"] for shard in shards]

    def put(self, *contents: dict[str, Any]) -> None:
        """Write as ingest does, with the adapter's own items."""

        class Service:
            def call(_self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: N805
                assert operation == "put_item"
                self._client.put_item(TableName="parties", Item=request["Item"])
                return {}

        table = PartyTable(Table(Service(), "parties"))  # type: ignore[arg-type]
        for content in contents:
            decoded = decode_notification(as_body(content))
            assert isinstance(decoded, TelephonySessionNotification)
            for record in party_records(decoded):
                table.put_if_newer(record)

    def put_item(self, **item: str) -> None:
        self._client.put_item(TableName="parties", Item={name: {"S": value} for name, value in item.items()})

    def remove(self, **key: str) -> None:
        self._client.delete_item(TableName="parties", Key={name: {"S": value} for name, value in key.items()})

    def numbers(self) -> list[str]:
        """The sequence numbers of all records."""
        start = {"StreamArn": self.stream_arn, "ShardId": self.shard_id, "ShardIteratorType": "TRIM_HORIZON"}
        iterator = self.streams.get_shard_iterator(**start)["ShardIterator"]
        return [
            one["dynamodb"]["SequenceNumber"] for one in self.streams.get_records(ShardIterator=iterator)["Records"]
        ]

    def message(self, first: str, last: str) -> str:
        """What Lambda sends for a batch that it gave up."""
        return json.dumps(
            {
                "requestContext": {
                    "requestId": "r-1",
                    "functionArn": "arn:aws:lambda:us-east-1:123456789012:function:rollcall-test-roster",
                    "condition": "RetryAttemptsExhausted",
                    "approximateInvokeCount": 11,
                },
                "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
                "version": "1.0",
                "timestamp": "2026-03-04T10:00:05.223Z",
                "DDBStreamBatchInfo": {
                    "shardId": self.shard_id,
                    "startSequenceNumber": first,
                    "endSequenceNumber": last,
                    "approximateArrivalOfFirstRecord": "2026-03-04T10:00:00Z",
                    "approximateArrivalOfLastRecord": "2026-03-04T10:00:01Z",
                    "batchSize": 2,
                    "streamArn": self.stream_arn,
                },
            }
        )


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> RosterFunction:
    function, physical_id = RosterFunction(), Stack.physical_id
    monkeypatch.setattr(Stack, "functions", function)
    monkeypatch.setattr(
        Stack,
        "physical_id",
        lambda stack, name: "rollcall-test-roster" if name == "RosterFunction" else physical_id(stack, name),
    )
    return function


@pytest.fixture
def party(world: World) -> Iterator[Party]:
    """Two calls, of which one is brought into a conference and leaves it, and what the mapping passes over."""
    party = Party()
    party.put(notification(3, status("Answered")), notification(9, in_conference("p-conf-2"), second=9))
    party.put(notification(4, status("Answered"), call=2))
    party.put_item(pk="ACCOUNT#700100001", sk="CONFERENCE#s-1", conferenceId="s-1")
    party.put(notification(11, status("Disconnected"), second=11))
    party.remove(pk="ACCOUNT#700100001", sk="CONFERENCE#s-1")
    yield party
    party.streams.close()


def give_up(world: World, message: str) -> str:
    return str(world.sqs.send_message(QueueUrl=world.stream_failures, MessageBody=message)["MessageId"])


def test_the_records_are_given_to_the_function_once_more_and_the_message_is_deleted(
    world: World, party: Party, function: RosterFunction
) -> None:
    numbers = party.numbers()
    message_id = give_up(world, party.message(numbers[0], numbers[-1]))
    assert "RetryAttemptsExhausted" in world.run("stream-failures", "list").out.decode()
    done = world.run("stream-failures", "redrive", message_id)
    assert (done.status, done.out.decode()) == (0, f"redriven {message_id}: 2 records\n")
    assert function.seen() == ["p-conf-2", "Disconnected"]
    (event,) = function.events
    assert {record["eventSourceARN"] for record in event["Records"]} == {party.stream_arn}
    assert world.visible(world.stream_failures) == []


def test_only_what_was_given_up_is_read(world: World, party: Party, function: RosterFunction) -> None:
    numbers = party.numbers()
    give_up(world, party.message(numbers[1], numbers[2]))
    assert world.run("stream-failures", "redrive", "--all").status == 0
    assert function.seen() == ["p-conf-2"]


def test_many_are_given_in_batches(
    world: World, party: Party, function: RosterFunction, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_failures, "BATCH", 1)
    numbers = party.numbers()
    give_up(world, party.message(numbers[0], numbers[-1]))
    assert world.run("stream-failures", "redrive", "--all").status == 0
    assert [len(event["Records"]) for event in function.events] == [1, 1]


@pytest.mark.parametrize("everything", [True, False])
def test_if_anything_fails_the_message_stays(
    world: World, party: Party, function: RosterFunction, everything: bool
) -> None:
    numbers = party.numbers()
    function.failing = None if everything else {numbers[1]}
    message = party.message(numbers[0], numbers[-1])
    message_id = give_up(world, message)
    done = world.run("stream-failures", "redrive", "--all")
    assert (done.status, done.out) == (1, b"")
    assert done.err.startswith(f"{message_id} can't be replayed and stays: the roster function failed")
    assert world.visible(world.stream_failures) == [message]


def test_the_others_are_redriven_whatever_one_of_them_is(world: World, party: Party, function: RosterFunction) -> None:
    numbers = party.numbers()
    give_up(world, "no message of Lambda's")
    give_up(world, party.message(numbers[0], numbers[-1]))
    done = world.run("stream-failures", "redrive", "--all")
    assert (done.status, len(done.out.splitlines()), len(done.err.splitlines())) == (1, 1, 1)
    assert world.visible(world.stream_failures) == ["no message of Lambda's"]
    assert reason_of(b"no message of Lambda's") == "not-understood"


@pytest.mark.parametrize("code", ["TrimmedDataAccessException", "ResourceNotFoundException"])
@pytest.mark.parametrize("operation", ["get_shard_iterator", "get_records"])
def test_records_that_are_gone_are_told_so_and_the_message_stays(
    world: World, party: Party, function: RosterFunction, monkeypatch: pytest.MonkeyPatch, code: str, operation: str
) -> None:
    def gone(**_: str) -> None:
        raise ClientError({"Error": {"Code": code, "Message": "gone"}}, operation)

    streams = SimpleNamespace(get_shard_iterator=lambda **_: {"ShardIterator": "i"}, get_records=gone)
    setattr(streams, operation, gone)
    monkeypatch.setattr(Stack, "streams", streams)
    message = party.message("1", "2")
    give_up(world, message)
    done = world.run("stream-failures", "redrive", "--all")
    assert done.status == 1
    assert "its records are gone, as a stream keeps them for a day" in done.err
    assert world.visible(world.stream_failures) == [message]
    assert function.events == []


def test_pages_without_records_are_no_end_and_do_not_go_on_for_ever(party: Party) -> None:
    asked = list[str]()
    record = {
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": {"pk": {"S": "SESSION#s"}},
            "SequenceNumber": "7",
            "NewImage": {"conferenceId": {"S": "c"}},
        },
    }
    pages: list[list[Any]] = [[], [], [record]]

    def get_records(ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        asked.append(ShardIterator)
        return {"Records": pages.pop(0) if pages else [], "NextShardIterator": "more"}

    class Broken:
        def invoke(self, **_: object) -> Any:
            return {"Payload": io.BytesIO(b'{"batchItemFailures": []}')}

    streams: Any = SimpleNamespace(get_shard_iterator=lambda **_: {"ShardIterator": "i"}, get_records=get_records)
    redrive = Redrive(streams, Broken(), "f")  # type: ignore[arg-type]
    assert redrive.run(party.message("7", "7").encode()) == 1
    assert len(asked) == 3
    assert redrive.run(party.message("8", "9").encode()) == 0
    assert len(asked) == 3 + 50


def test_the_filter_is_the_event_source_mappings() -> None:
    """What `_is_passed` says is what stands in the template, word for word."""
    mapping = read_template()["Resources"]["PartyRecordsMapping"]["Properties"]
    patterns = [json.loads(one["Pattern"]) for one in mapping["FilterCriteria"]["Filters"]]
    of_party, named = {"pk": {"S": [{"prefix": "SESSION#"}]}}, {"conferenceId": {"S": [{"exists": True}]}}
    assert patterns == [
        {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"Keys": of_party, image: named}}
        for image in ("NewImage", "OldImage")
    ]
    assert mapping["BatchSize"] == stream_failures.BATCH


def test_the_other_commands_for_a_pile_are_there_too(world: World, party: Party) -> None:
    message_id = give_up(world, party.message("1", "2"))
    shown = world.run("stream-failures", "show", message_id)
    assert msgspec.json.decode(shown.out)["DDBStreamBatchInfo"]["startSequenceNumber"] == "1"
    assert re.search(r"received: \d times", shown.err)
    assert world.run("stream-failures", "delete", message_id).out.decode() == f"deleted {message_id}\n"
    assert world.visible(world.stream_failures) == []


def test_a_message_that_is_none_can_not_be_redriven() -> None:
    nobody: Any = None
    with pytest.raises(NotReplayable):
        Redrive(nobody, nobody, "f").run(b'{"DDBStreamBatchInfo": {}}')
