"""The one way in which commands of the stack fail."""

from pathlib import Path


class StackError(Exception):
    """The stack can't do what was asked. The message is one line, for people; `log` is where to read more."""

    def __init__(self, message: str, log: Path | None = None) -> None:
        super().__init__(message)
        self.log = log

    def __str__(self) -> str:
        return f"{self.args[0]} (log: {self.log})" if self.log else str(self.args[0])
