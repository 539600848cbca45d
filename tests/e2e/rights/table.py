"""What each function may do, and who may run it. Everything else is forbidden; test_privileges.py tries it.

Resources are named by their logical ids in template.yaml, and what stands behind a "/" is part of the resource's ARN.
"""

from typing import NamedTuple


class Grant(NamedTuple):
    """Actions on a resource; if `keys` are named, each only on items whose partition key is like one of them.

    A function has several for a resource if actions differ in their keys.
    """

    resource: str
    actions: str
    keys: tuple[str, ...] = ()


GRANTS: dict[str, tuple[Grant, ...]] = {
    "ingest": (
        Grant("PartyTable", "dynamodb:PutItem dynamodb:UpdateItem", ("SESSION#*",)),
        Grant("QuarantineBucket/*", "s3:PutObject"),
        Grant("RecordingBucket/*", "s3:PutObject"),
        Grant("DeferredQueue", "sqs:SendMessage"),
        Grant("event-bus/default", "events:PutEvents"),
        Grant("VerificationSecret", "secretsmanager:GetSecretValue"),
    ),
    "deferred": (
        Grant("PartyTable", "dynamodb:PutItem dynamodb:UpdateItem", ("SESSION#*",)),
        Grant("QuarantineBucket/*", "s3:PutObject"),
        Grant(
            "DeferredQueue",
            "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage",
        ),
        Grant("event-bus/default", "events:PutEvents"),
    ),
    "roster": (
        Grant("PartyTable", "dynamodb:GetItem dynamodb:PutItem", ("ACCOUNT#*",)),
        Grant("ConnectionTable", "dynamodb:Query dynamodb:DeleteItem", ("ACCOUNT#*",)),
        Grant("WebSocketApi/{stage}/POST/@connections/*", "execute-api:ManageConnections"),
        Grant("StreamFailures", "sqs:SendMessage"),
        Grant("PartyTable/stream/*", "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator"),
        Grant("*", "dynamodb:ListStreams"),
    ),
    "connections": (
        Grant("ConnectionTable", "dynamodb:PutItem dynamodb:DeleteItem", ("ACCOUNT#*", "CONNECTION#*")),
        Grant("ConnectionTable", "dynamodb:Query", ("ACCOUNT#*",)),
        Grant("ConnectionTable", "dynamodb:GetItem dynamodb:UpdateItem", ("CONNECTION#*",)),
        Grant("PartyTable", "dynamodb:GetItem dynamodb:UpdateItem", ("ACCOUNT#*",)),
        Grant("PartyTable/index/byHost", "dynamodb:Query", ("ACCOUNT#*",)),
        Grant("WebSocketApi/{stage}/POST/@connections/*", "execute-api:ManageConnections"),
        Grant("WebSocketApi/{stage}/DELETE/@connections/*", "execute-api:ManageConnections"),
    ),
    "authorizer": (Grant("ConnectionTable", "dynamodb:GetItem dynamodb:PutItem", ("IDENTITY#*", "PENALTY#*")),),
    "tickets": (Grant("ConnectionTable", "dynamodb:PutItem", ("ACCOUNT#*#TICKET#*",)),),
    "conferences": (
        Grant("PartyTable", "dynamodb:GetItem", ("ACCOUNT#*",)),
        Grant("PartyTable/index/byStart", "dynamodb:Query", ("ACCOUNT#*",)),
    ),
    "remove": (
        Grant("PartyTable", "dynamodb:GetItem dynamodb:UpdateItem", ("ACCOUNT#*",)),
        Grant("ConnectionTable", "dynamodb:GetItem dynamodb:PutItem", ("PENALTY#*",)),
    ),
    "unrouted": (),
    "console": (),
    "reconcile": (
        Grant("PartyTable", "dynamodb:GetItem dynamodb:UpdateItem", ("ACCOUNT#*",)),
        Grant("PartyTable", "dynamodb:GetItem dynamodb:PutItem", ("SESSION#*",)),
        Grant("PartyTable/index/byDue", "dynamodb:Query"),
        Grant("ConnectionTable", "dynamodb:Query", ("ACCOUNT#*",)),
        Grant("ConnectionTable", "dynamodb:GetItem dynamodb:PutItem", ("NOTE#account#*", "PENALTY#*")),
        Grant("ConnectionTable", "dynamodb:PutItem dynamodb:DeleteItem", ("LEASE#*",)),
        Grant("ConnectionTable", "dynamodb:UpdateItem", ("BUDGET#*",)),
        Grant("RingCentralSecret", "secretsmanager:GetSecretValue"),
        Grant("ServiceTokenSecret", "secretsmanager:GetSecretValue secretsmanager:PutSecretValue"),
    ),
    "subscription": (
        Grant("ConnectionTable", "dynamodb:GetItem dynamodb:PutItem", ("NOTE#subscription", "PENALTY#*")),
        Grant("ConnectionTable", "dynamodb:PutItem dynamodb:DeleteItem", ("LEASE#*",)),
        Grant("RingCentralSecret", "secretsmanager:GetSecretValue"),
        Grant("ServiceTokenSecret", "secretsmanager:GetSecretValue secretsmanager:PutSecretValue"),
        Grant("VerificationSecret", "secretsmanager:GetSecretValue"),
    ),
}
"""What template.yaml grants."""

