"""Findings that are deliberately left as they are. This is the one place for them; each has its reason."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from local.preflight.findings import Finding


class Accepted(NamedTuple):
    """Findings of a rule at a place, with a message; `where` and `message` are regular expressions."""

    rule: str
    where: str
    message: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one of these."""
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
    """The findings that are not accepted, and those entries of the list that accept nothing any more."""
    found, entries = list(findings), list(accepted)
    left = [finding for finding in found if not any(entry.covers(finding) for entry in entries)]
    return left, [entry for entry in entries if not any(entry.covers(finding) for finding in found)]
