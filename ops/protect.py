"""Protecting an installation from being deleted by accident.

CloudFormation deletes a stack piece by piece and goes on after a piece that it can't delete. So a protected table alone
keeps its data, but not the service: that is gone before the table is reached. Termination protection of the stack
refuses the deletion before anything is touched (CloudFormation user guide, Protecting CloudFormation stacks from being
deleted). Rollcall wants both in production.
"""

from collections.abc import Callable, Iterable

from ops.errors import OpsError
from ops.stack import Stack


class Protected(OpsError):
    """The installation is protected, and stays as it is. The message says how to change that."""


class Protection:
    """The protection of one stack and of its tables. Each step may be repeated."""

    def __init__(self, stack: Stack, say: Callable[[str], None] = print) -> None:
        self._stack = stack
        self._say = say

    def on(self) -> None:
        """Protect the stack, and the tables of an installation that was deployed with Production=true."""
        described = self._stack.describe()
        self._set_termination_protection(enabled=True)
        parameters = {one.get("ParameterKey"): one.get("ParameterValue") for one in described.get("Parameters", [])}
        if parameters.get("Production") == "true":
            self._protect_tables([name for name, protected in self._tables() if not protected], enabled=True)

    def off(self) -> None:
        """Take the protection away from the stack and its tables, so that it can be uninstalled."""
        self._stack.describe()
        self._set_termination_protection(enabled=False)
        self._protect_tables([name for name, protected in self._tables() if protected], enabled=False)

    def refuse(self) -> None:
        """Raise `Protected` if the stack or a table of it is protected."""
        what = ["the stack"] if self._stack.describe().get("EnableTerminationProtection") else []
        what += [f"the table {name}" for name, protected in self._tables() if protected]
        if what:
            raise Protected(f"{', '.join(what)} is protected against deletion; run protect --off first")

    def _set_termination_protection(self, *, enabled: bool) -> None:
        self._stack.cloudformation.update_termination_protection(
            StackName=self._stack.name, EnableTerminationProtection=enabled
        )
        self._say(f"{self._stack.name}: the stack is {'protected' if enabled else 'no longer protected'}")

    def _tables(self) -> Iterable[tuple[str, bool]]:
        for resource in self._stack.resources():
            if resource.type == "AWS::DynamoDB::Table" and resource.physical_id:
                try:
                    table = self._stack.dynamodb.describe_table(TableName=resource.physical_id)["Table"]
                except self._stack.dynamodb.exceptions.ResourceNotFoundException:
                    continue  # an earlier deletion got so far
                yield resource.physical_id, table.get("DeletionProtectionEnabled", False)

    def _protect_tables(self, names: Iterable[str], *, enabled: bool) -> None:
        for name in names:
            self._stack.dynamodb.update_table(TableName=name, DeletionProtectionEnabled=enabled)
            self._say(f"{name}: the table is {'protected' if enabled else 'no longer protected'}")
