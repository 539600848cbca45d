"""Findings as an operator reads them, or as a program does."""

from collections.abc import Iterator, Sequence

import msgspec

from ops import text
from ops.check.finding import Finding, Status

_MARKS: dict[Status, str] = {"ok": "ok", "warning": "WARNING", "error": "ERROR", "not-run": "NOT RUN"}


class _Row(msgspec.Struct, frozen=True):
    code: str
    status: Status
    message: str
    cure: str | None


class _Report(msgspec.Struct, frozen=True):
    ok: bool
    checks: list[_Row]


def is_ok(findings: Sequence[Finding]) -> bool:
    """Whether every check ran and found no error. Warnings are for people to weigh."""
    return all(finding.status in ("ok", "warning") for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """`{"ok": …, "checks": [{"code", "status", "message", "cure"}]}`; `cure` is null where all is well."""
    rows = [_Row(finding.code, finding.status, finding.message, finding.cure) for finding in findings]
    return msgspec.json.format(msgspec.json.encode(_Report(is_ok(findings), rows)), indent=2).decode()


def as_text(findings: Sequence[Finding]) -> Iterator[str]:
    """A line for each finding with its mark, then each that is not ok with its cure, then how it went."""
    yield from text.columns([(_MARKS[finding.status], finding.code, finding.message) for finding in findings])
    wrong = [finding for finding in findings if finding.status != "ok"]
    if wrong:
        yield ""
        yield "What to do:"
        yield from text.columns([(f"  {finding.code}", finding.cure or "") for finding in wrong])
    yield ""
    yield _verdict(findings)


def _verdict(findings: Sequence[Finding]) -> str:
    counts = {status: sum(finding.status == status for finding in findings) for status in _MARKS}
    told = [
        text.counted(counts["error"], "error") if counts["error"] else "",
        text.counted(counts["warning"], "warning") if counts["warning"] else "",
        f"{counts['not-run']} not run, so nothing is known about what they check" if counts["not-run"] else "",
    ]
    rest = ", ".join(part for part in told if part)
    if is_ok(findings):
        return f"All is well, with {rest}." if rest else "All is well."
    return f"Not all is well: {rest}."
