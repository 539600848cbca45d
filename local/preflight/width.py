"""Finds roles that allow too much. A linter of policies accepts them, because they are valid."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local.preflight.findings import Finding
from local.preflight.intrinsics import ACCOUNT
from local.preflight.roles import Policy, foreign_policies, policies
from local.preflight.template import REGION

RULE = "too-wide"

ON_ANYTHING = {
    "dynamodb:ListStreams": "IAM knows no resource for it; Lambda needs it to read the party table's stream",
}
"""Actions that are allowed on "*", each with the reason."""

MANAGED_POLICIES = {
    "AWSLambdaBasicExecutionRole": "SAM gives it to every function, for its log",
}
"""AWS's own policies that a role may have, each with the reason."""


_WITHOUT_KIND = {"execute-api", "s3", "sns", "sqs"}
"""Services whose ARNs have no resource type before the name of the resource."""


def findings(deployment: Mapping[str, Any]) -> Iterator[Finding]:
    """Every wildcard in an action, and every permission beyond the deployment's own resources."""
    for role, arn in foreign_policies(deployment):
        if str(arn).rpartition("/")[2] not in MANAGED_POLICIES:
            yield Finding(RULE, role, f"the managed policy {arn} is not on the list of those that a role may have")
    for policy in policies(deployment):
        for statement in _list(policy.document["Statement"]):
            if statement["Effect"] == "Allow":
                yield from _of_statement(policy, statement)


def _of_statement(policy: Policy, statement: Mapping[str, Any]) -> Iterator[Finding]:
    for element in ("NotAction", "NotResource"):
        if element in statement:
            yield Finding(RULE, policy.where, f"{element} allows everything else")
    actions = _list(statement.get("Action", []))
    for action in actions:
        if "*" in action or "?" in action:
            yield Finding(RULE, policy.where, f"the action {action} has a wildcard")
    for resource in _list(statement.get("Resource", [])):
        if _names_one_resource(resource):
            continue
        for action in actions:
            if action not in ON_ANYTHING:
                yield Finding(RULE, policy.where, f"{action} is allowed on {resource}")


def _names_one_resource(arn: Any) -> bool:
    """Whether an ARN names one resource of this account and region, or what is inside of it."""
    if not isinstance(arn, str):
        return False
    parts = arn.split(":", 5)
    if len(parts) < len(("arn", "partition", "service", "region", "account", "resource")):
        return False
    _, partition, service, region, account, resource = parts
    home = ("", "") if service == "s3" else (REGION, ACCOUNT)
    # "table/*" and "*" name no single resource. "table/rollcall/stream/*" names what is inside of one.
    names = [name for name in re.split("[/:]", resource) if name]
    own = names[0 if service in _WITHOUT_KIND else 1 :][:1]
    return "*" not in partition + service and (region, account) == home and own != [] and "*" not in own[0]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
