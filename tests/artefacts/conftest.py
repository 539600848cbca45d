"""A build to plant faults in."""

import shutil
from pathlib import Path

import pytest

from tests.artefacts import fake_build


@pytest.fixture(scope="session")
def _whole_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    fake_build.make(folder)
    return folder


@pytest.fixture
def build(_whole_build: Path, tmp_path: Path) -> Path:
    """A copy of one's own, in which nothing is wrong yet."""
    return Path(shutil.copytree(_whole_build, tmp_path / "build"))


@pytest.fixture
def layer(build: Path) -> Path:
    return build / "RollcallLayer" / "python"
