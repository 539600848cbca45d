"""DynamoDB in memory, at the level of its JSON protocol, with the stream records of what each write changed.

Only the operations and parameters that the product uses; anything else is an error, not a guess. Pages are small, so
that code that takes one page for all of them is found out. Held against moto in test_dynamodb.py.
"""

import bisect
import functools
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.expressions import Compiled, KeyCondition, compiled
from tests.simulation.meanings import InvalidExpression, Item, Values, plain
from tests.simulation.tables import Change, Refused, Schema, Table

PAGE_ITEMS = 2
"""Items that one page of a query looks at, where DynamoDB would fill a megabyte."""

TTL_IDENTITY = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


_COMMON = {"TableName", "ExpressionAttributeNames", "ExpressionAttributeValues"}
_CONDITIONAL = _COMMON | {"ConditionExpression", "ReturnValuesOnConditionCheckFailure"}
_PARAMETERS = {
    "GetItem": {"TableName", "Key", "ConsistentRead"},
    "PutItem": _CONDITIONAL | {"Item", "ReturnValues"},
    "DeleteItem": _CONDITIONAL | {"Key", "ReturnValues"},
    "UpdateItem": _CONDITIONAL | {"Key", "UpdateExpression", "ReturnValues"},
    "Query": _COMMON
    | {
        "KeyConditionExpression",
        "FilterExpression",
        "ConsistentRead",
        "IndexName",
        "ScanIndexForward",
        "Limit",
        "ExclusiveStartKey",
    },
}
_EXPRESSIONS = {"ConditionExpression": "condition", "FilterExpression": "condition", "UpdateExpression": "update"}


