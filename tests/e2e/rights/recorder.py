"""Which rights a function really uses: its requests to AWS are read on their way."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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
    item = body.get("Item") or body.get("Key") or {"pk": body["ExpressionAttributeValues"][":pk"]}
    return Use(action, deployed.name(body["TableName"]) + index, item["pk"]["S"])
