"""The AWS around the functions, in memory: below Rollcall's own adapters, so that these are part of what is tested."""

import copy
from collections.abc import Mapping
from typing import Any

import msgspec
from botocore.exceptions import EndpointConnectionError

from tests.fuzz.seeds import ACCEPTED_TOKEN
from tests.support.stand_in_aws import ENDPOINT, Refused, ServiceCall

Item = dict[str, Any]
Key = tuple[str, str]

LARGEST_ITEM = 400 * 1024
_LARGEST_PK, _LARGEST_SK = 2048, 1024
_LARGEST_METADATA = 2048
_SUCH_AS_NEWER = "attribute_not_exists(pk) OR #sequence < :sequence"
_SAME_BUT_LATER = "#sequence = :sequence AND membership.participant.joinedAt > :joinedAt"
_NO_ROSTER = "attribute_not_exists(pk) OR expiresAt <= :now"
_SAME_VERSION = "version = :version OR expiresAt <= :now"


class World:
    """One AWS. `stream` holds the party table's changes, `down` the services that answer nothing."""

    def __init__(self, *, recording: bool = False) -> None:
        self._record_until = 4e9 if recording else None
        self.items: dict[Key, Item] = {}
        self.stream: list[tuple[Item | None, Item]] = []
        self.quarantined: list[tuple[bytes, str]] = []
        self.recorded: list[bytes] = []
        self.deferred: list[bytes] = []
        self.reminders = 0
        self.down: frozenset[str] = frozenset()

    def contents(self) -> tuple[int, int, int, int, int]:
        """How much of everything there is; grows with everything that is stored."""
        return len(self.stream), len(self.quarantined), len(self.deferred), self.reminders, len(self.recorded)

    def call(self, call: ServiceCall) -> dict[str, Any]:
        """The response to one attempt."""
        if call.service in self.down:
            raise EndpointConnectionError(endpoint_url=ENDPOINT)
        return self._answer(call.operation, call.request)

    def _answer(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        match operation:
            case "GetSecretValue":
                tokens = msgspec.json.encode({
                    "current": ACCEPTED_TOKEN, "previous": "old", "recordUntil": self._record_until
                })  # fmt: skip
                answer = {"SecretString": tokens.decode()}
            case "PutItem":
                self._put(request)
            case "UpdateItem":
                answer = {"Attributes": self._backdate(request)}
            case "GetItem":
                item = self.items.get(_key(request["Key"]))
                answer = {"Item": item} if item else {}
            case "Query":
                answer = {"Items": []}
            case "SendMessage":
                self.deferred.append(request["MessageBody"].encode())
            case "PutEvents":
                self.reminders += 1
            case "PutObject":
                self._put_object(**request)
            case _:
                raise AssertionError(operation)
        return answer

    def _put_object(self, *, Bucket: str, Key: str, Body: bytes, Metadata: Mapping[str, str]) -> None:  # noqa: N803
        if Bucket == "recordings":
            self.recorded.append(Body)
            return
        assert Bucket == "quarantine"
        assert Key.split("/")[1] == Metadata["reason"]
        assert sum(len(name) + len(value) for name, value in Metadata.items()) <= _LARGEST_METADATA
        assert all(value.isascii() and value.isprintable() for value in [Key, *Metadata.values()])
        self.quarantined.append((Body, Metadata["reason"]))

    def _put(self, request: Mapping[str, Any]) -> None:
        item, condition = request["Item"], request["ConditionExpression"]
        key = _key(item)
        if len(msgspec.json.encode(item)) > LARGEST_ITEM:
            raise Refused("ValidationException", {"message": "Item size has exceeded the maximum allowed size"})
        stored = self.items.get(key)
        if stored and not _holds(condition, stored, request["ExpressionAttributeValues"]):
            raise Refused("ConditionalCheckFailedException", {"Item": stored})
        self._write(key, item)

    def _backdate(self, request: Mapping[str, Any]) -> Item:
        assert request["ConditionExpression"] == _SAME_BUT_LATER
        key, values = _key(request["Key"]), request["ExpressionAttributeValues"]
        item = copy.deepcopy(self.items[key])
        participant = item["membership"]["M"]["participant"]["M"]
        if item["sequence"] != values[":sequence"] or participant["joinedAt"]["S"] <= values[":joinedAt"]["S"]:
            raise Refused("ConditionalCheckFailedException", {})
        participant["joinedAt"] = values[":joinedAt"]
        self._write(key, item)
        return item

    def _write(self, key: Key, item: Item) -> None:
        if key[0].startswith("SESSION#"):
            self.stream.append((self.items.get(key), item))
        self.items[key] = item


def _key(item: Mapping[str, Any]) -> Key:
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    assert 0 < len(pk.encode()) <= _LARGEST_PK
    assert 0 < len(sk.encode()) <= _LARGEST_SK
    return pk, sk


def _holds(condition: str, stored: Item, values: Mapping[str, Any]) -> bool:
    match condition:
        case _ if condition == _SUCH_AS_NEWER:
            return int(stored["sequence"]["N"]) < int(values[":sequence"]["N"])
        case _ if condition == _SAME_VERSION:
            return int(stored["version"]["N"]) == int(values[":version"]["N"])
        case _ if condition == _NO_ROSTER:
            return False
    raise AssertionError(condition)
