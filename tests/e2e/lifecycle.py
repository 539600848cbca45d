"""Deploying, updating and deleting a stack, and looking at what AWS has of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

from local.stack import aws
from local.stack.places import TEST_STATE_DIR
from local.stack.sam import Sam
from local.stack.stack import Stack, running_stack
from local.stack.subscription import wait_until_subscribed
from local.stack.warming import warm

STATE_DIR = TEST_STATE_DIR.parent / "test-lifecycle"


@contextmanager
def separate_stack() -> Iterator[Stack]:
    """A stack beside the one that all other tests share, so that it may be deleted."""
    built = TEST_STATE_DIR / "sam"
    if built.exists():
        # What was built for the other tests is taken from there: a test fetches no packages.
        shutil.copytree(built, STATE_DIR / "sam", dirs_exist_ok=True)
    with running_stack(STATE_DIR) as stack:
        yield stack


def deploy_another_version(stack: Stack, changed: Callable[[str], str], **parameters: str) -> None:
    """Deploy the built template with another text, and with other parameters."""
    folder = stack.places.sam / "build"
    (folder / "another.yaml").write_text(changed((folder / "template.yaml").read_text()))
    Sam(stack.processes, stack.places).deploy(stack.ports, "build/another.yaml", **parameters)


def deploy(stack: Stack) -> Stack:
    """Deploy the current version, and return where it serves once it does."""
    Sam(stack.processes, stack.places).deploy(stack.ports)
    info = aws.describe(stack.session, stack.ports)
    warm(info, stack.session)
    wait_until_subscribed(info.ringcentral_url, info.webhook_url)
    own = {"ports": stack.ports, "places": stack.places, "processes": stack.processes, "session": stack.session}
    return Stack(**(msgspec.structs.asdict(info) | own))


def uninstall(stack: Stack) -> None:
    """Delete a stack as its operator does: stop its schedules, empty its buckets, have CloudFormation delete it.

    The local AWS also deletes a bucket that is not empty. CloudFormation does not, so it is made sure of here.
    """
    s3, cloudformation, events = client(stack, "s3"), client(stack, "cloudformation"), client(stack, "events")
    for rule in physical_ids(stack, "AWS::Events::Rule").values():
        events.disable_rule(Name=rule)
    for bucket in physical_ids(stack, "AWS::S3::Bucket").values():
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for key in [item["Key"] for page in pages for item in page.get("Contents", [])]:
            s3.delete_object(Bucket=bucket, Key=key)
        assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    cloudformation.delete_stack(StackName=stack.stack_name)
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack.stack_name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def client(stack: Stack, service: Any) -> Any:
    """A client of the local AWS's administrator."""
    return stack.session.client(service, endpoint_url=stack.aws_endpoint_url)


def physical_ids(stack: Stack, *kinds: str) -> dict[str, str]:
    """The names that AWS has for the stack's resources of these types, or of all."""
    pages = client(stack, "cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.stack_name)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
        if not kinds or resource["ResourceType"] in kinds
    }


_LISTS: dict[str, tuple[str, str, str | None]] = {
    "apigatewayv2": ("get_apis", "Items", "Name"),
    "cloudformation": ("describe_stacks", "Stacks", "StackName"),
    "cloudwatch": ("describe_alarms", "MetricAlarms", "AlarmName"),
    "dynamodb": ("list_tables", "TableNames", None),
    "events": ("list_rules", "Rules", "Name"),
    "iam": ("list_roles", "Roles", "RoleName"),
    "lambda": ("list_functions", "Functions", "FunctionName"),
    "lambda layers": ("list_layers", "Layers", "LayerName"),
    "lambda mappings": ("list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
    "logs": ("describe_log_groups", "logGroups", "logGroupName"),
    "s3": ("list_buckets", "Buckets", "Name"),
    "secretsmanager": ("list_secrets", "SecretList", "Name"),
    "sns": ("list_topics", "Topics", "TopicArn"),
    "sqs": ("list_queues", "QueueUrls", None),
}
"""For each service, what lists the things of one kind, where they stand in its answer, and the name of each."""


def everything(stack: Stack) -> dict[str, list[str]]:
    """The names of all that each service has, of this stack and of anything else."""
    found = {}
    for kind, (operation, member, name) in _LISTS.items():
        answer = getattr(client(stack, kind.partition(" ")[0]), operation)()
        found[kind] = sorted(thing if name is None else thing[name] for thing in answer.get(member, []))
    return found
