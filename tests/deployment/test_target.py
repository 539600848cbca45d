"""For what a build is made: samconfig.toml says it once, and the commands refuse to guess."""

from pathlib import Path

import pytest

from local.deployment.errors import DeploymentError
from local.deployment.target import Target, python_for, target_in
from local.stack.places import ROOT


def samconfig(folder: Path, *lines: str) -> Path:
    path = folder / "samconfig.toml"
    path.write_text("\n".join(["version = 0.1", *lines]))
    return path


GLOBAL = ["[dev.global.parameters]", 'parameter_overrides = "Stage=dev Runtime=python3.12 Architecture=x86_64"']


def test_the_projects_own_stages_name_their_target() -> None:
    for stage in ("default", "prod"):
        assert target_in(ROOT / "samconfig.toml", stage) == Target("python3.13", "arm64")


def test_the_target_is_read_from_the_stages_global_table(tmp_path: Path) -> None:
    assert target_in(samconfig(tmp_path, *GLOBAL), "dev") == Target("python3.12", "x86_64")


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["[dev.global.parameters]"],
        ["[dev.global.parameters]", 'parameter_overrides = "Stage=dev"'],
        ["[dev.global.parameters]", 'parameter_overrides = "Runtime=python3.12"'],
        ["[prod.global.parameters]", 'parameter_overrides = "Runtime=python3.12 Architecture=arm64"'],
    ],
)
def test_a_stage_without_a_target_is_an_error(tmp_path: Path, lines: list[str]) -> None:
    with pytest.raises(DeploymentError, match=r"dev\.global\.parameters"):
        target_in(samconfig(tmp_path, *lines), "dev")


@pytest.mark.parametrize(
    "saved",
    ['"Stage=dev Runtime=\\"python3.13\\""', '["Stage=dev", "Architecture=arm64"]'],
)
def test_saved_answers_for_another_target_are_an_error(tmp_path: Path, saved: str) -> None:
    path = samconfig(tmp_path, *GLOBAL, "[dev.deploy.parameters]", f"parameter_overrides = {saved}")
    with pytest.raises(DeploymentError, match="make both the same"):
        target_in(path, "dev")


def test_saved_answers_for_the_same_target_are_fine(tmp_path: Path) -> None:
    saved = '"Stage=\\"dev\\" Runtime=\\"python3.12\\" WatchPolicy=\\"host\\""'
    path = samconfig(tmp_path, *GLOBAL, "[dev.deploy.parameters]", f"parameter_overrides = {saved}")
    assert target_in(path, "dev") == Target("python3.12", "x86_64")


def fake(folder: Path, name: str, says: str) -> None:
    command = folder / name
    command.write_text(f"#!/bin/sh\necho {says}\n")
    command.chmod(0o755)


def test_a_python_is_believed_only_by_what_it_says_itself(tmp_path: Path) -> None:
    environment = {"PATH": f"{tmp_path}:/bin:/usr/bin"}
    fake(tmp_path, "python3.12", "nothing useful")
    fake(tmp_path, "python3", "python3.12")
    assert python_for("python3.12", environment) == str(tmp_path / "python3")


def test_without_the_right_python_nothing_is_built(tmp_path: Path) -> None:
    fake(tmp_path, "python3.12", "python3.11")
    with pytest.raises(DeploymentError, match=r"needs python3\.12"):
        python_for("python3.12", {"PATH": str(tmp_path)})
