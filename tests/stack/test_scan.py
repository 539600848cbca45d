"""What is made of the scanners' findings."""

import base64
import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from local import scan
from local.outcome import SKIPPED
from local.scan import NO_SECRETS, Audit, found_secrets, judged, verdict

RANDOM = base64.b64encode(hashlib.sha256(b"nobody's").digest()).decode()
"""Looks random, and is the same every time."""

FOUND = {"name": "idna", "version": "3.6", "vulns": [{"id": "PYSEC-2024-60", "fix_versions": ["3.7"]}]}
CLEAN = {"name": "certifi", "version": "2026.1.1", "vulns": []}
UNKNOWN = {"name": "msgspec", "skip_reason": "not found"}


def test_a_secret_is_found_wherever_it_stands(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(f'first\naws_secret_access_key = "{RANDOM}"\n')
    (tmp_path / "folder").mkdir()
    marker = "PRIVATE KEY"
    (tmp_path / "folder" / "key.pem").write_text(
        f"-----BEGIN RSA {marker}-----\n{RANDOM}\n-----END RSA {marker}-----\n"
    )
    for elsewhere in (".local", "node_modules"):
        (tmp_path / elsewhere).mkdir()
        (tmp_path / elsewhere / "generated.py").write_text(f'token = "{RANDOM}"\n')
    found = {line.rpartition(": ")[0].rpartition(":")[0] for line in found_secrets(tmp_path)}
    assert found == {"notes.md", "folder/key.pem"}


def test_what_is_known_to_be_no_secret_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "sample.json").write_text("".join(f'{{"token": "{value}"}}\n' for value in NO_SECRETS))
    assert found_secrets(tmp_path) == []


@pytest.mark.parametrize(
    ("dependencies", "failed", "skipped", "said"),
    [
        ([CLEAN], False, "", ["lock: 1 packages audited"]),
        ([CLEAN, FOUND], True, "", ["lock: idna 3.6: PYSEC-2024-60, mended in 3.7", "lock: 2 packages audited"]),
        ([CLEAN, UNKNOWN], False, "unknown to the index: msgspec", ["lock: 1 packages audited, unknown to the index"]),
        (
            [FOUND, UNKNOWN],
            True,
            "unknown to the index: msgspec",
            ["lock: idna 3.6: PYSEC-2024-60, mended in 3.7", "lock: 1 packages audited, unknown to"],
        ),
        ([UNKNOWN], False, "the index in use tells nothing of vulnerabilities", ["lock: nothing was audited"]),
    ],
)
def test_nothing_is_skipped_in_silence(
    dependencies: list[dict[str, object]], failed: bool, skipped: str, said: list[str]
) -> None:
    audit = judged("lock", dependencies)
    assert (audit.failed, audit.skipped, audit.unreachable) == (failed, skipped, False)
    assert len(audit.lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(audit.lines, said, strict=True))


WELL, WEAK = Audit([]), Audit([], failed=True)
OFFLINE, IGNORANT = Audit([], unreachable=True, skipped="offline"), Audit([], skipped="the index tells nothing")


@pytest.mark.parametrize(
    ("audits", "at_home", "in_ci"),
    [
        ([WELL, WELL], 0, 0),
        ([WELL, WEAK], 1, 1),
        ([OFFLINE, WEAK], 1, 1),
        ([IGNORANT, WEAK], 1, 1),
        ([WELL, OFFLINE], SKIPPED, 1),
        ([WELL, IGNORANT], SKIPPED, SKIPPED),
    ],
)
def test_what_was_not_audited_is_skipped_and_in_ci_there_must_be_an_index(
    audits: list[Audit], at_home: int, in_ci: int
) -> None:
    assert verdict(audits, in_ci=False) == at_home
    assert verdict(audits, in_ci=True) == in_ci


def test_a_reason_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    verdict([OFFLINE, IGNORANT, OFFLINE], in_ci=False)
    assert capsys.readouterr().out == "SKIPPED: offline; the index tells nothing\n"


@pytest.mark.parametrize(
    ("stderr", "unreachable"),
    [("requests.exceptions.ProxyError: no route\n", True), ("KeyError: 'x'\n", False), ("", False)],
)
def test_a_scanner_that_says_nothing_has_failed_unless_no_index_answered(
    stderr: str, unreachable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = subprocess.CompletedProcess[str]([], 1, stdout="", stderr=stderr)
    monkeypatch.setattr(scan, "_run", lambda *arguments: silent)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(sys, "argv", ["local.scan", "vulnerabilities"])
    assert scan.main() == (SKIPPED if unreachable else 1)
    monkeypatch.setenv("CI", "true")
    assert scan.main() == 1