USED_BY_LAMBDA = {
    ("roster", "StreamFailures", "sqs:SendMessage"),
    ("roster", "PartyTable/stream/*", "dynamodb:DescribeStream"),
    ("roster", "PartyTable/stream/*", "dynamodb:GetRecords"),
    ("roster", "PartyTable/stream/*", "dynamodb:GetShardIterator"),
    ("roster", "*", "dynamodb:ListStreams"),
    ("deferred", "DeferredQueue", "sqs:DeleteMessage"),
    ("deferred", "DeferredQueue", "sqs:GetQueueAttributes"),
    ("deferred", "DeferredQueue", "sqs:ReceiveMessage"),
}
"""Granted not for the code, but for what Lambda does with the function's role."""

ADDED_BY_SAM: dict[str, tuple[Grant, ...]] = {
    "reconcile": (Grant("ReconcileFailures", "sqs:SendMessage"),),
    "subscription": (Grant("SubscriptionFailures", "sqs:SendMessage"),),
}
"""What SAM grants for a failure destination. Lambda itself sends there, with the function's role."""

OF_AWS = "AWSLambdaBasicExecutionRole"
"""The policy of AWS's own that SAM attaches to every role."""

GRANTED_BY_AWS = "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents"
"""What it grants, on every resource of the account."""

DENIED_TO_ALL = "logs:CreateLogGroup"
"""What the template's NoLogGroups denies to every function, on every resource of the account."""


class Invoker(NamedTuple):
    """A service that may run a function, for exactly these sources."""

    service: str
    source: str


_API, _EVENTS = "apigateway.amazonaws.com", "events.amazonaws.com"

INVOKERS: dict[str, set[Invoker]] = {
    "ingest": {Invoker(_API, "HttpApi/*")},
    "deferred": set(),  # Lambda's own poller runs it, and needs no permission
    "roster": set(),
    "connections": {
        Invoker(_API, "WebSocketApi/{stage}/$connect"),
        Invoker(_API, "WebSocketApi/{stage}/$disconnect"),
        Invoker(_API, "WebSocketApi/{stage}/$default"),
    },
    "authorizer": {Invoker(_API, "HttpApi/authorizers/*")},
    "tickets": {Invoker(_API, "HttpApi/*")},
    "conferences": {Invoker(_API, "HttpApi/*")},
    "remove": {Invoker(_API, "HttpApi/*")},
    "unrouted": {Invoker(_API, "HttpApi/*")},
    "console": {Invoker(_API, "HttpApi/*")},
    "reconcile": {Invoker(_EVENTS, "ReconcileFunctionEvery")},
    "subscription": {
        Invoker(_EVENTS, "SubscriptionFunctionEvery"),
        Invoker(_EVENTS, "SubscriptionFunctionReminder"),
    },
}


def is_granted(function: str, action: str, resource: str) -> bool:
    """Whether the tables grant it, keys aside."""
    of_stack = [*GRANTS[function], *ADDED_BY_SAM.get(function, ())]
    if action in DENIED_TO_ALL.split():
        return False
    by_stack = any(grant.resource == resource and action in grant.actions.split() for grant in of_stack)
    return by_stack or action in GRANTED_BY_AWS.split()


def keys_of(function: str, action: str, resource: str) -> tuple[str, ...]:
    """What the partition keys of items must be like; nothing if that does not matter."""
    grants = (grant for grant in GRANTS[function] if grant.resource == resource and action in grant.actions.split())
    return tuple(key for grant in grants for key in grant.keys)
