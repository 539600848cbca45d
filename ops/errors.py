"""What an operator is told instead of a traceback."""


class OpsError(Exception):
    """A command can't do what was asked. The message is one line, for people."""


class NotReplayable(OpsError):
    """No message of a queue can hold this body."""
