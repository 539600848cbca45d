"""The command `check`. Returns the exit status."""

import argparse
import os

from ops.check import before, deployed, report
from ops.check.finding import Finding
from ops.stack import Stack

TOKEN_VARIABLE = "ROLLCALL_TOKEN"  # noqa: S105  # a variable's name


def add(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("--before", action="store_true", help="what a deployment needs; there is no stack yet")
    parser.add_argument("--token", metavar="TOKEN", help=f"a RingCentral user's access token (or {TOKEN_VARIABLE})")
    # Also before the command; a default here would undo that.
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="for programs")
    parser.set_defaults(run=_check)


def show(findings: list[Finding], *, as_json: bool) -> int:
    """Print the findings. The status is 0 if every check ran and found no error, else 1."""
    for line in [report.as_json(findings)] if as_json else report.as_text(findings):
        print(line)
    return 0 if report.is_ok(findings) else 1


def _check(stack: Stack, chosen: argparse.Namespace) -> int:
    if chosen.before:
        findings = before.check(stack)
    else:
        findings = deployed.check(stack, token=chosen.token or os.environ.get(TOKEN_VARIABLE))
    return show(findings, as_json=chosen.json)
