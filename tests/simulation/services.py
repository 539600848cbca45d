"""AWS as botocore's clients see it: one attempt, its response, its error, or nothing. Every attempt takes time.

botocore's retries, its back-off and the product's policies for them are the real ones.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from tests.simulation.dynamodb import DynamoDb
from tests.simulation.faults import Faults
from tests.simulation.runtime import Functions, InvocationFailed
from tests.simulation.scheduler import Scheduler
from tests.simulation.tables import Refused
from tests.simulation.template import Queue
from tests.support import stand_in_aws
from tests.support.stand_in_aws import ServiceCall

CURRENT_TOKEN = "sample-verification-token"
_THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "s3": "SlowDown",
    "sqs": "RequestThrottled",
}
_SERVER_ERROR = 500

Operation = Callable[[str, Mapping[str, Any]], dict[str, Any]]


@dataclass(slots=True)
class Message:
    """A message of a queue. `visible_at`: when it may be received; `receipt` names the last delivery."""

    number: int
    body: str
    visible_at: float
    received: int = 0
    receipt: str = ""


@dataclass(slots=True)
class DeferredQueue:
    """An SQS queue with its mapping to the deferred function: at least once, in no order, partial batch responses."""

    scheduler: Scheduler
    settings: Queue
    functions: Functions
    messages: dict[int, Message] = field(default_factory=dict)
    dead: list[Message] = field(default_factory=list)
    ever: int = 0
    _busy: int = 0

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """One operation of SQS's."""
        match operation:
            case "SendMessage":
                self.ever += 1
                self.messages[self.ever] = Message(self.ever, request["MessageBody"], self.scheduler.clock.now)
                self._look_after(0.1)
                return {"MessageId": f"m-{self.ever}"}
            case "ChangeMessageVisibility":
                for message in self.messages.values():
                    if message.receipt == request["ReceiptHandle"]:
                        message.visible_at = self.scheduler.clock.now + request["VisibilityTimeout"]
                        self._look_after(request["VisibilityTimeout"])
                return {}
            case _:
                raise NotImplementedError(operation)

    def _look_after(self, seconds: float) -> None:
        self.scheduler.spawn(self._look, after=seconds + 0.01)

    def _look(self) -> None:
        """Deliver what is visible, if a worker is free."""
        now = self.scheduler.clock.now
        ready = deque(message for message in self.messages.values() if message.visible_at <= now)
        if not ready:
            return
        if self._busy >= self.settings.concurrency:
            self._look_after(0.5)
            return
        batch = [ready.popleft() for _ in range(min(len(ready), self.settings.batch_size))]
        if ready:
            self._look_after(0.0)
        self._busy += 1
        try:
            self._deliver(batch)
        finally:
            self._busy -= 1

    def _deliver(self, batch: list[Message]) -> None:
        records = []
        for message in batch:
            message.received += 1
            message.receipt = f"receipt-{message.number}-{message.received}"
            message.visible_at = self.scheduler.clock.now + self.settings.visibility_timeout
            self._look_after(self.settings.visibility_timeout)
            records.append(
                {
                    "messageId": f"m-{message.number}",
                    "receiptHandle": message.receipt,
                    "body": message.body,
                    "attributes": {"ApproximateReceiveCount": str(message.received)},
                    "eventSource": "aws:sqs",
                    "awsRegion": "us-east-1",
                }
            )
        try:
            answer, _ = self.functions.invoke("deferred", {"Records": records})
        except InvocationFailed:
            failed = {record["messageId"] for record in records}
        else:
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in batch:
            if f"m-{message.number}" not in failed:
                self.messages.pop(message.number, None)
            elif message.received >= self.settings.max_receive_count:
                self.dead.append(self.messages.pop(message.number))


