"""A test conference is recorded, looked at, and played back with fictional people; what was given up is redriven."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest

from local.stack.stack import Stack
from ops.masking import mask
from ops.recording import Recording, Recordings
from ops.stream_failures import Redrive
from ops.timeline import timeline
from ops.verification_secret import VerificationSecret
from rollcall.core.recording import Recorded
from tests.e2e.actors import Agent, Hook, people
from tests.e2e.aws import Aws
from tests.e2e.waiting import eventually
from tests.support.events import as_body, notification, status
from tests.support.faulty_proxy import running_proxy

SPEED = 20.0
RINGCENTRAL_WAITS_SECONDS = 3.0


@pytest.fixture
def recordings(aws: Aws) -> Iterator[Recordings]:
    recordings = Recordings(aws.s3, aws.outputs["RecordingBucketName"])
    recordings.delete()
    yield recordings
    recordings.delete()


@pytest.fixture
def recording(aws: Aws) -> Iterator[Recording]:
    recording = Recording(VerificationSecret(aws.secrets, aws.secret("VerificationSecret")))
    yield recording
    recording.stop()


def settle(aws: Aws) -> None:
    """Have every function read the secret anew, as they do by themselves within a minute: in new processes."""
    with aws.changed_environment("ingest", RECORDING_TEST=str(time.time())):
        pass


def play(agent: Agent) -> tuple[str, str]:
    """A conference in which one is left in the end, besides the host. Returns its id and that one's."""
    conference = agent.open_conference()
    anna = agent.call("Anna Anders", number="+16502880147")
    agent.bring_in(conference, anna)
    bert = agent.bring_in(conference, agent.call("Bert Brandt", "Inbound", "+16502880148"))
    agent.hang_up(anna)
    return conference, bert


def left_in_it(agent: Agent, conference: str, participant: str) -> Callable[[], Any]:
    """Gives the roster when the host and this one are in, and nobody else."""

    def look() -> Any:
        answer = agent.get(f"/conferences/{conference}")
        roster = answer.json() if answer.status_code == 200 else {"participants": []}
        ids = [person["id"] for person in roster["participants"] if person["role"] == "participant"]
        return roster if ids == [participant] and len(roster["participants"]) == 2 else None

    return look


def alike(roster: dict[str, Any]) -> Any:
    """What a roster is like, whoever is in it."""
    people = [
        {field: value for field, value in person.items() if field not in ("name", "phoneNumber")}
        for person in roster["participants"]
    ]
    return roster["state"], people


def forget(aws: Aws, *ids: str) -> None:
    """Take everything about these sessions and conferences out of the party table."""
    for item in aws.items("PartyTableName"):
        if item["pk"]["S"].removeprefix("SESSION#") in ids or item["sk"]["S"].removeprefix("CONFERENCE#") in ids:
            key = {"pk": item["pk"], "sk": item["sk"]}
            aws.dynamodb.delete_item(TableName=aws.outputs["PartyTableName"], Key=key)


def test_nothing_is_recorded_unless_asked_and_what_would_be_is_encrypted(
    aws: Aws, stack: Stack, recordings: Recordings
) -> None:
    assert Hook(stack).post(as_body(notification(3, status("Answered"), call=950_001))).status_code == 200
    assert recordings.keys() == []
    bucket = aws.outputs["RecordingBucketName"]
    (rule,) = aws.s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms")


def test_a_recorded_conference_plays_back_to_the_same_roster_with_other_people(
    aws: Aws, stack: Stack, agent: Agent, recording: Recording, recordings: Recordings
) -> None:
    recording.start(5)
    settle(aws)
    conference, bert = play(agent)
    before = eventually(left_in_it(agent, conference, bert), "the roster is there")
    eventually(lambda: "out of conference" in shown(recordings), "the last event is recorded")
    print(shown(recordings))
    assert shown(recordings).count("joined conference") == 3
    assert aws.log_of("ingest").count("RecordingsFailed") == 0

    own = [one for one in recordings.read() if agent.extension_id.encode() in one.content]
    lines = b"\n".join(msgspec.json.encode(one) for one in mask(own))
    assert b"Anna" not in lines
    assert b"6502880147" not in lines

    recording.stop()
    settle(aws)
    forget(aws, conference, *{json.loads(one.content)["body"]["telephonySessionId"] for one in own})
    assert agent.get(f"/conferences/{conference}").status_code == 404
    replayed = httpx.post(
        f"{stack.ringcentral_url}/simulator/replay", params={"speed": SPEED}, content=lines, trust_env=False
    )
    assert replayed.json()["notifications"] == len(own)
    after = eventually(left_in_it(agent, conference, bert), "the roster is there again")
    assert alike(after) == alike(before)
    assert set(people(after)).isdisjoint(people(before))


