"""What a deployment needs of the AWS account and its region, and what an earlier one may have left in its way."""

import re
from collections.abc import Iterator

from botocore.exceptions import ClientError, NoCredentialsError, PartialCredentialsError

from ops.check.finding import Finding, NotRun, error, ok, warning
from ops.check.template import Template
from ops.errors import StackMissing
from ops.log_groups import log_groups
from ops.stack import Stack

CREDENTIALS, REGION, RUNTIME = "aws-credentials", "region", "runtime"
CONCURRENCY, STACK, LOG_GROUPS, NAME = "concurrency", "stack", "log-groups", "name"

FREE = 100
"""Concurrent executions that must stay unreserved in an account (Lambda developer guide, Reserved concurrency)."""

_LONGEST_FUNCTION_NAME = 64
_STACK_NAME = re.compile("[a-zA-Z][-a-zA-Z0-9]{0,127}")
_REFUSED = frozenset({"ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch", "UnrecognizedClientException"})

_GOOD = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})


def credentials(stack: Stack) -> Iterator[Finding]:
    """Whether AWS knows who this is, and in which region."""
    if stack.region is None:
        yield error("region-missing", "No AWS region is chosen")
        return
    try:
        me = stack.sts.get_caller_identity()
    except (NoCredentialsError, PartialCredentialsError):
        yield error("credentials-missing", "There are no AWS credentials")
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in _REFUSED:
            raise
        yield error("credentials-refused", f"AWS refuses the credentials: {refused.response['Error']['Code']}")
    else:
        yield ok(CREDENTIALS, f"{me['Arn']} in account {me['Account']}, region {stack.region}")


def region(stack: Stack, template: Template) -> Iterator[Finding]:
    """Whether CloudFormation can make every type of resource in this region (its registry, DescribeType)."""
    lacking = [made for made in sorted(template.types) if not _is_made(stack, made)]
    if lacking:
        yield error("region-lacks-types", f"CloudFormation does not make here: {', '.join(lacking)}")
    else:
        yield ok(REGION, f"CloudFormation makes all {len(template.types)} types of resources here")


def runtime(stack: Stack, name: str, architecture: str) -> Iterator[Finding]:
    """Whether Lambda has the runtime on this processor here.

    AWS has no API that says so. But it publishes Powertools' layer for each pair, where the region has it, and names it
    in a public parameter (Powertools for AWS Lambda, Lambda layer).
    """
    parameter = f"/aws/service/powertools/python/{architecture}/{name}/latest"
    try:
        stack.ssm.get_parameter(Name=parameter)
    except ClientError as refused:
        if refused.response["Error"]["Code"] != "ParameterNotFound":
            raise
        yield warning("runtime-unconfirmed", f"AWS publishes no layer for {name} on {architecture} in this region")
    else:
        yield ok(RUNTIME, f"AWS itself publishes a layer for {name} on {architecture} here")


def concurrency(stack: Stack, template: Template, *, production: bool) -> Iterator[Finding]:
    """Whether the account's limit of concurrent executions is high enough. New accounts have 10, later ones 1,000."""
    limit = stack.functions.get_account_settings()["AccountLimit"]
    most, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    # Of a stack that is there already, the reservations are no longer free.
    there = most if _status(stack) in _GOOD else free
    needed = template.reserved + FREE
    if production and there < needed:
        message = f"Production=true reserves {template.reserved}, {FREE} must stay free, and {there} can be had"
        yield error("concurrency-too-low", f"{message} of the account's {most} concurrent executions")
    elif most < FREE:
        yield warning("concurrency-low", f"The account may run {most} functions at once; the webhook can be refused")
    else:
        yield ok(CONCURRENCY, f"the account may run {most} functions at once, of which {free} are not reserved")


def stack_state(stack: Stack) -> Iterator[Finding]:
    """Whether a stack of this name is in the way."""
    status = _status(stack)
    if status == "":
        yield ok(STACK, f"the name {stack.name} is free")
    elif status in _GOOD:
        yield ok(STACK, f"{stack.name} is {status}, and a deployment updates it")
    elif status.endswith("_IN_PROGRESS"):
        yield error("stack-unfinished", f"{stack.name} is {status}; nothing can be deployed meanwhile")
    else:
        yield error("stack-failed", f"{stack.name} is {status}, and can't be updated")


def left_log_groups(stack: Stack) -> Iterator[Finding]:
    """Whether log groups of an earlier stack stand where this one makes its own."""
    if _status(stack):
        raise NotRun("there is a stack of this name, to which the log groups belong")
    left = log_groups(stack.logs, stack.name)
    if left:
        yield error("log-groups-left", f"The deployment would fail, as these exist: {', '.join(left)}")
    else:
        yield ok(LOG_GROUPS, "no log group is in the way")


def name_length(stack_name: str, template: Template) -> Iterator[Finding]:
    """Whether the names that are made of the stack's are allowed."""
    longest = max(template.suffixes, key=len, default="")  # a function without a name of its own gets one that fits
    if not _STACK_NAME.fullmatch(stack_name):
        yield error("name-not-allowed", f"{stack_name} is no stack's name: letters, digits and hyphens, a letter first")
    elif longest and len(stack_name + longest) > _LONGEST_FUNCTION_NAME:
        most = _LONGEST_FUNCTION_NAME - len(longest)
        yield error("name-too-long", f"{stack_name}{longest} is too long for a function; {most} characters fit")
    else:
        yield ok(NAME, f"{stack_name}{longest} is short enough for a function")


def _is_made(stack: Stack, resource_type: str) -> bool:
    try:
        stack.cloudformation.describe_type(Type="RESOURCE", TypeName=resource_type)
    except ClientError as refused:
        if refused.response["Error"]["Code"] in ("TypeNotFoundException", "CFNRegistryException"):
            return False
        raise
    return True


def _status(stack: Stack) -> str:
    try:
        return stack.describe()["StackStatus"]
    except StackMissing:
        return ""
