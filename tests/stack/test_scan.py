"""What is made of the scanners' findings."""

import base64
import hashlib
from pathlib import Path

import pytest

from local.scan import NO_SECRETS, found_secrets, judged

RANDOM = base64.b64encode(hashlib.sha256(b"nobody's").digest()).decode()
"""Looks random, and is the same every time."""

FOUND = {"name": "idna", "version": "3.6", "vulns": [{"id": "PYSEC-2024-60", "fix_versions": ["3.7"]}]}
CLEAN = {"name": "certifi", "version": "2026.1.1", "vulns": []}
SKIPPED = {"name": "msgspec", "skip_reason": "not found"}


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
    ("dependencies", "status", "said"),
    [
        ([CLEAN], 0, ["1 packages audited"]),
        ([CLEAN, FOUND], 1, ["idna 3.6: PYSEC-2024-60, mended in 3.7", "2 packages audited"]),
        ([CLEAN, SKIPPED], 0, ["1 packages audited, SKIPPED as unknown to the index: msgspec"]),
        ([FOUND, SKIPPED], 1, ["idna 3.6: PYSEC-2024-60, mended in 3.7", "1 packages audited, SKIPPED as unknown to"]),
        ([SKIPPED], 0, ["SKIPPED, nothing was audited"]),
    ],
)
def test_nothing_is_skipped_in_silence(dependencies: list[dict[str, object]], status: int, said: list[str]) -> None:
    outcome, lines = judged(dependencies)
    assert outcome == status
    assert len(lines) == len(said)
    assert all(line.startswith(start) for line, start in zip(lines, said, strict=True))
