"""What is tried with every function's role. No attempt changes anything, also where it is allowed.

Each names keys that nobody uses, a condition that never holds, or lacks what the action needs once it is allowed.
"""

import json
from collections.abc import Callable, Iterator
from itertools import chain, product
from typing import Any

from tests.e2e.rights.attempt import Attempt, form_call, json_call, rest
from tests.e2e.rights.deployed import Deployed
from tests.e2e.rights.irreversible import BUCKETS, FUNCTIONS, QUEUES, RULES, SECRETS, TABLES

INDEXES = {"PartyTable/index/byStart": "pk", "PartyTable/index/byHost": "pk", "PartyTable/index/byDue": "dueKey"}
"""Each with the name of its partition key."""

KeyOf = Callable[[str, str], str]
"""The partition key of an item that nobody has, for an action on a resource."""


def attempts(deployed: Deployed, key_of: KeyOf) -> list[Attempt]:
    """Every attempt."""
    return list(
        chain(
            *(_on_table(deployed, table, key_of) for table in TABLES),
            _on_indexes(deployed, key_of),
            *(_on_queue(deployed, queue) for queue in QUEUES),
            _on_secrets(deployed),
            *(_on_bucket(deployed, bucket) for bucket in BUCKETS),
            _on_buses(deployed),
            _on_connections(deployed),
            _on_functions(deployed),
            _on_identities(deployed),
            _on_logs(deployed.ids["IngestLog"]),
            _on_others(deployed),
        )
    )


def _on_table(deployed: Deployed, table: str, key_of: KeyOf) -> Iterator[Attempt]:
    name = deployed.ids[table]
    never = {"ConditionExpression": "attribute_exists(pk)"}
    change = {"UpdateExpression": "SET tried = :it", "ExpressionAttributeValues": {":it": {"N": "1"}}}

    def key(operation: str) -> dict[str, Any]:
        return {"pk": {"S": key_of(f"dynamodb:{operation}", table)}, "sk": {"S": "NOBODY"}}

    bodies: dict[str, dict[str, Any]] = {
        "GetItem": {"Key": key("GetItem")},
        "PutItem": {"Item": key("PutItem")} | never,
        "UpdateItem": {"Key": key("UpdateItem")} | change | never,
        "DeleteItem": {"Key": key("DeleteItem")} | never,
        "Query": _query(key_of("dynamodb:Query", table)),
        "Scan": {"Limit": 1},
        "DescribeTable": {},
        "UpdateTable": {},
    }
    for operation, body in bodies.items():
        yield json_call(f"dynamodb:{operation}", table, {"TableName": name} | body)
    yield json_call("dynamodb:BatchGetItem", table, {"RequestItems": {name: {"Keys": [key("BatchGetItem")]}}})
    yield json_call("dynamodb:BatchWriteItem", table, {"RequestItems": {name: []}})


def _on_indexes(deployed: Deployed, key_of: KeyOf) -> Iterator[Attempt]:
    for resource, partition_key in INDEXES.items():
        table, _, index = resource.split("/")
        on_index = {"TableName": deployed.ids[table], "IndexName": index}
        yield json_call(
            "dynamodb:Query", resource, on_index | _query(key_of("dynamodb:Query", resource), partition_key)
        )
        yield json_call("dynamodb:Scan", resource, on_index | {"Limit": 1})


def _on_queue(deployed: Deployed, queue: str) -> Iterator[Attempt]:
    receipt = {"ReceiptHandle": "nobodys"}
    bodies: dict[str, dict[str, Any]] = {
        "SendMessage": {},
        "ReceiveMessage": {"MaxNumberOfMessages": 0},
        "DeleteMessage": receipt,
        "ChangeMessageVisibility": receipt | {"VisibilityTimeout": 0},
        "GetQueueAttributes": {},
        "SetQueueAttributes": {"Attributes": {"VisibilityTimeout": "never"}},
    }
    for operation, body in bodies.items():
        yield json_call(f"sqs:{operation}", queue, {"QueueUrl": deployed.ids[queue]} | body)


def _on_secrets(deployed: Deployed) -> Iterator[Attempt]:
    for secret in SECRETS:
        name = {"SecretId": deployed.arn(secret)}
        yield json_call("secretsmanager:GetSecretValue", secret, name | {"VersionStage": "NOBODYS"})
        yield json_call("secretsmanager:DescribeSecret", secret, name)
    yield json_call("secretsmanager:ListSecrets", "*", {})


