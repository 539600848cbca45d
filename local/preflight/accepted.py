"""Findings that are deliberately accepted, each with its reason. This is the only list of them."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from local.preflight.findings import Finding


class Accepted(NamedTuple):
    """The findings of a rule that match two regular expressions, `where` and `message`."""

    rule: str
    where: str
    message: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether this entry accepts the finding."""
        return (
            finding.rule == self.rule
            and re.fullmatch(self.where, finding.where) is not None
            and re.search(self.message, finding.message) is not None
        )


ACCEPTED = [
    Accepted(
        "pf-lambda-layer-compatible-runtimes-enum",
        r"RollcallLayer\w+",
        r"^runtime 'python3\.14' ",
        "The rule's list of runtimes ends with python3.13. The API's own model has python3.14 (botocore, Runtime).",
    ),
]


def without_accepted(
    findings: Iterable[Finding], accepted: Iterable[Accepted] = ACCEPTED
) -> tuple[list[Finding], list[Accepted]]:
    """The findings that no entry accepts, and the entries that accept no finding."""
    found, entries = list(findings), list(accepted)
    left = [finding for finding in found if not any(entry.covers(finding) for entry in entries)]
    return left, [entry for entry in entries if not any(entry.covers(finding) for finding in found)]
