"""A look into the AWS on which the stack runs, and a hand in it."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from local.stack.stack import Stack
from tests.e2e.waiting import eventually


class Aws:
    """A look into the AWS, as its administrator."""

    def __init__(self, stack: Stack) -> None:
        def client(service: Any) -> Any:
            return stack.session.client(service, endpoint_url=stack.aws_endpoint_url)

        self._stack = stack
        self.dynamodb, self.s3, self.logs = client("dynamodb"), client("s3"), client("logs")
        self.functions, self.secrets, self.sqs = client("lambda"), client("secretsmanager"), client("sqs")
        self._cloudformation = client("cloudformation")
        (described,) = self._cloudformation.describe_stacks(StackName=stack.stack_name)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

    def function(self, name: str) -> str:
        """What AWS calls a function; `name` is that of its folder."""
        described = self._cloudformation.describe_stack_resource(
            StackName=self._stack.stack_name, LogicalResourceId=f"{name.title()}Function"
        )
        return str(described["StackResourceDetail"]["PhysicalResourceId"])

    def items(self, output: str) -> list[dict[str, Any]]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.outputs[output])
        return [item for page in pages for item in page["Items"]]

    def quarantined(self) -> list[str]:
        listed = self.s3.list_objects_v2(Bucket=self.outputs["QuarantineBucketName"])
        return [item["Key"].split("/")[1] for item in listed.get("Contents", [])]

    def expire(self, output: str, key: dict[str, Any], *, in_seconds: int = -1) -> None:
        """Let an item's time be over, or soon be."""
        self.dynamodb.update_item(
            TableName=self.outputs[output],
            Key=key,
            UpdateExpression="SET expiresAt = :past",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":past": {"N": str(int(time.time()) + in_seconds)}},
        )

    def _conference_key(self, account_id: str, conference_id: str) -> dict[str, Any]:
        return {"pk": {"S": f"ACCOUNT#{account_id}"}, "sk": {"S": f"CONFERENCE#{conference_id}"}}

    def due_at(self, account_id: str, conference_id: str) -> int:
        """When a conference is to be verified, epoch seconds."""
        key = self._conference_key(account_id, conference_id)
        item = self.dynamodb.get_item(TableName=self.outputs["PartyTableName"], Key=key, ConsistentRead=True)["Item"]
        return int(item["dueAt"]["N"])

    def make_due(self, account_id: str, conference_id: str) -> None:
        """As if the time had come to verify a conference for which a time is set, or will be in a moment."""

        def made() -> bool:
            with suppress(self.dynamodb.exceptions.ConditionalCheckFailedException):
                self.dynamodb.update_item(
                    TableName=self.outputs["PartyTableName"],
                    Key=self._conference_key(account_id, conference_id),
                    UpdateExpression="SET dueAt = :now",
                    ConditionExpression="attribute_exists(dueAt)",
                    ExpressionAttributeValues={":now": {"N": str(int(time.time()) - 1)}},
                )
                return True
            return False

        eventually(made, "a time is set")

    def postpone_all(self) -> None:
        """As if no conference were to be verified for a day."""
        for item in self.items("PartyTableName"):
            if "dueAt" in item:
                self.dynamodb.update_item(
                    TableName=self.outputs["PartyTableName"],
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET dueAt = :tomorrow",
                    ExpressionAttributeValues={":tomorrow": {"N": str(int(time.time()) + 86400)}},
                )

    def backdate_records(self, account_id: str, conference_id: str) -> None:
        """As if everything that is known of the legs of a conference had been told an hour ago."""
        an_hour_ago = datetime.fromtimestamp(time.time() - 3600, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for item in self.items("PartyTableName"):
            if item["pk"]["S"].startswith("SESSION#") and item.get("conferenceId", {}).get("S") == conference_id:
                self.dynamodb.update_item(
                    TableName=self.outputs["PartyTableName"],
                    Key={"pk": item["pk"], "sk": item["sk"]},
                    UpdateExpression="SET eventTime = :time",
                    ExpressionAttributeValues={":time": {"S": an_hour_ago}},
                )

    def watch_for_nobody(self, like_pk: str, connection_id: str) -> None:
        """A watch of a connection that does not exist, beside those that are filed under the same key."""
        item = {"pk": like_pk, "sk": f"CONNECTION#{connection_id}", "connectionId": connection_id}
        times = {"since": "0", "expiresAt": str(int(time.time()) + 60)}
        values = {name: {"S": value} for name, value in item.items()}
        values |= {name: {"N": value} for name, value in times.items()}
        self.dynamodb.put_item(TableName=self.outputs["ConnectionTableName"], Item=values)

    def run(self, function: str) -> None:
        """Run a function as its schedule would."""
        self.functions.invoke(FunctionName=self.function(function), Payload=b"{}")

    @contextmanager
    def changed_environment(self, function: str, **variables: str) -> Iterator[None]:
        """Within it, a function has further variables in its environment."""
        name = self.function(function)
        before = self.functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        self._set_environment(name, before | variables)
        try:
            yield
        finally:
            self._set_environment(name, before)

    def _set_environment(self, name: str, variables: dict[str, str]) -> None:
        self.functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        self.functions.get_waiter("function_updated_v2").wait(FunctionName=name)

    def waiting(self, logical_id: str) -> int:
        """How many messages one of the stack's queues holds, those that are being worked on too."""
        (url,) = [url for url in self.sqs.list_queues()["QueueUrls"] if f"-{logical_id}-" in url]
        counts = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return int(counts["ApproximateNumberOfMessages"]) + int(counts["ApproximateNumberOfMessagesNotVisible"])

    def secret(self, logical_id: str) -> str:
        """The ARN of one of the stack's secrets."""
        (arn,) = [found["ARN"] for found in self.secrets.list_secrets()["SecretList"] if logical_id in found["Name"]]
        return str(arn)

    def verification_token(self) -> str:
        """The one in force: a rotation may have changed it since the stack was started."""
        text = self.secrets.get_secret_value(SecretId=self.secret("VerificationSecret"))["SecretString"]
        token: str = json.loads(text)["current"]
        return token

    def forget_rosters(self, account_id: str) -> None:
        """As if an account, or with "" all of them, had never had a conference."""
        self._forget(f"ACCOUNT#{account_id}", "PartyTableName")

    def forget_penalties(self) -> None:
        """Let everybody out of the penalty box."""
        self._forget("PENALTY#")

    def forget_budgets(self) -> None:
        """As if another minute had begun."""
        self._forget("BUDGET#")

    def _forget(self, prefix: str, output: str = "ConnectionTableName") -> None:
        for item in self.items(output):
            if item["pk"]["S"].startswith(prefix):
                key = {"pk": item["pk"], "sk": item["sk"]}
                self.dynamodb.delete_item(TableName=self.outputs[output], Key=key)

    def log_of(self, function: str, since: float = 0.0) -> str:
        """Everything that a function has logged since then, epoch seconds; `http-access` is the HTTP API's own log.

        The local AWS answers with 10,000 events at most and no token to go on with; so each question begins where the
        last answer ended.
        """
        prefix = "/aws/vendedlogs" if function == "http-access" else ""
        group, start = f"{prefix}/rollcall/{self._stack.stack_name}/{function}", int(since * 1000)
        found: dict[tuple[int, str, str], None] = {}
        while True:
            events = self.logs.filter_log_events(logGroupName=group, startTime=start)["events"]
            known = len(found)
            found |= {(event["timestamp"], event["logStreamName"], event["message"]): None for event in events}
            if len(found) == known:
                return "\n".join(message for _, _, message in found)
            start = events[-1]["timestamp"]

    def runs_of(self, function: str) -> int:
        """How often a function was run, by its log."""
        return sum(line.startswith("START ") for line in self.log_of(function).splitlines())
