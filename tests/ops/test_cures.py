"""Every finding leads to a cure that is written down, and every cure belongs to a finding."""

import ast
import re
from pathlib import Path

from ops.check import failures, ringcentral, subscription
from tests.support.aws_tables import ROOT

DOCUMENT = (ROOT / "docs/operations.md").read_text()
SOURCES = sorted((ROOT / "ops/check").glob("*.py"))
BY_TABLE = {*failures.CODES.values(), failures.OTHER, *ringcentral.NEEDED.values()}
BY_REASON = {code for code, _ in subscription.FAULTS.values()}


def codes_in(source: Path) -> set[str]:
    """The codes with which a module makes findings other than ok, as far as they stand there as text."""
    calls = [node for node in ast.walk(ast.parse(source.read_text())) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in ("error", "warning")]
    first = [call.args[0] for call in named]
    return {str(argument.value) for argument in first if isinstance(argument, ast.Constant)}


FOUND = {code for source in SOURCES for code in codes_in(source)} | BY_TABLE | BY_REASON


def sections() -> dict[str, str]:
    """The texts below `## Cures`, by the anchors that their headings get."""
    parts = re.split(r"^### `([a-z-]+)`$", DOCUMENT.partition("\n## Cures\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_finding_has_its_cure_and_every_cure_its_finding() -> None:
    assert len(FOUND) > 50
    assert sections().keys() == FOUND | {"not-run"}


def test_every_cure_says_something_to_do() -> None:
    assert [code for code, text in sections().items() if len(text.split()) < 15] == []


def test_links_within_the_document_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", DOCUMENT, flags=re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = re.findall(r"\]\(#([^)]+)\)", DOCUMENT)
    assert len(links) > 30
    assert [link for link in links if link not in anchors] == []


def test_each_check_is_described() -> None:
    for check in (
        "stack", "webhook-handshake", "webhook-token", "http-api", "websocket", "ringcentral-login",
        "ringcentral-permissions", "subscription", "functions", "event-sources", "schedules", "alarms",
        "alarm-subscribers", "failures", "quarantine", "clock", "protection", "aws-credentials", "sam-cli",
        "build-python", "name", "region", "runtime", "concurrency", "log-groups",
    ):  # fmt: skip
        assert re.search(rf"^\|[^|]*`{check}`[^|]*\|", DOCUMENT, flags=re.MULTILINE), check
