"""Checks template.yaml for what AWS would refuse, in every deployment that it allows: python -m local.preflight."""

import subprocess
import sys

from samtranslator.public.exceptions import InvalidDocumentException

from local.preflight.accepted import without_accepted
from local.preflight.check import examine
from local.preflight.template import read
from local.stack.places import TEMPLATE


def main() -> int:
    """Check the template. Returns 1 if anything was found that is not accepted, or if a check did not run."""
    try:
        report = examine(read(TEMPLATE))
    except (OSError, RuntimeError, ValueError, InvalidDocumentException, subprocess.TimeoutExpired) as error:
        print(f"The template was not checked: {type(error).__name__}: {error}")
        return 1
    left, needless = without_accepted(report.found)
    for finding in left:
        print(f"{finding.where}: {finding.message} ({finding.rule}, {_in(report.found[finding], report.deployments)})")
    for entry in needless:
        print(f"local/preflight/accepted.py accepts {entry.rule} at {entry.where}, which nothing reports any more")
    print(
        f"{report.deployments} deployments, {report.rules} rules beside AWS's schemas, {report.policies} policies: "
        f"{len(left) + len(needless)} findings, {len(report.found) - len(left)} accepted"
    )
    return 1 if left or needless else 0


def _in(deployments: list[str], of: int) -> str:
    if len(deployments) == of:
        return "in every deployment"
    return f"in {len(deployments)} of {of} deployments, such as {deployments[0]}"


if __name__ == "__main__":
    sys.exit(main())
