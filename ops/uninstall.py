"""Taking an installation down until nothing of it is left.

`sam delete` alone does not: CloudFormation fails on a bucket that holds something, a schedule may make the webhook
subscription again while it is deleted, and what a function logs at its end makes a log group again, which the next
deployment with that name then fails on. Each step may be repeated, so a run that was interrupted is run again.
"""

import random
import time
from collections.abc import Callable

from botocore.exceptions import ClientError

from ops import buckets, text
from ops.errors import OpsError, StackMissing
from ops.leftovers import CUSTOM_RESOURCE, Leftovers
from ops.log_groups import log_groups
from ops.protect import Protection
from ops.stack import Resource, Stack
from ops.subscription_end import SubscriptionEnd

DELETE_SECONDS = 1800.0
"""How long CloudFormation may take. It takes a few minutes if all goes well."""

DELETIONS = 3
POLL_SECONDS = 5.0
LATE_LOG_SECONDS = 30.0
"""What a function logged at its end may arrive so late (not documented; log groups have come back within seconds)."""

_BACKUPS = (
    "DynamoDB's own last backups of the tables, for 35 days and free of charge, as they had point-in-time recovery"
)


class Uninstall:
    """Takes one installation down."""

    def __init__(
        self,
        stack: Stack,
        *,
        say: Callable[[str], None] = print,
        wait: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._stack = stack
        self._say = say
        self._wait = wait
        self._clock = clock

    def run(self, *, delete_key: bool = False) -> list[str]:
        """Take it down. Returns what is left, a phrase for each.

        Raises `Protected` before anything is touched, and an `OpsError` if something can't be deleted; then it can be
        run again. Without a stack of that name, it looks for what an earlier run has not done.
        """
        left = list[str]()
        try:
            left += self._take_down()
        except StackMissing:
            self._say(f"There is no stack {self._stack.name} any more.")
        self._remove_late_logs()
        leftovers = Leftovers(self._stack, self._say)
        left += leftovers.remaining(delete_key=delete_key)
        leftovers.tell_of_sam()
        return left

    def _take_down(self) -> list[str]:
        described = self._stack.describe()
        status, stack_id = described["StackStatus"], described.get("StackId", self._stack.name)
        if status.endswith("_IN_PROGRESS") and status not in ("DELETE_IN_PROGRESS", "REVIEW_IN_PROGRESS"):
            raise OpsError(f"the stack {self._stack.name} is {status}; wait until that is done")
        Protection(self._stack).refuse()
        resources = self._stack.resources()
        self._stop_schedules(resources)
        ids = {resource.logical_id: resource.physical_id for resource in resources if resource.physical_id}
        stays = SubscriptionEnd(self._stack, say=self._say, wait=self._wait).run(ids)
        left = [stays] if stays else []
        parameters = {one.get("ParameterKey"): one.get("ParameterValue") for one in described.get("Parameters", [])}
        if parameters.get("Production") == "true":
            left.append(_BACKUPS)
        self._delete(stack_id)
        return left

    def _stop_schedules(self, resources: list[Resource]) -> None:
        """No run is to begin that would make anew what is about to be deleted."""
        for rule in resources:
            if rule.type == "AWS::Events::Rule" and rule.physical_id:
                try:
                    self._stack.events.disable_rule(Name=rule.physical_id)
                except self._stack.events.exceptions.ResourceNotFoundException:
                    continue
        self._say("Schedules are disabled.")

    def _empty_buckets(self, stack_id: str) -> None:
        for bucket in self._stack.resources(stack_id):
            if bucket.type == "AWS::S3::Bucket" and bucket.physical_id:
                deleted = buckets.empty(self._stack.s3, bucket.physical_id)
                self._say(f"{bucket.logical_id} is empty; {text.counted(deleted, 'object')} deleted.")

    def _delete(self, stack_id: str) -> None:
        """Delete the stack. A notification may come between emptying a bucket and deleting it: then once more."""
        reason: str | None = None
        for attempt in range(1, DELETIONS + 1):
            self._empty_buckets(stack_id)
            if reason and (unanswered := self._unanswered(stack_id)):
                self._stack.cloudformation.delete_stack(StackName=stack_id, RetainResources=unanswered)
            else:
                self._stack.cloudformation.delete_stack(StackName=stack_id)
            reason = self._wait_until_deleted(stack_id)
            if reason is None:
                self._say(f"The stack {self._stack.name} is deleted.")
                return
            self._say(f"CloudFormation could not delete everything: {reason}")
            if attempt < DELETIONS:
                self._wait(POLL_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1))  # noqa: S311  # no secret
        raise OpsError(f"the stack {self._stack.name} could not be deleted in {DELETIONS} attempts: {reason}")

    def _unanswered(self, stack_id: str) -> list[str]:
        """Custom resources whose function did not respond. They are nothing in themselves: the subscription behind this
        one is ended. So CloudFormation may forget them, which it does only after a failed deletion.
        """
        failed = [resource for resource in self._stack.resources(stack_id) if resource.status == "DELETE_FAILED"]
        return [resource.logical_id for resource in failed if resource.type == CUSTOM_RESOURCE]

    def _wait_until_deleted(self, stack_id: str) -> str | None:
        """None as soon as it is deleted, or why it can't be."""
        deadline, told = self._clock() + DELETE_SECONDS, -1
        while self._clock() < deadline:
            status, reason = self._status(stack_id)
            if status == "DELETE_COMPLETE":
                return None
            if status == "DELETE_FAILED":
                return reason
            count = len(self._stack.resources(stack_id))
            if count != told:
                self._say(f"Deleting the stack: {text.counted(count, 'resource')} to go.")
                told = count
            self._wait(POLL_SECONDS)
        raise OpsError(f"the stack is not deleted after {DELETE_SECONDS / 60:.0f} minutes; run this again to go on")

    def _status(self, stack_id: str) -> tuple[str, str]:
        try:
            (described,) = self._stack.cloudformation.describe_stacks(StackName=stack_id)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return "DELETE_COMPLETE", ""
        return described["StackStatus"], described.get("StackStatusReason", "no reason was given")

    def _remove_late_logs(self) -> None:
        """Delete the log groups that are left, and those that come back in the next half minute."""
        for pause in (0.0, LATE_LOG_SECONDS):
            self._wait(pause)
            for name in log_groups(self._stack.logs, self._stack.name):
                try:
                    self._stack.logs.delete_log_group(logGroupName=name)
                except self._stack.logs.exceptions.ResourceNotFoundException:
                    continue
                self._say(f"The log group {name} is deleted.")