class DynamoDb:
    """All tables. `listener` hears of every change, in order; `later` lets global indexes follow after a while."""

    def __init__(
        self,
        schemas: Mapping[str, Schema],
        listener: Callable[[Change], None],
        later: Callable[[Callable[[], None]], None] = lambda do: do(),
    ) -> None:
        self.tables = {name: Table(name, schema) for name, schema in schemas.items()}
        self.page_items = PAGE_ITEMS
        self._listener = listener
        self._later = later

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one operation. Raises `Refused`."""
        unknown = set(request) - _PARAMETERS.get(operation, set())
        if unknown:
            raise NotImplementedError(f"{operation} with {unknown}")
        table = self.tables[request["TableName"]]
        try:
            expressions = _compile(request)
            answer: dict[str, Any] = getattr(self, f"_{operation}")(table, request, expressions)
        except InvalidExpression as error:
            raise Refused("ValidationException", {"message": str(error)}) from error
        return answer

    def expire(self, now: float) -> int:
        """Remove what has expired, as DynamoDB does some time after. Returns how much that was."""
        removed = 0
        for table in self.tables.values():
            if not table.schema.ttl:
                continue
            for item in table.items():
                if table.schema.ttl in item and int(item[table.schema.ttl]["N"]) < now:
                    self._write(table, table.key_of(item), None, by_ttl=True)
                    removed += 1
        return removed

    def _GetItem(self, table: Table, request: Mapping[str, Any], _: Mapping[str, Compiled]) -> dict[str, Any]:  # noqa: N802
        item = table.find(_exact_key(table, request["Key"]))
        return {} if item is None else {"Item": item}

    def _PutItem(self, table: Table, request: Mapping[str, Any], expressions: Mapping[str, Compiled]) -> dict[str, Any]:  # noqa: N802
        item = request["Item"]
        key = table.key_of(item)
        _check_index_keys(table, item)
        old = table.find(key)
        _check_condition(request, expressions, old)
        self._write(table, key, item)
        return _returned(request, {"ALL_OLD": old})

    def _DeleteItem(  # noqa: N802
        self, table: Table, request: Mapping[str, Any], expressions: Mapping[str, Compiled]
    ) -> dict[str, Any]:
        key = _exact_key(table, request["Key"])
        old = table.find(key)
        _check_condition(request, expressions, old)
        if old is not None:
            self._write(table, key, None)
        return _returned(request, {"ALL_OLD": old})

    def _UpdateItem(  # noqa: N802
        self, table: Table, request: Mapping[str, Any], expressions: Mapping[str, Compiled]
    ) -> dict[str, Any]:
        key = _exact_key(table, request["Key"])
        old = table.find(key)
        _check_condition(request, expressions, old)
        before = old or table.key_item(key)
        after = dict(before)
        for change in expressions["UpdateExpression"].run:
            change(before, after, request.get("ExpressionAttributeValues", {}))
        if table.key_of(after) != key:
            raise InvalidExpression("an update of the key")
        _check_index_keys(table, after)
        self._write(table, key, after)
        return _returned(request, {"ALL_OLD": old, "ALL_NEW": after})

    def _Query(self, table: Table, request: Mapping[str, Any], expressions: Mapping[str, Compiled]) -> dict[str, Any]:  # noqa: N802
        condition: KeyCondition = expressions["KeyConditionExpression"].run
        values = request["ExpressionAttributeValues"]
        schema = table.schema
        index = schema.indexes[request["IndexName"]] if "IndexName" in request else None
        hash_key, order = (index.hash_key, index.range_key) if index else (schema.hash_key, schema.range_key)
        if condition.name != hash_key:
            raise InvalidExpression(f"{condition.name} is no hash key")
        if index and index.is_global:
            if request.get("ConsistentRead"):
                raise InvalidExpression("a consistent read of a global index")
            candidates = table.globals[request["IndexName"]].partition(values[condition.value])
        else:
            candidates = list(table.partitions.get(values[condition.value]["S"], {}).values())
        found = [item for item in candidates if order in item]
        if condition.range:
            found = [item for item in found if condition.range(item, values)]

        def position(item: Item) -> tuple[Any, str, str]:
            return plain(item[order])[1], item[schema.hash_key]["S"], item[schema.range_key]["S"]

        found.sort(key=position)
        forward = request.get("ScanIndexForward", True)
        start = request.get("ExclusiveStartKey")
        if start:
            at = position(start)
            found = (
                found[bisect.bisect_right(found, at, key=position) :]
                if forward
                else found[: bisect.bisect_left(found, at, key=position)]
            )
        if not forward:
            found.reverse()
        limit = min(request.get("Limit", self.page_items), self.page_items)
        page, more = found[:limit], len(found) >= limit
        keys = {schema.hash_key, schema.range_key, hash_key, order}
        last = {"LastEvaluatedKey": {name: page[-1][name] for name in keys}} if more and page else {}
        keep = expressions.get("FilterExpression")
        if index and index.keys_only:
            page = [{name: item[name] for name in keys} for item in page]
        items = [item for item in page if keep.run(item, values)] if keep else page
        return {"Items": items, "Count": len(items), "ScannedCount": len(page), **last}

    def _write(self, table: Table, key: tuple[str, str], new: Item | None, *, by_ttl: bool = False) -> None:
        partition = table.partitions.setdefault(key[0], {})
        old = partition.get(key[1])
        if new is None:
            del partition[key[1]]
            if not partition:
                del table.partitions[key[0]]
        else:
            partition[key[1]] = new
        table.writes += 1
        for follower in table.globals.values():
            self._later(functools.partial(follower.follow, table.writes, key, new))
        if old != new:  # DynamoDB makes no stream record of a write that changes nothing
            self._listener(Change(table.name, table.key_item(key), old, new, by_ttl))


def _compile(request: Mapping[str, Any]) -> dict[str, Compiled]:
    names = request.get("ExpressionAttributeNames", {})
    found = {
        parameter: compiled(kind, request[parameter], names)
        for parameter, kind in _EXPRESSIONS.items()
        if parameter in request
    }
    if "KeyConditionExpression" in request:
        found["KeyConditionExpression"] = compiled("key", request["KeyConditionExpression"], names)
    given = {*names, *request.get("ExpressionAttributeValues", ())}
    if found:
        used = frozenset[str]().union(*(expression.used for expression in found.values()))
        if used != given:
            raise InvalidExpression(f"placeholders {used ^ given}")
    elif given:
        raise InvalidExpression("placeholders without an expression")
    return found


def _exact_key(table: Table, key: Item) -> tuple[str, str]:
    if set(key) != {table.schema.hash_key, table.schema.range_key}:
        raise Refused("ValidationException", {"message": "the key does not match the schema"})
    return table.key_of(key)


def _check_index_keys(table: Table, item: Item) -> None:
    for index in table.schema.indexes.values():
        for name in (index.hash_key, index.range_key):
            if name in item and not {"S", "N"} & set(item[name]):
                raise Refused("ValidationException", {"message": f"index key {name}"})


def _check_condition(request: Mapping[str, Any], expressions: Mapping[str, Compiled], item: Item | None) -> None:
    condition = expressions.get("ConditionExpression")
    values: Values = request.get("ExpressionAttributeValues", {})
    if condition is None or condition.run(item or {}, values):
        return
    wanted = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    raise Refused("ConditionalCheckFailedException", {"Item": item} if wanted and item else {})


def _returned(request: Mapping[str, Any], images: Mapping[str, Item | None]) -> dict[str, Any]:
    wanted = request.get("ReturnValues", "NONE")
    if wanted == "NONE":
        return {}
    image = images[wanted]
    return {"Attributes": image} if image else {}
