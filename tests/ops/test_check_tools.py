"""What a deployment needs on this machine: commands are found, run, and asked for their versions."""

import os
from pathlib import Path

import pytest

from ops.check import tools
from ops.check.finding import Check, Finding
from ops.check.runner import findings_of


def only(check: Check) -> Finding:
    (found,) = findings_of("check", check)
    return found


def command(folder: Path, name: str, says: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


@pytest.fixture
def tools_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
    monkeypatch.setattr("sys.executable", str(tmp_path / "nothing"))
    return tmp_path


@pytest.mark.parametrize(
    ("says", "code", "status"),
    [
        ("SAM CLI, version 1.160.0", "sam-cli", "ok"),
        ("SAM CLI, version 2.0.0", "sam-cli", "ok"),
        ("SAM CLI, version 1.99.0", "sam-old", "error"),
        ("no idea", "check", "not-run"),
    ],
)
def test_sam_is_as_new_as_the_project_asks_for(tools_path: Path, says: str, code: str, status: str) -> None:
    command(tools_path, "sam", says)
    found = only(tools.sam_cli)
    assert (found.code, found.status) == (code, status)


def test_without_sam_its_version_is_told(tools_path: Path) -> None:
    found = only(tools.sam_cli)
    assert (found.code, "1.160" in found.message) == ("sam-missing", True)


@pytest.mark.parametrize(
    ("name", "says", "code"),
    [
        ("python3.13", "Python 3.13.1", "build-python"),
        ("python3", "Python 3.13.1", "build-python"),
        ("python3.13", "Python 3.12.9", "build-python-missing"),
        ("python3.12", "Python 3.12.9", "build-python-missing"),
    ],
)
def test_a_python_of_the_runtime_is_looked_for_as_sam_does(
    tools_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str, code: str
) -> None:
    monkeypatch.setenv("PATH", str(tools_path))
    command(tools_path, name, says)
    assert only(lambda: tools.build_python("python3.13")).code == code
