"""One DynamoDB table, in plain values. What DynamoDB refuses or does not answer is a `StorageFailed`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from botocore.exceptions import ClientError

from rollcall.adapters.attributes import from_item, to_item
from rollcall.adapters.aws import storage_errors

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Values = Mapping[str, Any]


class Condition(msgspec.Struct, frozen=True):
    """When to write: an expression over the stored item, with the values that it names, and attributes whose names
    DynamoDB reserves.
    """

    expression: str
    values: Values
    names: Mapping[str, str] = {}


class Table:
    """Items in and out. Reads are consistent."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def get(self, key: Values) -> dict[str, Any] | None:
        """The item, or None."""
        with storage_errors():
            answer = self._client.get_item(TableName=self._name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    def put(self, item: Values, condition: Condition | None = None) -> dict[str, Any] | None:
        """Write the item. Returns None, or the item that stands there if the condition did not hold."""
        with storage_errors():
            try:
                self._client.put_item(
                    TableName=self._name,
                    Item=to_item(item),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **_conditions(condition),
                )
            except ClientError as error:
                return _standing(error)
        return None

    def update(self, key: Values, expression: str, condition: Condition) -> None:
        """Change parts of an item, if the condition holds. The expression's values stand in the condition's."""
        with storage_errors():
            try:
                self._client.update_item(
                    TableName=self._name, Key=to_item(key), UpdateExpression=expression, **_conditions(condition)
                )
            except ClientError as error:
                _standing(error)

    def delete(self, key: Values, condition: Condition | None = None) -> dict[str, Any] | None:
        """Delete the item. Returns what was deleted, if anything was."""
        with storage_errors():
            try:
                answer = self._client.delete_item(
                    TableName=self._name, Key=to_item(key), ReturnValues="ALL_OLD", **_conditions(condition)
                )
            except ClientError as error:
                _standing(error)
                return None
        return from_item(answer["Attributes"]) if answer.get("Attributes") else None

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
        newest_first_limit: int | None = None,
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """One page of a key condition, and the key after which the next one starts, if there may be more."""
        values = dict(condition.values)
        query: dict[str, Any] = {"KeyConditionExpression": condition.expression, "ConsistentRead": True}
        if index == BY_CONNECTION:
            query["ConsistentRead"] = False  # the only global index: AWS reads no such index consistently
        if index:
            query["IndexName"] = index
        if live_at is not None:
            query["FilterExpression"] = "expiresAt > :now"
            values[":now"] = live_at
        if newest_first_limit is not None:
            query |= {"ScanIndexForward": False, "Limit": newest_first_limit}
        if start:
            query["ExclusiveStartKey"] = to_item(start)
        with storage_errors():
            answer = self._client.query(TableName=self._name, ExpressionAttributeValues=to_item(values), **query)
        last = answer.get("LastEvaluatedKey")
        return [from_item(item) for item in answer["Items"]], from_item(last) if last else None


BY_CONNECTION = "byConnection"


def _conditions(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    names = {"ExpressionAttributeNames": condition.names} if condition.names else {}
    return {
        "ConditionExpression": condition.expression,
        "ExpressionAttributeValues": to_item(condition.values),
        **names,
    }


def _standing(error: ClientError) -> dict[str, Any]:
    """The item for which the condition did not hold. Any other error goes on."""
    if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
        raise error
    item: Mapping[str, Any] = error.response.get("Item") or {}  # type: ignore[assignment]
    return from_item(item)
