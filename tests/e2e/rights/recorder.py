"""Which rights a function really uses: its requests to AWS are read on their way."""

import asyncio
import contextlib
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from local.stack.stack import Stack
from tests.e2e.aws import Aws
from tests.e2e.rights.deployed import Deployed
from tests.support.faulty_proxy import FaultyProxy
from tests.support.served import served


class Use(NamedTuple):
    """An action on a resource, named as in table.py; `key` is the partition key of the item or items, if any."""

    action: str
    resource: str
    key: str = ""


@dataclass
class Recorder(FaultyProxy):
    """Keeps what it passes on."""

    passed: list[bytes] = field(default_factory=list)

    async def _answer(
        self, request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: asyncio.StreamWriter
    ) -> bool:
        self.passed.append(request)
        return await super()._answer(request, reader, writer, target)


@contextlib.contextmanager
def running_recorder(target_port: int) -> Iterator[Recorder]:
    """A recorder on a free port."""
    recorder = Recorder(target_port)
    with served(recorder.serve) as recorder.port:
        yield recorder


@dataclass(frozen=True)
class Recorded:
    """One function's requests: those to DynamoDB, and all others."""

    dynamodb: Recorder
    others: Recorder

    def uses(self, deployed: Deployed) -> set[Use]:
        """The rights that it used."""
        return {use_of(deployed, request) for request in (*self.dynamodb.passed, *self.others.passed)}


@contextlib.contextmanager
def recorded(stack: Stack, aws: Aws, deployed: Deployed, function: str) -> Iterator[Recorded]:
    """Within it, the function's requests are recorded."""
    stage = f"/_aws/execute-api/{deployed.ids['WebSocketApi']}/{deployed.ids['WebSocketApiStage']}"
    port = stack.ports.aws
    with running_recorder(port) as dynamodb, running_recorder(port) as others:
        endpoints = {"AWS_ENDPOINT_URL": others.url, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb.url}
        if "WEBSOCKET_ENDPOINT" in deployed.configuration(function)["Environment"]["Variables"]:
            endpoints["WEBSOCKET_ENDPOINT"] = others.url + stage
        with aws.changed_environment(function, **endpoints):
            yield Recorded(dynamodb, others)


@contextlib.contextmanager
def all_recorded(stack: Stack, aws: Aws, deployed: Deployed, functions: list[str]) -> Iterator[dict[str, Recorded]]:
    """Within it, the requests of all these functions are recorded."""
    with ThreadPoolExecutor(len(functions)) as pool, contextlib.ExitStack() as all_changed:
        changed = [all_changed.enter_context(contextlib.ExitStack()) for _ in functions]

        def record(function: str, its_own: contextlib.ExitStack) -> Recorded:
            return its_own.enter_context(recorded(stack, aws, deployed, function))

        yield dict(zip(functions, pool.map(record, functions, changed), strict=True))
        # One after another would take a second each.
        list(pool.map(contextlib.ExitStack.close, changed))


def use_of(deployed: Deployed, request: bytes) -> Use:
    """The right that a request needs."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *lines = head.decode().splitlines()
    headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in lines)}
    method, path, _ = line.split(" ")
    api, _, operation = headers.get("x-amz-target", "").partition(".")
    match api:
        case "DynamoDB_20120810":
            return _of_items(deployed, f"dynamodb:{operation}", json.loads(body))
        case "AmazonSQS":
            queue = json.loads(body)["QueueUrl"].rsplit("/", 1)[-1]
            return Use(f"sqs:{operation}", deployed.name(queue))
        case "secretsmanager":
            return Use(f"secretsmanager:{operation}", deployed.name(json.loads(body)["SecretId"]))
        case "AWSEvents":
            (bus,) = {entry.get("EventBusName", "default") for entry in json.loads(body)["Entries"]}
            return Use(f"events:{operation}", f"event-bus/{bus}")
    if "/@connections/" in path:
        return Use("execute-api:ManageConnections", f"WebSocketApi/{{stage}}/{method}/@connections/*")
    assert method == "PUT", line
    return Use("s3:PutObject", f"{deployed.name(path.split('/')[1])}/*")


def _of_items(deployed: Deployed, action: str, body: dict[str, Any]) -> Use:
    index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
    item = body.get("Item") or body.get("Key")
    key = item["pk"] if item else _queried(body)
    return Use(action, deployed.name(body["TableName"]) + index, key["S"])


def _queried(body: dict[str, Any]) -> Any:
    """The partition key of a query. An index may have another than its table."""
    equal = re.match(r"\w+ = (:\w+)", body["KeyConditionExpression"])
    assert equal, body
    return body["ExpressionAttributeValues"][equal[1]]
