"""The log groups of a stack, whether CloudFormation still knows them or not."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

PREFIXES = ("/rollcall/{}/", "/aws/vendedlogs/rollcall/{}/")
"""The groups of a stack and of no other: its name is followed by a slash. The second is for API Gateway's own logs."""


def log_groups(logs: "CloudWatchLogsClient", stack_name: str) -> list[str]:
    """The names of the groups that there are."""
    pages = logs.get_paginator("describe_log_groups")
    return [
        group["logGroupName"]
        for prefix in PREFIXES
        for page in pages.paginate(logGroupNamePrefix=prefix.format(stack_name))
        for group in page["logGroups"]
    ]
