"""What a deleted stack leaves on purpose, found by the stack's own record of its deletion.

CloudFormation keeps the events of a deleted stack for 90 days (API reference, DescribeStackEvents); a resource that it
was told to retain has the status DELETE_SKIPPED there.
"""

from collections.abc import Callable, Iterator

from botocore.exceptions import ClientError

from ops.stack import Resource, Stack

KEY = "AWS::KMS::Key"
CUSTOM_RESOURCE = "AWS::CloudFormation::CustomResource"
"""A request to a function, and no thing that could be left."""

SAM_STACK = "aws-sam-cli-managed-default"
PENDING_DAYS = 7
"""The shortest time that KMS allows until it deletes a key (API reference, ScheduleKeyDeletion)."""

_COST = "It costs 1 US dollar a month, and as much again after each of its first two rotations"


class Leftovers:
    """What the stacks of one name have left."""

    def __init__(self, stack: Stack, say: Callable[[str], None] = print) -> None:
        self._stack = stack
        self._say = say

    def remaining(self, *, delete_key: bool) -> Iterator[str]:
        """What is left, a sentence for each. `delete_key`: have KMS delete the keys that are, and with them all that
        was encrypted with them.
        """
        for resource in self._retained():
            if resource.type != KEY:
                yield f"{resource.physical_id}, a {resource.type} that the stack retains"
            elif (state := self._key_state(resource.physical_id)) == "PendingDeletion":
                self._say(f"The key {resource.physical_id} is already going to be deleted.")
            elif state and delete_key:
                self._stack.kms.schedule_key_deletion(KeyId=resource.physical_id, PendingWindowInDays=PENDING_DAYS)
                self._say(f"The key {resource.physical_id} is deleted in {PENDING_DAYS} days.")
            elif state:
                command = f"aws kms schedule-key-deletion --key-id {resource.physical_id} --pending-window-in-days 7"
                yield f"the encryption key {resource.physical_id}. {_COST}. To have it deleted: {command}"

    def tell_of_sam(self) -> None:
        """SAM keeps what it uploaded, in a bucket of its own that other applications may share. It holds no data."""
        try:
            (sam,) = self._stack.cloudformation.describe_stacks(StackName=SAM_STACK)["Stacks"]
        except ClientError:
            return
        buckets = [one.get("OutputValue") for one in sam.get("Outputs", []) if one.get("OutputKey") == "SourceBucket"]
        for bucket in buckets:
            self._say(f"SAM's own bucket {bucket} keeps the code that was deployed; other applications may share it.")

    def _retained(self) -> list[Resource]:
        found = dict[str, Resource]()
        for stack_id in self._deleted():
            pages = self._stack.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
            for event in (event for page in pages for event in page["StackEvents"]):
                physical_id = event.get("PhysicalResourceId", "")
                if event.get("ResourceStatus") == "DELETE_SKIPPED" and physical_id:
                    kept = (event.get("LogicalResourceId", ""), event.get("ResourceType", ""), physical_id)
                    found[physical_id] = Resource(*kept, "DELETE_SKIPPED")
        return [resource for resource in found.values() if resource.type != CUSTOM_RESOURCE]

    def _deleted(self) -> list[str]:
        pages = self._stack.cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
        return [
            summary["StackId"]
            for page in pages
            for summary in page["StackSummaries"]
            if summary["StackName"] == self._stack.name and "StackId" in summary
        ]

    def _key_state(self, key_id: str) -> str:
        """KMS's word for the state of the key; "" if it is gone."""
        try:
            return self._stack.kms.describe_key(KeyId=key_id)["KeyMetadata"].get("KeyState", "Enabled")
        except ClientError as refused:
            if refused.response["Error"]["Code"] != "NotFoundException":
                raise
            return ""
