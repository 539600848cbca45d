"""The model of an event source mapping, on its own: a function that fails in every way it can, and what comes of it."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation import template
from tests.simulation.clock import Clock
from tests.simulation.scheduler import Scheduler
from tests.simulation.stream_driver import FunctionFailed, Settings, StreamDriver, settings_from
from tests.simulation.stream_records import Record, StreamRecords

SETTINGS = Settings(
    batch_size=10,
    parallelization_factor=4,
    maximum_retry_attempts=5,
    maximum_record_age=3600.0,
    bisect=True,
    report_failures=True,
    patterns=[],
)


class Stream:
    """A driver with a function to be told what to do; `batches` are the names in each batch that it got."""

    def __init__(self, settings: Settings = SETTINGS, **options: Any) -> None:
        self.scheduler = Scheduler(Clock())
        self.batches: list[list[str]] = []
        self.messages: list[dict[str, Any]] = []
        self.function: Callable[[list[Record]], Any] = lambda records: None
        self.driver = StreamDriver(self.scheduler, settings, self._invoke, self.messages.append, **options)
        self._records = StreamRecords("T")
        self._written = Counter[str]()

    def write(self, item: str, value: str = "") -> Record:
        """The next write of an item."""
        self._written[item] += 1
        new = {"name": {"S": f"{item}{self._written[item]}"}, "value": {"S": value}}
        record = self._records.record({"pk": {"S": item}, "sk": {"S": item}}, None, new, at=self.scheduler.clock.now)
        self.driver.add(record)
        return record

    def write_some(self, item: str) -> None:
        self.write(item)

    def run(self) -> None:
        self.scheduler.run()
        assert self.driver.idle

    def _invoke(self, event: dict[str, Any]) -> Any:
        self.batches.append([name(record) for record in event["Records"]])
        return self.function(event["Records"])

    @property
    def delivered(self) -> list[str]:
        return [each for batch in self.batches for each in batch]


def name(record: Record) -> str:
    text: str = record["dynamodb"]["NewImage"]["name"]["S"]
    return text


def failures(*records: Record) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]} for record in records]}


def poisoned(records: list[Record]) -> Any:
    """What a good handler does: everything but the poison is done, and the first poison is reported."""
    bad = [record for record in records if name(record).startswith("bad")]
    if len(bad) == len(records):
        raise FunctionFailed("all")
    return failures(*bad[:1])


def one_lane(**changes: Any) -> Settings:
    return SETTINGS._replace(parallelization_factor=1, **changes)


@pytest.mark.parametrize("seed", range(20))
def test_the_writes_of_an_item_are_done_in_order_and_none_is_left_out(seed: int) -> None:
    chance = random.Random(seed)
    stream = Stream(chance=chance.random, redeliver=lambda: chance.random() < 0.1)
    done: dict[str, list[str]] = defaultdict(list)

    def function(records: list[Record]) -> Any:
        stream.scheduler.sleep(chance.random())
        if chance.random() < 0.15:
            raise FunctionFailed("now and then")
        first = chance.randrange(len(records)) if chance.random() < 0.15 else len(records)
        for record in records[:first]:
            item = record["dynamodb"]["Keys"]["pk"]["S"]
            if name(record) not in done[item]:
                done[item].append(name(record))
        return failures(*records[first:][:1])

    stream.function = function
    for _ in range(60):
        stream.scheduler.after(chance.random() * 20, lambda: stream.write_some(chance.choice("abcdef")))
    stream.run()
    assert stream.driver.given_up == []
    assert sum(len(names) for names in done.values()) == 60
    for item, names in done.items():
        assert names == [f"{item}{at}" for at in range(1, len(names) + 1)]


def test_a_poison_record_is_given_up_alone_and_blocks_nothing_for_good() -> None:
    stream = Stream(one_lane(), shards=1)
    stream.function = poisoned
    for item in ("a", "bad", "b", "c"):
        stream.write(item)
    stream.run()
    assert {"a1", "b1", "c1"} < set(stream.delivered)
    assert "bad1" in [name(record) for record in stream.driver.given_up]


def test_a_poison_record_holds_up_no_other_lane() -> None:
    stream = Stream(shards=4)
    stream.function = poisoned
    stream.write("bad")
    for item in "abcdefghijkl":
        stream.write(item)
    stream.scheduler.run(2.0)
    soon = {each for each in stream.delivered if not each.startswith("bad")}
    assert len(soon) >= 8  # those that share its lane wait
    stream.run()
    assert len({*stream.delivered}) == 13


def test_splitting_finds_the_poison_where_the_function_says_nothing() -> None:
    stream = Stream(one_lane(report_failures=False), shards=1)

    def function(records: list[Record]) -> Any:
        if any(name(record) == "bad1" for record in records):
            raise FunctionFailed("somewhere")

    stream.function = function
    for item in ("a", "b", "c", "bad", "d", "e", "f", "g"):
        stream.write(item)
    stream.run()
    assert [name(record) for record in stream.driver.given_up] == ["bad1"]
    ok = [batch for batch in stream.batches if "bad1" not in batch]
    assert sorted(each for batch in ok for each in batch) == ["a1", "b1", "c1", "d1", "e1", "f1", "g1"]


def test_without_splitting_everything_beside_the_poison_is_given_up() -> None:
    stream = Stream(one_lane(report_failures=False, bisect=False), shards=1)
    stream.function = lambda records: (_ for _ in ()).throw(FunctionFailed("always"))
    stream.write("a")
    stream.write("b")
    stream.run()
    assert [name(record) for record in stream.driver.given_up] == ["a1", "b1"]
    assert stream.batches == [["a1", "b1"]] * (1 + SETTINGS.maximum_retry_attempts)


def test_splitting_costs_no_attempt() -> None:
    """Each record needs its one attempt more after its batch was split three times."""
    stream = Stream(one_lane(maximum_retry_attempts=1), shards=1)

    def function(records: list[Record]) -> Any:
        alone = len(records) == 1 and stream.batches.count([name(records[0])]) == 2
        if not alone:
            raise FunctionFailed("too many, or the first time alone")

    stream.function = function
    for item in "abcdefgh":
        stream.write(item)
    stream.run()
    assert stream.driver.given_up == []


def test_what_stands_before_the_first_failure_is_not_delivered_again() -> None:
    stream = Stream(one_lane(), shards=1)
    stream.function = lambda records: failures(records[2]) if len(stream.batches) == 1 else None
    for item in "abcd":
        stream.write(item)
    stream.run()
    assert stream.batches == [["a1", "b1", "c1", "d1"], ["c1", "d1"]]


def test_the_first_of_several_failures_counts_whatever_their_order() -> None:
    stream = Stream(one_lane(), shards=1)
    stream.function = lambda records: failures(records[3], records[1]) if len(stream.batches) == 1 else None
    for item in "abcd":
        stream.write(item)
    stream.run()
    assert stream.batches[1] == ["b1", "c1", "d1"]


@pytest.mark.parametrize("identifier", ["", None, "no number of this batch"])
def test_a_failure_that_names_nothing_means_the_whole_batch(identifier: str | None) -> None:
    stream = Stream(one_lane(), shards=1)
    answer = {"batchItemFailures": [{"itemIdentifier": identifier}]}
    stream.function = lambda records: answer if len(stream.batches) == 1 else {}
    stream.write("a")
    stream.write("b")
    stream.run()
    assert stream.batches == [["a1", "b1"], ["a1", "b1"]]


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, "ok"])
def test_an_answer_without_failures_means_that_all_is_well(answer: Any) -> None:
    stream = Stream()
    stream.function = lambda records: answer
    stream.write("a")
    stream.run()
    assert stream.batches == [["a1"]]


def test_attempts_are_bounded_and_only_whereabouts_are_kept() -> None:
    stream = Stream(one_lane(), shards=1)
    stream.function = poisoned
    record = stream.write("bad", "a secret")
    stream.run()
    assert len(stream.batches) == 1 + SETTINGS.maximum_retry_attempts
    (message,) = stream.messages
    number = record["dynamodb"]["SequenceNumber"]
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert message["requestContext"]["approximateInvokeCount"] == 6
    assert message["DDBStreamBatchInfo"] | {
        "approximateArrivalOfFirstRecord": "",
        "approximateArrivalOfLastRecord": "",
    } == {
        "shardId": "shardId-000000000000",
        "startSequenceNumber": number,
        "endSequenceNumber": number,
        "approximateArrivalOfFirstRecord": "",
        "approximateArrivalOfLastRecord": "",
        "batchSize": 1,
        "streamArn": record["eventSourceARN"],
    }
    assert "a secret" not in str(message)


def test_records_that_grow_too_old_are_given_up_without_being_delivered() -> None:
    stream = Stream(one_lane(maximum_retry_attempts=1000, maximum_record_age=300.0), shards=1)
    stream.function = poisoned
    stream.write("bad")
    stream.run()
    assert stream.messages[0]["requestContext"]["condition"] == "RecordAgeExceeded"
    assert stream.scheduler.clock.now - stream.driver.stream[0]["dynamodb"]["ApproximateCreationDateTime"] < 500


def test_no_two_batches_with_the_same_item_are_under_way_at_once() -> None:
    chance = random.Random(1)
    stream = Stream(shards=2, chance=chance.random)
    under_way: Counter[str] = Counter()
    most = 0

    def function(records: list[Record]) -> None:
        nonlocal most
        items = {record["dynamodb"]["Keys"]["pk"]["S"] for record in records}
        under_way.update(items)
        assert all(under_way[item] == 1 for item in items)
        most = max(most, len(under_way))
        stream.scheduler.sleep(1.0)
        for item in items:
            del under_way[item]

    stream.function = function
    for _ in range(100):
        stream.scheduler.after(chance.random() * 10, lambda: stream.write_some(chance.choice("abcdefgh")))
    stream.run()
    assert most > 1


def test_a_batch_holds_no_more_than_it_may() -> None:
    stream = Stream(one_lane(batch_size=3), shards=1)
    for item in "abcdefg":
        stream.write(item)
    stream.run()
    assert [len(batch) for batch in stream.batches] == [3, 3, 1]


def test_a_lost_checkpoint_brings_batches_back_in_their_order() -> None:
    again = iter([False, True, False, False, False])
    stream = Stream(one_lane(batch_size=1), shards=1, redeliver=lambda: next(again))
    for item in "abc":
        stream.write(item)
    stream.run()
    assert stream.delivered == ["a1", "b1", "a1", "b1", "c1"]


def test_what_was_given_up_can_be_delivered_again_from_its_whereabouts() -> None:
    stream = Stream(one_lane(), shards=1)
    stream.function = poisoned
    stream.write("a")
    stream.write("bad")
    stream.run()
    stream.batches.clear()
    stream.function = lambda records: None
    assert stream.driver.redrive(stream.messages[0]) == 1
    stream.run()
    assert stream.batches == [["bad1"]]


def test_what_the_stream_no_longer_has_can_not() -> None:
    stream = Stream(one_lane(), shards=1)
    stream.function = poisoned
    stream.write("bad")
    stream.run()
    stream.scheduler.run(25 * 3600)
    assert stream.driver.redrive(stream.messages[0]) == 0


class TestTemplate:
    """The template's own settings and filter."""

    settings = settings_from(template.stream_mapping())

    def passes(self, pk: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> bool:
        stream = Stream(self.settings)
        record = StreamRecords("PartyTable").record({"pk": {"S": pk}, "sk": {"S": "x"}}, old, new, at=0.0)
        stream.driver.add(record)
        return not stream.driver.idle

    def test_everything_is_bounded(self) -> None:
        assert 0 < self.settings.maximum_retry_attempts < 100
        assert 0 < self.settings.maximum_record_age <= 86400
        assert self.settings.bisect
        assert self.settings.report_failures

    def test_legs_that_are_or_were_in_a_conference_pass(self) -> None:
        inside, outside = {"conferenceId": {"S": "s-1"}}, {"sequence": {"N": "1"}}
        assert self.passes("SESSION#s", None, inside)
        assert self.passes("SESSION#s", outside, inside)
        assert self.passes("SESSION#s", inside, outside)
        assert self.passes("SESSION#s", inside, inside)

    def test_others_do_not(self) -> None:
        inside, outside = {"conferenceId": {"S": "s-1"}}, {"sequence": {"N": "1"}}
        assert not self.passes("SESSION#s", None, outside)
        assert not self.passes("SESSION#s", outside, outside)
        assert not self.passes("ACCOUNT#a", None, inside)
        assert not self.passes("SESSION#s", inside, None)
