"""Where everything is: in the repository, and in the folder of one stack."""

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
TOOLS = ROOT / ".venv" / "bin"
AWS_TOOLS = ROOT / ".local" / "aws" / "bin"
DEFAULT_STATE_DIR = ROOT / ".local"
TEST_STATE_DIR = DEFAULT_STATE_DIR / "test"


@dataclass(frozen=True)
class Places:
    """The folder to which one stack writes. Stacks with different folders and ports don't disturb each other."""

    state_dir: Path

    @property
    def stack_file(self) -> Path:
        """Tells where the stack serves. It is there exactly while it does."""
        return self.state_dir / "stack.json"

    @property
    def lock_file(self) -> Path:
        """Held by whoever starts or stops the stack."""
        return self.state_dir / "lock"

    @property
    def sam(self) -> Path:
        """What SAM builds, and what it remembers of earlier builds."""
        return self.state_dir / "sam"

    @property
    def temporary(self) -> Path:
        """What the AWS on this machine writes, functions' code for one. It goes when the stack goes."""
        return self.state_dir / "tmp"

    def log(self, name: str) -> Path:
        """The log of one part; relative to where the user is, if it is below."""
        path = self.state_dir / "log" / f"{name}.log"
        return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

    def make(self) -> None:
        """Make the folders that others take for granted."""
        for folder in (self.log("any").parent, self.sam, self.temporary):
            folder.mkdir(parents=True, exist_ok=True)


def places_in(state_dir: Path) -> Places:
    """The places of the stack in this folder."""
    return Places(Path(os.path.abspath(state_dir)))  # noqa: PTH100  # `resolve` would follow links
