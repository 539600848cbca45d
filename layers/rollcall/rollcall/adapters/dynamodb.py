"""One DynamoDB table, in plain values. Every failed request is a `StorageFailed`."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from rollcall.adapters.attributes import from_item, to_item
from rollcall.adapters.aws import AwsError, AwsService

Values = Mapping[str, Any]

BY_DUE = "byDue"
"""The only global index. DynamoDB reads no global index consistently."""


class Condition(msgspec.Struct, frozen=True):
    """When to write: an expression over the stored item, with the values that it names, and attributes whose names
    DynamoDB reserves.
    """

    expression: str
    values: Values
    names: Mapping[str, str] = {}


class Table:
    """Items in and out. Reads are consistent."""

    def __init__(self, dynamodb: AwsService, name: str) -> None:
        self._dynamodb = dynamodb
        self._name = name

    def get(self, key: Values) -> dict[str, Any] | None:
        """The item, or None."""
        response = self._call("get_item", {"Key": to_item(key), "ConsistentRead": True})
        return from_item(response["Item"]) if "Item" in response else None

    def put(self, item: Values, condition: Condition | None = None) -> dict[str, Any] | None:
        """Write the item. Returns None, or the existing item if the condition did not hold."""
        existing = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if condition else {}
        try:
            self._call("put_item", {"Item": to_item(item)} | existing | _if(condition))
        except AwsError as error:
            return _existing_item(error)
        return None

    def update(self, key: Values, expression: str, condition: Condition, values: Values) -> dict[str, Any] | None:
        """Change parts of an item. `values`: those of the expression. Returns the item as it is then, or None if the
        condition did not hold.
        """
        holds = _if(condition)
        holds["ExpressionAttributeValues"] = to_item({**condition.values, **values})
        request = {"Key": to_item(key), "UpdateExpression": expression, "ReturnValues": "ALL_NEW"}
        try:
            response = self._call("update_item", request | holds)
        except AwsError as error:
            _existing_item(error)
            return None
        return from_item(response["Attributes"])

    def delete(self, key: Values, condition: Condition | None = None) -> dict[str, Any] | None:
        """Delete the item. Returns what was deleted, if anything was."""
        try:
            response = self._call("delete_item", {"Key": to_item(key), "ReturnValues": "ALL_OLD"} | _if(condition))
        except AwsError as error:
            _existing_item(error)
            return None
        return from_item(response["Attributes"]) if response.get("Attributes") else None

    def query(self, condition: Condition, *, index: str | None = None, live_at: int | None = None) -> Iterator[Any]:
        """Every item of a key condition, over all pages. `live_at`: leave out what expired by then (epoch seconds)."""
        start: dict[str, Any] = {}
        while True:
            items, last = self.page(condition, index=index, live_at=live_at, start=start)
            yield from items
            if not last:
                return
            start = last

    def page(
        self,
        condition: Condition,
        *,
        index: str | None = None,
        live_at: int | None = None,
        start: Values | None = None,
        newest_first: bool = False,
        limit: int | None = None,
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """One page of a key condition, and the key after which the next one starts, if there may be more."""
        values = dict(condition.values)
        query: dict[str, Any] = {
            "KeyConditionExpression": condition.expression,
            "ConsistentRead": index != BY_DUE,
        }
        if index:
            query["IndexName"] = index
        if live_at is not None:
            query["FilterExpression"] = "expiresAt > :now"
            values[":now"] = live_at
        if newest_first:
            query["ScanIndexForward"] = False
        if limit is not None:
            query["Limit"] = limit
        if start:
            query["ExclusiveStartKey"] = to_item(start)
        response = self._call("query", query | {"ExpressionAttributeValues": to_item(values)})
        last = response.get("LastEvaluatedKey")
        return [from_item(item) for item in response["Items"]], from_item(last) if last else None

    def _call(self, operation: str, request: Values) -> dict[str, Any]:
        return self._dynamodb.call(operation, TableName=self._name, **request)


def _if(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    # DynamoDB takes neither of the two if it is empty.
    names = {"ExpressionAttributeNames": condition.names} if condition.names else {}
    values = {"ExpressionAttributeValues": to_item(condition.values)} if condition.values else {}
    return {"ConditionExpression": condition.expression, **names, **values}


def _existing_item(error: AwsError) -> dict[str, Any]:
    """The item for which the condition did not hold. Raises any other error again."""
    if error.code != "ConditionalCheckFailedException":
        raise error
    return from_item(error.response.get("Item", {}))
