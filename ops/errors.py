"""What an operator is told instead of a traceback."""


class OpsError(Exception):
    """A command can't do what was asked. The message is one line, for people."""


class NotReplayable(OpsError):
    """This can't be taken again, or failed again. It stays where it is."""
