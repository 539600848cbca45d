"""For what a build is made: samconfig.toml says it once, and the commands refuse to guess."""

from pathlib import Path

import pytest

from local.artefacts.target import Target
from local.deployment.settings import target_in
from local.stack.errors import StackError
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
    with pytest.raises(StackError, match=r"dev\.global\.parameters"):
        target_in(samconfig(tmp_path, *lines), "dev")


@pytest.mark.parametrize(
    "saved",
    ['"Stage=dev Runtime=\\"python3.13\\""', '["Stage=dev", "Architecture=arm64"]'],
)
def test_saved_answers_for_another_target_are_an_error(tmp_path: Path, saved: str) -> None:
    path = samconfig(tmp_path, *GLOBAL, "[dev.deploy.parameters]", f"parameter_overrides = {saved}")
    with pytest.raises(StackError, match="make both the same"):
        target_in(path, "dev")


def test_saved_answers_for_the_same_target_are_fine(tmp_path: Path) -> None:
    saved = '"Stage=\\"dev\\" Runtime=\\"python3.12\\" WatchPolicy=\\"host\\""'
    path = samconfig(tmp_path, *GLOBAL, "[dev.deploy.parameters]", f"parameter_overrides = {saved}")
    assert target_in(path, "dev") == Target("python3.12", "x86_64")