class Aws:
    """All services. `attempt` is one call over the network, with everything that may happen to it.

    `refused`: what DynamoDB found wrong. `objects`: bucket → key → body.
    """

    def __init__(self, scheduler: Scheduler, faults: Faults, functions: Functions, dynamodb: DynamoDb) -> None:
        self.dynamodb = dynamodb
        self.deferred: DeferredQueue
        self.reminders = 0
        self.refused: list[str] = []
        self.objects: dict[str, dict[str, bytes]] = defaultdict(dict)
        self.secrets = {
            "VerificationSecret": f'{{"current": "{CURRENT_TOKEN}", "previous": ""}}',
            "RingCentralSecret": '{"clientId": "id", "clientSecret": "secret", "jwt": "jwt"}',
            "ServiceTokenSecret": "{}",
        }
        self._scheduler = scheduler
        self._faults = faults
        self._functions = functions

    def attempt(self, call: ServiceCall) -> Mapping[str, Any]:
        """What one attempt of a client comes to: its response, an error of AWS's, or botocore's for none."""
        throttled = _THROTTLED.get(call.service, "ThrottlingException")

        def effect() -> dict[str, Any]:
            return self._operation(call.service)(call.operation, call.request)

        return self.over_the_network(call.service, effect, call.seconds, throttled)

    def over_the_network(
        self, service: str, effect: Callable[[], dict[str, Any]], patience: float, throttled: str
    ) -> dict[str, Any]:
        """Let time pass and do it, or not, or do it and say nothing."""
        fault = self._faults.of_call(service, self._scheduler.clock.now)
        latency = self._faults.latency()
        if latency > patience:
            # It may be done or not; whoever asks does not hear of it.
            fault = self._faults.chance.choice(("unheard", "unanswered"))
        match fault:
            case "none":
                self._functions.pause(latency)
                return self._answered(effect)
            case "unheard" | "reset" | "crash-before" | "throttled" | "failed":
                return self._undone(fault, latency, patience, throttled)
            case _:
                self._functions.pause(latency)
                self._quietly(effect)
                return self._unheard(fault, patience - latency)

    def _answered(self, effect: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        try:
            return effect()
        except Refused as refused:
            if refused.code != "ConditionalCheckFailedException":
                self.refused.append(str(refused))
            raise stand_in_aws.Refused(refused.code, refused.content) from None

    def _undone(self, fault: str, latency: float, patience: float, throttled: str) -> NoReturn:
        """Nothing was done."""
        if fault == "crash-before":
            self._functions.crash()
        self._functions.pause(patience if fault == "unheard" else latency)
        match fault:
            case "unheard":
                raise ReadTimeoutError(endpoint_url=stand_in_aws.ENDPOINT)
            case "reset":
                raise ConnectionClosedError(endpoint_url=stand_in_aws.ENDPOINT)
            case "throttled":
                raise stand_in_aws.Refused(throttled)
            case _:
                raise stand_in_aws.Refused("InternalServerError", status=_SERVER_ERROR)

    def _unheard(self, fault: str, left: float) -> NoReturn:
        """It was done; whoever asked does not hear of it."""
        if fault == "crash-after":
            self._functions.crash()
        if fault == "cut":
            raise ConnectionClosedError(endpoint_url=stand_in_aws.ENDPOINT)
        self._functions.pause(left)
        raise ReadTimeoutError(endpoint_url=stand_in_aws.ENDPOINT)

    @staticmethod
    def _quietly(effect: Callable[[], dict[str, Any]]) -> None:
        try:
            effect()
        except Refused:
            return

    def _operation(self, service: str) -> Operation:
        match service:
            case "dynamodb":
                return self.dynamodb.call
            case "sqs":
                return self.deferred.call
            case "secretsmanager":
                return self._secret
            case "events":
                return self._event
            case "s3":
                return self._object
            case _:
                raise NotImplementedError(service)

    def _secret(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        match operation:
            case "GetSecretValue":
                return {"SecretString": self.secrets[request["SecretId"]]}
            case "PutSecretValue":
                self.secrets[request["SecretId"]] = request["SecretString"]
                return {}
            case _:
                raise NotImplementedError(f"{operation} of {request}")

    def _event(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        assert operation == "PutEvents"
        self.reminders += 1
        return {"FailedEntryCount": 0, "Entries": []}

    def _object(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        assert operation == "PutObject"
        self.objects[request["Bucket"]][request["Key"]] = request["Body"]
        return {}