def test_it_ends_by_itself(aws: Aws, stack: Stack, recording: Recording, recordings: Recordings) -> None:
    recording.start(1)
    settle(aws)
    hook = Hook(stack)
    seconds = list[float]()
    for number in range(10):
        started = time.monotonic()
        posted = hook.post(as_body(notification(number, status("Answered"), call=950_002)))
        seconds.append(time.monotonic() - started)
        assert (posted.status_code, posted.content) == (200, b"")
    assert hook.post(b"{").status_code == 200
    assert hook.post(b"\xff", token="wrong").status_code == 401
    assert [one.content for one in recordings.read()][-1] == b"{"
    assert len(recordings.keys()) == 11
    token, keys = aws.verification_token(), recordings.keys()
    assert [key for key in keys if token.encode() in raw(aws, key)] == []
    print(f"answers while recording: first {seconds[0]:.3f} s, others at most {max(seconds[1:]):.3f} s")
    assert max(seconds) < RINGCENTRAL_WAITS_SECONDS

    secret = VerificationSecret(aws.secrets, aws.secret("VerificationSecret"))
    secret.change(lambda there: msgspec.structs.replace(there, record_until=int(time.time()) - 1))
    settle(aws)
    assert hook.post(as_body(notification(12, status("Answered"), call=950_002))).status_code == 200
    assert len(recordings.keys()) == 11
    assert recording.until() is None


def test_a_bucket_that_takes_nothing_changes_nothing_else(
    aws: Aws, stack: Stack, recording: Recording, recordings: Recordings
) -> None:
    recording.start(5)
    with aws.changed_environment("ingest", RECORDING_BUCKET="nobodys-bucket"):
        started = time.monotonic()
        answer = Hook(stack).post(as_body(notification(3, status("Answered"), call=950_003)))
        seconds = time.monotonic() - started
    assert (answer.status_code, answer.content) == (200, b"")
    assert seconds < RINGCENTRAL_WAITS_SECONDS
    session = "SESSION#s-call950003z18deb4ee132z1878e190000"
    assert session in {item["pk"]["S"] for item in aws.items("PartyTableName")}
    eventually(lambda: '"RecordingsFailed"' in aws.log_of("ingest"), "it is counted")
    assert recordings.keys() == []


@pytest.mark.parametrize("hanging", [("S3",), ("S3", "DYNAMODB")])
def test_stores_that_never_answer_are_not_waited_for_longer_than_ringcentral_waits(
    aws: Aws, stack: Stack, recording: Recording, recordings: Recordings, hanging: tuple[str, ...]
) -> None:
    recording.start(5)
    seconds = list[float]()
    with running_proxy(stack.ports.aws) as proxy:
        proxy.faults, proxy.broken = ("hang",), True
        endpoints = {f"AWS_ENDPOINT_URL_{service}": proxy.url for service in hanging}
        with aws.changed_environment("ingest", **endpoints):
            hook = Hook(stack)
            for number in range(5):
                started = time.monotonic()
                answer = hook.post(as_body(notification(number, status("Answered"), call=950_004)))
                seconds.append(time.monotonic() - started)
                assert (answer.status_code, answer.content) == (200, b"")
    print(f"{' and '.join(hanging)} hang: answers after {', '.join(f'{one:.2f}' for one in seconds)} s")
    assert max(seconds) < RINGCENTRAL_WAITS_SECONDS
    assert recordings.keys() == []


def test_stream_records_that_were_given_up_are_redriven(aws: Aws, stack: Stack, agent: Agent) -> None:
    """The local AWS gives nothing up, so the message is made here, over the real stream; the roster is taken away."""
    stream = aws.dynamodb.describe_table(TableName=aws.outputs["PartyTableName"])["Table"]["LatestStreamArn"]
    streams: Any = stack.session.client("dynamodbstreams", endpoint_url=stack.aws_endpoint_url)
    conference, bert = play(agent)
    before = eventually(left_in_it(agent, conference, bert), "the roster is there")
    ((shard, numbers),) = list(records_of(streams, stream, agent.extension_id))
    key = {"pk": {"S": f"ACCOUNT#{agent.account_id}"}, "sk": {"S": f"CONFERENCE#{conference}"}}
    aws.dynamodb.delete_item(TableName=aws.outputs["PartyTableName"], Key=key)
    assert agent.get(f"/conferences/{conference}").status_code == 404

    batch = {
        "shardId": shard,
        "startSequenceNumber": numbers[0],
        "endSequenceNumber": numbers[-1],
        "streamArn": stream,
        "batchSize": len(numbers),
    }
    message = {"requestContext": {"condition": "RetryAttemptsExhausted"}, "DDBStreamBatchInfo": batch}
    redriven = Redrive(streams, aws.functions, aws.function("roster")).run(json.dumps(message).encode())
    assert redriven >= 4
    after = agent.get(f"/conferences/{conference}").json()
    assert (alike(after), people(after)) == (alike(before), people(before))


def shown(recordings: Recordings) -> str:
    return "\n".join(timeline(recordings.read()))


def raw(aws: Aws, key: str) -> bytes:
    body: bytes = aws.s3.get_object(Bucket=aws.outputs["RecordingBucketName"], Key=key)["Body"].read()
    msgspec.json.decode(body, type=Recorded)
    return body


def records_of(streams: Any, stream_arn: str, extension_id: str) -> Iterator[tuple[str, list[str]]]:
    """Each shard with the sequence numbers of the records that are about this extension's conferences."""
    for shard in streams.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"]:
        where = {"StreamArn": stream_arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator, numbers = streams.get_shard_iterator(**where)["ShardIterator"], list[str]()
        while page := (answer := streams.get_records(ShardIterator=iterator))["Records"]:
            found = [one["dynamodb"] for one in page if extension_id in str(one["dynamodb"])]
            numbers += [one["SequenceNumber"] for one in found if "SESSION#" in one["Keys"]["pk"]["S"]]
            iterator = answer["NextShardIterator"]
        yield shard["ShardId"], numbers
