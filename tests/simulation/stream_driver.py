"""A model of the event source mapping between a DynamoDB stream and a function, after AWS's documentation. Not AWS.

What it follows: the records of one item stay in order; with a parallelization factor several batches of a shard are
under way at once, never two with the same item; batches hold at most so many records that pass the filter; a function
error splits the batch, which costs no attempt; a partial response ends the batch before the first failed record and
repeats from it on; attempts and the age of records are bounded; what is given up leaves only its metadata (shard and
sequence numbers) in a queue; every record is delivered at least once, at times more often.

Not documented, and chosen here: how long a repetition waits, and which items share a lane.
"""

import zlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.simulation.event_filters import any_of
from tests.simulation.scheduler import Scheduler
from tests.simulation.stream_records import Record, created, number_of, whereabouts

CHECKPOINTS = 3
CHECKPOINT_SECONDS = 60.0
STREAM_KEEPS_SECONDS = 24 * 3600
POLL_SECONDS = 0.25
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 60.0


class FunctionFailed(Exception):
    """The function answered with an error, ran out of time, or its process ended."""


class Settings(NamedTuple):
    """An event source mapping's settings, by their names in the template."""

    batch_size: int
    parallelization_factor: int
    maximum_retry_attempts: int
    maximum_record_age: float
    bisect: bool
    report_failures: bool
    patterns: list[str]


def settings_from(properties: Mapping[str, Any]) -> Settings:
    """Read the properties of a `DynamoDB` event in a SAM template."""
    return Settings(
        batch_size=properties["BatchSize"],
        parallelization_factor=properties["ParallelizationFactor"],
        maximum_retry_attempts=properties["MaximumRetryAttempts"],
        maximum_record_age=properties["MaximumRecordAgeInSeconds"],
        bisect=properties["BisectBatchOnFunctionError"],
        report_failures="ReportBatchItemFailures" in properties["FunctionResponseTypes"],
        patterns=[each["Pattern"] for each in properties["FilterCriteria"]["Filters"]],
    )


@dataclass(slots=True)
class Batch:
    """Records under way, how often that has failed, and how often it was tried at all."""

    records: list[Record]
    attempts: int = 0
    invocations: int = 0


@dataclass(slots=True)
class Lane:
    """What one of a shard's concurrent workers has before it. `retries` come before what waits; `done` are
    the last batches that were done, which may come again, in order, if the mapping goes back to an older checkpoint.
    """

    shard: str
    waiting: deque[Record] = field(default_factory=deque)
    retries: deque[Batch] = field(default_factory=deque)
    done: deque[tuple[float, list[Record]]] = field(default_factory=lambda: deque(maxlen=CHECKPOINTS))
    busy: bool = False


Invoke = Callable[[dict[str, Any]], Any]
"""Runs the function with an event. Raises `FunctionFailed`."""


