"""Whether an installation that people rely on is kept from being deleted by accident."""

from collections.abc import Iterator

from ops.check.finding import Finding, ok, warning
from ops.check.installation import Installation

PROTECTION = "protection"


def protection(installation: Installation) -> Iterator[Finding]:
    """Warnings only: an installation for trying things out needs none of it."""
    if installation.is_local:
        yield ok(PROTECTION, "a stack on this machine needs none")
    elif not installation.in_production:
        yield warning("production-off", "Deployed without Production=true: no backups, no reserved concurrency")
    elif not installation.described.get("EnableTerminationProtection"):
        yield warning("termination-protection-off", "The stack can be deleted by one command")
    else:
        yield ok(PROTECTION, "the stack can't be deleted, and its tables have backups")
