"""The third outcome of a check, beside passed and failed: it was skipped."""

import os
from pathlib import Path

SKIPPED = 77
"""The exit status of a check that did not run, or only in part, and found nothing wrong. Automake uses the same one."""

REASON_FILE = "CHECK_REASON_FILE"
"""The environment variable with the path of a file. local/checks.py reads the reason from this file."""


def skipped(reason: str) -> int:
    """Report that the check did not run, or only in part. Returns the exit status for the process."""
    print(f"SKIPPED: {reason}")
    if file := os.environ.get(REASON_FILE):
        Path(file).write_text(reason)
    return SKIPPED