class StreamDriver:
    """Takes records in and delivers them. `chance` and `redeliver` decide how long it polls, and what comes twice."""

    def __init__(
        self,
        scheduler: Scheduler,
        settings: Settings,
        invoke: Invoke,
        give_up: Callable[[dict[str, Any]], None],
        *,
        shards: int = 2,
        poll_seconds: float = POLL_SECONDS,
        chance: Callable[[], float] = lambda: 0.5,
        redeliver: Callable[[], bool] = lambda: False,
    ) -> None:
        self.stream: list[Record] = []
        self.given_up: list[Record] = []
        self._scheduler = scheduler
        self._settings = settings
        self._invoke = invoke
        self._give_up = give_up
        self._shards = shards
        self._poll_seconds = poll_seconds
        self._chance = chance
        self._redeliver = redeliver
        self._passes = any_of(settings.patterns)
        self._lanes: dict[tuple[int, int], Lane] = {}

    def add(self, record: Record) -> None:
        """A record enters the stream."""
        self.stream.append(record)
        if self._passes(record):
            self._enqueue(record)

    def redrive(self, message: Mapping[str, Any]) -> int:
        """Read the records that a message in the failure queue names and deliver them once more; how many that are.

        As an operator does who reads the stream's shard from one sequence number to the other, while it has them still.
        """
        info = message["DDBStreamBatchInfo"]
        oldest = self._scheduler.clock.now - STREAM_KEEPS_SECONDS
        records = [
            record
            for record in self.stream
            if info["startSequenceNumber"] <= number_of(record) <= info["endSequenceNumber"]
            and created(record) >= oldest
            and self._lane_of(record).shard == info["shardId"]
            and self._passes(record)
        ]
        for record in records:
            self._enqueue(record)
        return len(records)

    @property
    def idle(self) -> bool:
        """Whether everything has been delivered or given up."""
        return not any(lane.busy or lane.waiting or lane.retries for lane in self._lanes.values())

    def _lane_of(self, record: Record) -> Lane:
        item = "/".join(str(value) for value in record["dynamodb"]["Keys"].values())
        shard = zlib.crc32(str(record["dynamodb"]["Keys"]["pk"]).encode()) % self._shards
        number = zlib.crc32(item.encode()) // self._shards % self._settings.parallelization_factor
        key = (shard, number)
        if key not in self._lanes:
            self._lanes[key] = Lane(f"shardId-{shard:012d}")
        return self._lanes[key]

    def _enqueue(self, record: Record) -> None:
        lane = self._lane_of(record)
        lane.waiting.append(record)
        if not lane.busy:
            lane.busy = True
            self._scheduler.spawn(lambda: self._work(lane), after=self._chance() * self._poll_seconds)

    def _work(self, lane: Lane) -> None:
        """Deliver until nothing is left."""
        while lane.retries or lane.waiting:
            batch = lane.retries.popleft() if lane.retries else self._next_batch(lane)
            self._drop_old(lane, batch)
            if batch.records:
                self._deliver(lane, batch)
        lane.busy = False

    def _next_batch(self, lane: Lane) -> Batch:
        size = min(self._settings.batch_size, len(lane.waiting))
        return Batch([lane.waiting.popleft() for _ in range(size)])

    def _drop_old(self, lane: Lane, batch: Batch) -> None:
        oldest = self._scheduler.clock.now - self._settings.maximum_record_age
        old = [record for record in batch.records if created(record) < oldest]
        if old:
            batch.records = [record for record in batch.records if created(record) >= oldest]
            self._abandon(lane, Batch(old, batch.attempts, batch.invocations), "RecordAgeExceeded")

    def _deliver(self, lane: Lane, batch: Batch) -> None:
        batch.invocations += 1
        try:
            answer = self._invoke({"Records": batch.records})
        except FunctionFailed:
            self._failed(lane, batch)
            return
        first = self._first_failed(batch, answer)
        if first == 0 or first is None:
            if first == 0:
                self._again(lane, batch)
            else:
                self._done(lane, batch)
            return
        # What stands before the first failed record is done; the rest is repeated.
        batch.records = batch.records[first:]
        self._again(lane, batch)

    def _done(self, lane: Lane, batch: Batch) -> None:
        now = self._scheduler.clock.now
        lane.done.append((now, batch.records))
        if self._redeliver():
            again = [records for at, records in lane.done if now - at < CHECKPOINT_SECONDS]
            lane.retries.extendleft(Batch(records) for records in reversed(again))
            lane.done.clear()

    def _first_failed(self, batch: Batch, answer: Any) -> int | None:
        """The position of the first record that failed; None if all is well; 0 for an answer that makes no sense."""
        if not self._settings.report_failures or not isinstance(answer, dict):
            return None
        failures = answer.get("batchItemFailures") or []
        numbers = [number_of(record) for record in batch.records]
        positions = []
        for failure in failures:
            identifier = failure.get("itemIdentifier") if isinstance(failure, dict) else None
            positions.append(numbers.index(identifier) if identifier in numbers else 0)
        return min(positions, default=None)

    def _failed(self, lane: Lane, batch: Batch) -> None:
        if not self._settings.bisect or len(batch.records) == 1:
            self._again(lane, batch)
            return
        middle = len(batch.records) // 2
        halves: Sequence[list[Record]] = (batch.records[:middle], batch.records[middle:])
        lane.retries.extendleft(Batch(half, batch.attempts, batch.invocations) for half in reversed(halves))
        self._pause(batch.attempts)

    def _again(self, lane: Lane, batch: Batch) -> None:
        batch.attempts += 1
        if batch.attempts > self._settings.maximum_retry_attempts:
            self._abandon(lane, batch, "RetryAttemptsExhausted")
            return
        lane.retries.appendleft(batch)
        self._pause(batch.attempts)

    def _pause(self, attempts: int) -> None:
        self._scheduler.sleep(min(FIRST_PAUSE_SECONDS * 2**attempts, LONGEST_PAUSE_SECONDS) * (0.5 + self._chance()))

    def _abandon(self, lane: Lane, batch: Batch, why: str) -> None:
        """Give records up. Only their whereabouts go to the failure queue."""
        self.given_up += batch.records
        self._give_up(whereabouts(batch.records, lane.shard, why, batch.invocations, self._scheduler.clock.now))