def _on_bucket(deployed: Deployed, bucket: str) -> Iterator[Attempt]:
    name, objects = deployed.ids[bucket], f"{bucket}/*"
    path = f"/{name}/nobodys"
    of_nothing = {"Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="}
    yield rest("s3:PutObject", objects, "PUT", path, body="something", headers=of_nothing)
    yield rest("s3:GetObject", objects, "GET", path)
    yield rest("s3:DeleteObject", objects, "DELETE", path)
    yield rest("s3:ListBucket", bucket, "GET", f"/{name}?list-type=2&max-keys=1")
    yield rest("s3:ListAllMyBuckets", "*", "GET", "/")


def _on_buses(deployed: Deployed) -> Iterator[Attempt]:
    for bus in ("default", "nobodys"):
        # No rule waits for it.
        entry = {"Source": "nobody", "DetailType": "nothing", "Detail": "{}", "EventBusName": bus}
        yield json_call("events:PutEvents", f"event-bus/{bus}", {"Entries": [entry]})
    for rule in RULES:
        yield json_call("events:DescribeRule", rule, {"Name": deployed.ids[rule]})


def _on_connections(deployed: Deployed) -> Iterator[Attempt]:
    own = deployed.ids["WebSocketApiStage"]
    places = (("WebSocketApi", "{stage}", own), ("WebSocketApi", "another", "another"), ("HttpApi", "{stage}", own))
    for (api, named, stage), method in product(places, ("POST", "GET", "DELETE")):
        path = f"/_aws/execute-api/{deployed.ids[api]}/{stage}/@connections/nobodys"
        yield rest("execute-api:ManageConnections", f"{api}/{named}/{method}/@connections/*", method, path)


def _on_functions(deployed: Deployed) -> Iterator[Attempt]:
    base, dry = "/2015-03-31/functions/", {"X-Amz-Invocation-Type": "DryRun"}
    nobodys = json.dumps({"S3Bucket": "nobodys", "S3Key": "nothing", "DryRun": True})
    for function in FUNCTIONS:
        path = base + deployed.ids[function]
        yield rest("lambda:InvokeFunction", function, "POST", f"{path}/invocations", body="{}", headers=dry)
        yield rest("lambda:UpdateFunctionCode", function, "PUT", f"{path}/code", body=nobodys)
        yield rest("lambda:GetFunction", function, "GET", path)
        yield rest("lambda:GetPolicy", function, "GET", f"{path}/policy")
    yield rest("lambda:ListFunctions", "*", "GET", base)


def _on_identities(deployed: Deployed) -> Iterator[Attempt]:
    role = {"RoleName": deployed.ids["IngestFunctionRole"]}
    yield form_call("iam:GetRole", "IngestFunctionRole", role)
    no_policy = {"PolicyName": "nobodys", "PolicyDocument": "{"}
    yield form_call("iam:PutRolePolicy", "IngestFunctionRole", role | no_policy)
    yield form_call("iam:ListRoles", "*", {})
    session = {"RoleArn": deployed.arn("SubscriptionFunctionRole"), "RoleSessionName": "nobodys"}
    yield form_call("sts:AssumeRole", "SubscriptionFunctionRole", session)


def _on_logs(group: str) -> Iterator[Attempt]:
    existing, nowhere = {"logGroupName": group}, {"logGroupName": "/nobody", "logStreamName": "nobodys"}
    yield json_call("logs:DescribeLogGroups", "*", {"limit": 1})
    yield json_call("logs:FilterLogEvents", "IngestLog", existing | {"limit": 1})
    yield json_call("logs:CreateLogGroup", "IngestLog", existing)
    yield json_call("logs:CreateLogStream", "*", nowhere)
    yield json_call("logs:PutLogEvents", "*", nowhere | {"logEvents": [{"timestamp": 1, "message": "nothing"}]})


def _on_others(deployed: Deployed) -> Iterator[Attempt]:
    yield form_call("cloudformation:DescribeStacks", "*", {"StackName": deployed.stack_name})
    yield json_call("ssm:GetParameter", "*", {"Name": "nobodys"})
    yield json_call("kms:ListKeys", "*", {})


def _query(key: str, named: str = "pk") -> dict[str, Any]:
    return {"KeyConditionExpression": f"{named} = :it", "ExpressionAttributeValues": {":it": {"S": key}}}
