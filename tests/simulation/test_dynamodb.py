"""The DynamoDB in memory: held against moto with whatever the product asks of it, and strict about everything else."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest
from botocore import xform_name

from rollcall.adapters.aws import BACKGROUND, AwsError, AwsService
from tests.simulation import template
from tests.simulation.dynamodb import DynamoDb
from tests.simulation.tables import Change, Index, Refused, Schema
from tests.simulation.world import World
from tests.support.aws_tables import create_table

Call = tuple[str, Mapping[str, Any], Any]
"""Operation, request, and the answer or the error."""

INDEXES = {
    "byAt": Index("pk", "at", keys_only=False, is_global=False),
    "byOwner": Index("owner", "at", keys_only=True, is_global=True),
}
SCHEMA = Schema("pk", "sk", INDEXES, "expiresAt", streams=True)
KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}


def recorded(seed: int, profile: str) -> list[Call]:
    """Every call of a world to DynamoDB that was done, with its answer."""
    world = World(seed, conferences=3, profile=profile)
    world.dynamodb.page_items = 10_000  # moto's pages are as large as DynamoDB's
    calls: list[Call] = []
    real = world.dynamodb.call

    def call(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = real(operation, request)
        except Refused as refused:
            calls.append((operation, request, (refused.code, refused.content.get("Item"))))
            raise
        calls.append((operation, request, answer))
        return answer

    world.dynamodb.call = call  # type: ignore[method-assign]
    assert world.run().violations == []
    return calls


@pytest.fixture
def moto(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> AwsService:
    httpx.post(f"{moto_url}/moto-api/reset", trust_env=False).raise_for_status()
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    for name in template.tables():
        create_table(name)._dynamodb.close()
    return AwsService("dynamodb", BACKGROUND)


@pytest.mark.parametrize(("seed", "profile"), [(1, "disorder"), (2, "clients"), (3, "everything")])
def test_what_the_product_asks_is_answered_as_moto_answers_it(moto: AwsService, seed: int, profile: str) -> None:
    calls = recorded(seed, profile)
    assert {operation for operation, _, _ in calls} == {"GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"}
    assert any(isinstance(answer, tuple) for _, _, answer in calls)  # conditions that do not hold are among them
    for at, (operation, request, answer) in enumerate(calls):
        theirs, ours = _plain(_asked(moto, operation, request)), _plain(answer)
        if "Limit" in request and "LastEvaluatedKey" not in theirs:
            # A page that the limit ends has a last key, whether or not anything follows; moto looks ahead.
            ours.pop("LastEvaluatedKey", None)
        assert theirs == ours, f"call {at}: {operation} {request}"
    moto.close()


def _asked(moto: AwsService, operation: str, request: Mapping[str, Any]) -> Any:
    try:
        return moto.call(xform_name(operation), **request)
    except AwsError as error:
        return error.code, error.response.get("Item")


_COSTS = {"ConsumedCapacity", "ResponseMetadata", "ScannedCount"}


def _plain(answer: Any) -> Any:
    """What counts of an answer. Sets have no order, and nobody asks what a call cost."""
    if isinstance(answer, dict):
        return {
            key: sorted(value) if key == "SS" else _plain(value) for key, value in answer.items() if key not in _COSTS
        }
    return [_plain(each) for each in answer] if isinstance(answer, list) else answer


@pytest.fixture
def changes() -> list[Change]:
    return []


@pytest.fixture
def memory(changes: list[Change]) -> DynamoDb:
    return DynamoDb({"T": SCHEMA}, changes.append)


def put(memory: DynamoDb, **values: Any) -> None:
    memory.call("PutItem", {"TableName": "T", "Item": KEY | values})


def update(memory: DynamoDb, expression: str, **values: Any) -> dict[str, Any]:
    request = {"TableName": "T", "Key": KEY, "UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
    given = {"ExpressionAttributeValues": {f":{name}": value for name, value in values.items()}} if values else {}
    answer: dict[str, Any] = memory.call("UpdateItem", request | given)["Attributes"]
    return answer


@pytest.mark.parametrize(
    "condition",
    [
        "list_append(pk, :x)",
        "pk <> :x",
        "pk BETWEEN :x AND :x",
        "pk IN (:x)",
        "pk = :x pk = :x",
        "pk = ",
        "a[0] = :x",
        "#unnamed = :x",
        "pk = :missing",
    ],
)
def test_an_expression_that_is_not_known_is_refused(memory: DynamoDb, condition: str) -> None:
    request = {"TableName": "T", "Item": KEY, "ConditionExpression": condition}
    with pytest.raises(Refused):
        memory.call("PutItem", request | {"ExpressionAttributeValues": {":x": {"S": "p"}}})


def test_a_parameter_that_is_not_known_is_an_error(memory: DynamoDb) -> None:
    with pytest.raises(NotImplementedError):
        memory.call("PutItem", {"TableName": "T", "Item": KEY, "Expected": {}})


def test_values_that_no_expression_uses_are_refused(memory: DynamoDb) -> None:
    request = {"TableName": "T", "Item": KEY, "ConditionExpression": "attribute_not_exists(pk)"}
    with pytest.raises(Refused):
        memory.call("PutItem", request | {"ExpressionAttributeValues": {":x": {"S": "p"}}})


def test_sets_grow_and_shrink_and_vanish_when_empty(memory: DynamoDb) -> None:
    assert update(memory, "ADD w :a", a={"SS": ["x", "y"]})["w"] == {"SS": ["x", "y"]}
    assert update(memory, "DELETE w :a", a={"SS": ["x", "z"]})["w"] == {"SS": ["y"]}
    assert "w" not in update(memory, "DELETE w :a", a={"SS": ["y"]})


def test_an_update_reads_the_item_as_it_was(memory: DynamoDb) -> None:
    put(memory, a={"N": "1"}, b={"N": "5"})
    after = update(memory, "SET a = b + :n, b = a - :n REMOVE c", n={"N": "1"})
    assert (after["a"], after["b"]) == ({"N": "6"}, {"N": "0"})


def test_numbers_are_compared_as_numbers_and_types_never_match_others(memory: DynamoDb) -> None:
    put(memory, a={"N": "9"})
    assert _holds(memory, "a < :x", {"N": "10"})
    assert not _holds(memory, "a < :x", {"S": "10"})
    assert not _holds(memory, "missing < :x", {"N": "10"})
    assert _holds(memory, "NOT (a < :x AND attribute_exists(missing))", {"N": "10"})


def test_what_a_set_or_a_text_contains_and_how_much(memory: DynamoDb) -> None:
    put(memory, w={"SS": ["x", "y"]}, t={"S": "text"})
    assert _holds(memory, "contains(w, :x)", {"S": "x"})
    assert not _holds(memory, "contains(w, :x)", {"S": "z"})
    assert _holds(memory, "contains(t, :x)", {"S": "ex"})
    assert not _holds(memory, "contains(missing, :x)", {"S": "x"})
    assert _holds(memory, "size(w) < :x AND size(t) > :x", {"N": "3"})
    assert not _holds(memory, "size(missing) < :x", {"N": "3"})
    assert _holds(memory, "begins_with(t, :x)", {"S": "te"})
    assert not _holds(memory, "begins_with(t, :x)", {"S": "ex"})


def _holds(memory: DynamoDb, condition: str, value: dict[str, str]) -> bool:
    request = {"TableName": "T", "Key": {"pk": KEY["pk"], "sk": {"S": "other"}}}
    item = memory.call("GetItem", {"TableName": "T", "Key": KEY})["Item"]
    try:
        memory.call(
            "PutItem",
            {
                "TableName": "T",
                "Item": item,
                "ConditionExpression": condition,
                "ExpressionAttributeValues": {":x": value},
            },
        )
    except Refused:
        return False
    return "Item" not in memory.call("GetItem", request)


def test_a_write_that_changes_nothing_is_no_change(memory: DynamoDb, changes: list[Change]) -> None:
    put(memory, a={"N": "1"})
    put(memory, a={"N": "1"})
    memory.call("DeleteItem", {"TableName": "T", "Key": {"pk": KEY["pk"], "sk": {"S": "other"}}})
    assert [(change.old, change.new) for change in changes] == [(None, KEY | {"a": {"N": "1"}})]


def test_an_image_of_the_stream_stays_as_it_was(memory: DynamoDb, changes: list[Change]) -> None:
    put(memory, m={"M": {"inner": {"M": {"x": {"N": "1"}}}}})
    update(memory, "SET m.inner.x = :x", x={"N": "2"})
    assert changes[1].old == KEY | {"m": {"M": {"inner": {"M": {"x": {"N": "1"}}}}}}
    assert changes[1].new == KEY | {"m": {"M": {"inner": {"M": {"x": {"N": "2"}}}}}}


@pytest.mark.parametrize("forward", [True, False])
def test_a_query_comes_in_pages_in_order(memory: DynamoDb, forward: bool) -> None:
    for at in (5, 1, 4, 2, 3):
        memory.call(
            "PutItem", {"TableName": "T", "Item": {"pk": {"S": "p"}, "sk": {"S": f"s{at}"}, "at": {"N": str(at * 7)}}}
        )
    found, start = [], None
    while True:
        request: dict[str, Any] = {
            "TableName": "T",
            "IndexName": "byAt",
            "KeyConditionExpression": "pk = :p AND at > :least",
            "FilterExpression": "sk <= :last",
            "ExpressionAttributeValues": {":p": {"S": "p"}, ":least": {"N": "7"}, ":last": {"S": "s4"}},
            "ScanIndexForward": forward,
        }
        answer = memory.call("Query", request | ({"ExclusiveStartKey": start} if start else {}))
        assert answer["ScannedCount"] <= memory.page_items
        found += [item["sk"]["S"] for item in answer["Items"]]
        start = answer.get("LastEvaluatedKey")
        if not start:
            break
    assert found == (["s2", "s3", "s4"] if forward else ["s4", "s3", "s2"])


def test_what_has_expired_goes_and_is_marked_as_gone_by_itself(memory: DynamoDb, changes: list[Change]) -> None:
    put(memory, expiresAt={"N": "100"})
    assert memory.expire(100) == 0
    assert memory.expire(101) == 1
    assert (changes[-1].new, changes[-1].by_ttl) == (None, True)


def test_a_global_index_follows_later_and_the_newest_write_wins() -> None:
    waiting: list[Callable[[], None]] = []
    memory = DynamoDb({"T": SCHEMA}, lambda _: None, waiting.append)
    query = {
        "TableName": "T",
        "IndexName": "byOwner",
        "KeyConditionExpression": "owner = :o AND at <= :at",
        "ExpressionAttributeValues": {":o": {"S": "o"}, ":at": {"N": "10"}},
    }
    for at in (1, 2):
        put(memory, owner={"S": "o"}, at={"N": str(at)}, other={"S": "x"})
    assert memory.call("Query", query)["Items"] == []
    for follow in reversed(waiting):
        follow()
    assert memory.call("Query", query)["Items"] == [KEY | {"owner": {"S": "o"}, "at": {"N": "2"}}]
    with pytest.raises(Refused):
        memory.call("Query", query | {"ConsistentRead": True})
