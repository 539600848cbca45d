"""Which builds are checked, and what is said when one can't be made."""

import importlib.util
import os
import platform
import sys
from pathlib import Path

import pytest

from local.artefacts import __main__ as command
from local.artefacts.others import others
from local.artefacts.pythons import python_of
from local.artefacts.target import Target
from local.outcome import REASON_FILE, SKIPPED
from local.preflight.template import read
from local.stack.places import TEMPLATE
from local.stack.sam import architecture_of, this_runtime

PARAMETERS = read(TEMPLATE)["Parameters"]


def test_the_magic_number_of_this_python_is_right() -> None:
    assert Target(this_runtime(), "arm64").magic_number.to_bytes(2, "little") + b"\r\n" == importlib.util.MAGIC_NUMBER


def test_every_target_that_the_template_allows_is_known() -> None:
    for runtime in PARAMETERS["Runtime"]["AllowedValues"]:
        for architecture in PARAMETERS["Architecture"]["AllowedValues"]:
            target = Target(runtime, architecture)
            assert target.magic_number
            assert target.machine
            assert target.processor


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
@pytest.mark.parametrize("runtime", PARAMETERS["Runtime"]["AllowedValues"])
def test_the_other_build_differs_from_the_default_one_and_from_this_machines(runtime: str, architecture: str) -> None:
    here, default = Target(runtime, architecture), Target("python3.13", "arm64")
    chosen = others(PARAMETERS, here)
    assert here not in chosen
    assert default not in chosen
    assert chosen[0].architecture == "x86_64"
    assert chosen[0].runtime not in (here.runtime, default.runtime)
    # With this Python alone, the default build or another one is possible.
    assert any(it.runtime == runtime for it in [default, *chosen])


def command_in(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_a_command_that_is_not_what_its_name_says_is_passed_over(tmp_path: Path) -> None:
    name = this_runtime()
    command_in(tmp_path / "complains", name, "echo 'no such version' >&2; exit 127")
    command_in(tmp_path / "another", name, "echo python3.1")
    command_in(tmp_path / "right", name, f'exec {sys.executable} "$@"')
    folders = [tmp_path / folder for folder in ("none", "complains", "another", "right")]
    environment = {"PATH": os.pathsep.join(map(str, folders)), "PYENV_ROOT": str(tmp_path)}
    assert python_of(name, environment) == tmp_path / "right" / name


def test_pyenvs_versions_are_looked_through(tmp_path: Path) -> None:
    (tmp_path / "versions/3.1").mkdir(parents=True)
    command_in(tmp_path / "versions/3.1/bin", this_runtime(), f'exec {sys.executable} "$@"')
    environment = {"PATH": "/nowhere", "PYENV_ROOT": str(tmp_path)}
    assert python_of(this_runtime(), environment) == tmp_path / "versions/3.1/bin" / this_runtime()
    assert python_of("python3.1", environment) is None


@pytest.mark.parametrize("which", ["default", "other"])
def test_without_its_python_a_build_is_skipped_and_says_why(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "python_of", lambda runtime, environment: None)
    monkeypatch.setattr(sys, "argv", ["local.artefacts", which])
    monkeypatch.setenv(REASON_FILE, str(tmp_path / "reason"))
    assert command.main() == SKIPPED
    reason = (tmp_path / "reason").read_text()
    assert "pip here, without which SAM does not build" in reason
    assert capsys.readouterr().out == f"SKIPPED: {reason}\n"


def test_a_build_with_a_fault_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "template.yaml").write_text("Resources: {}")
    monkeypatch.setattr(command, "python_of", lambda runtime, environment: Path("/usr/bin/python3"))
    monkeypatch.setattr(command, "build", lambda target, python, folder: tmp_path)
    monkeypatch.setattr(command, "_SHOWN", 1000)
    monkeypatch.setattr(sys, "argv", ["local.artefacts", "default"])
    assert command.main() == 1
    assert "RollcallLayer: core/roster.py is missing" in capsys.readouterr().out


def test_the_architecture_here_is_one_of_the_templates() -> None:
    assert architecture_of(platform.machine()) in PARAMETERS["Architecture"]["AllowedValues"]
