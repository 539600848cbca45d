"""What a check says beside "passed" and "failed": that it was skipped, and why."""

import os
from pathlib import Path

SKIPPED = 77
"""The exit status of a check that did not run, or not wholly, and found nothing wrong. Automake's test harness has it
too."""

REASON_FILE = "CHECK_REASON_FILE"
"""The variable with the name of the file in which local/checks.py reads why a check was skipped."""


def skipped(reason: str) -> int:
    """Say that a check did not run, or not wholly, in one line. Returns the exit status with which it is to end."""
    print(f"SKIPPED: {reason}")
    if file := os.environ.get(REASON_FILE):
        Path(file).write_text(reason)
    return SKIPPED
