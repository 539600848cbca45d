"""What a check says: that all is well, or what is not, with a code that stays the same and leads to the cure."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

CURES = "docs/operations.md"

Status = Literal["ok", "warning", "error", "not-run"]


class Finding(msgspec.Struct, frozen=True):
    """One line of a report. `code` is kebab-case: the fault's; the check's own if all is well, or if it did not run."""

    code: str
    status: Status
    message: str

    @property
    def cure(self) -> str | None:
        """Where it says what to do. None if there is nothing to do."""
        if self.status == "ok":
            return None
        return f"{CURES}#{'not-run' if self.status == 'not-run' else self.code}"


Check = Callable[[], Iterable[Finding]]
"""Says one thing or several. Raises `NotRun` if it can't say anything; any other error means the same."""


class NotRun(Exception):
    """The check could not be done. The message says why, in one line."""


def ok(code: str, message: str) -> Finding:
    """The check ran, and found nothing wrong."""
    return Finding(code, "ok", message)


def warning(code: str, message: str) -> Finding:
    """The installation works, but somebody should know this."""
    return Finding(code, "warning", message)


def error(code: str, message: str) -> Finding:
    """The installation does not work, or will not for long."""
    return Finding(code, "error", message)
