"""Requests that AWS refuses and that emulators take. botocore's own validation has passed when a rule is asked.

Each rule names its source in AWS's documentation. A stand-in that checks them is stricter than the local AWS and moto.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Request = Mapping[str, Any]

_KIB = 1024
_GLOBAL_INDEXES = ("byDue",)


class RuleBroken(Exception):
    """AWS would refuse the request with `code`. `rule` says why."""

    def __init__(self, code: str, rule: str) -> None:
        super().__init__(rule)
        self.code = code
        self.rule = rule


def check(service: str, operation: str, request: Request) -> None:
    """Raises `RuleBroken` for a request that AWS is known to refuse."""
    if service in _RULES:
        _RULES[service](operation, request)


def _secretsmanager(operation: str, request: Request) -> None:
    # API reference, PutSecretValue, ClientRequestToken: every SDK fills it in; a raw request must.
    if operation == "PutSecretValue":
        token = request.get("ClientRequestToken", "")
        _demand(32 <= len(token) <= 64, "InvalidRequestException", "a ClientRequestToken of 32 to 64 characters")


def _sqs(operation: str, request: Request) -> None:
    # API reference, SendMessage, MessageBody; ChangeMessageVisibility, VisibilityTimeout.
    if operation == "SendMessage":
        body = request["MessageBody"]
        _demand(0 < len(body.encode()) <= 1024 * _KIB, "InvalidParameterValue", "a message of 1 byte to 1 MiB")
        _demand(_NOT_IN_A_MESSAGE.search(body) is None, "InvalidMessageContents", "only characters of XML 1.0")
    if operation == "ChangeMessageVisibility":
        _demand(0 <= request["VisibilityTimeout"] <= 43_200, "InvalidParameterValue", "a timeout of at most 12 hours")


_NOT_IN_A_MESSAGE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _events(operation: str, request: Request) -> None:
    # User guide, "PutEvents": the size of an entry, and a source that is not AWS's.
    for entry in request.get("Entries", ()):
        _demand(not entry["Source"].startswith("aws."), "NotAuthorizedForSourceException", "a source of one's own")
        _demand(len(json.dumps(entry)) < 256 * _KIB, "ValidationException", "an entry below 256 KB")
        _demand(isinstance(json.loads(entry["Detail"]), dict), "MalformedDetail", "a detail that is a JSON object")


def _s3(operation: str, request: Request) -> None:
    # User guide, "Naming Amazon S3 objects" and "Working with object metadata".
    if operation == "PutObject":
        _demand(0 < len(request["Key"].encode()) <= _KIB, "KeyTooLongError", "a key of 1 to 1,024 bytes")
        metadata = request["Metadata"]
        size = sum(len(name) + len(value) for name, value in metadata.items())
        _demand(size <= 2 * _KIB, "MetadataTooLarge", "metadata of at most 2 KB")
        _demand(all(value.isascii() for value in metadata.values()), "InvalidArgument", "metadata in ASCII")


def _dynamodb(operation: str, request: Request) -> None:
    # Developer guide, "Constraints", and API reference, Query, ConsistentRead.
    for name in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        _demand(name not in request or bool(request[name]), "ValidationException", f"{name} must not be empty")
    if request.get("IndexName") in _GLOBAL_INDEXES:
        _demand(not request.get("ConsistentRead"), "ValidationException", "no consistent read of a global index")
    item = request.get("Item", {})
    for key, most in (("pk", 2 * _KIB), ("sk", _KIB)):
        value = (request.get("Key") or item).get(key)
        if value is not None:
            _demand(0 < len(value["S"].encode()) <= most, "ValidationException", f"{key} of 1 to {most} bytes")
    _demand(sum(_sizes(item)) <= 400 * _KIB, "ValidationException", "an item of at most 400 KB")
    for attribute in _attributes([item, request.get("ExpressionAttributeValues", {})]):
        ((kind, value),) = attribute.items()
        _demand(kind != "SS" or bool(value), "ValidationException", "a set must not be empty")
        _demand(kind != "N" or len(value.strip("-")) <= 38, "ValidationException", "a number of at most 38 digits")
        _demand(kind != "S" or _is_utf8(value), "SerializationException", "text that UTF-8 can encode")


def _attributes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every attribute value in maps and lists of them."""
    if isinstance(value, list):
        for each in value:
            yield from _attributes(each)
    elif isinstance(value, dict):
        if len(value) == 1 and next(iter(value)) in _KINDS:
            yield value
            yield from _attributes(value.get("L", value.get("M", {})))
        else:
            yield from _attributes(list(value.values()))


_KINDS = frozenset({"S", "N", "BOOL", "NULL", "L", "M", "SS"})


def _sizes(item: Mapping[str, Any]) -> Iterator[int]:
    """Bytes of names and texts, and a little for everything else ("Item sizes and formats" in the developer guide)."""
    for name, attribute in item.items():
        yield len(name.encode()) + len(json.dumps(attribute, ensure_ascii=False).encode(errors="replace"))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _demand(holds: bool, code: str, rule: str) -> None:
    if not holds:
        raise RuleBroken(code, rule)


_RULES: Mapping[str, Callable[[str, Request], None]] = {
    "dynamodb": _dynamodb,
    "events": _events,
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sqs": _sqs,
}
