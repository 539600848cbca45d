"""What an operator is told instead of a traceback."""


class OpsError(Exception):
    """A command can't do what was asked. The message is one line, for people."""


class NotReplayable(OpsError):
    """This can't be taken again, or failed again. It stays where it is."""


class StackMissing(OpsError):
    """There is no stack of that name in this account and region. Attribute: `name`."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the stack {name} does not exist in this account and region")
        self.name = name
