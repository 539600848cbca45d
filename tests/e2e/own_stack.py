"""A stack for one test module alone, which may break it. It has the shared one's build, so that nothing is fetched."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack.places import TEST_STATE_DIR, places_in
from local.stack.stack import Stack, running_stack


@contextmanager
def own_stack(name: str) -> Iterator[Stack]:
    """A stack in a folder of that name below .local."""
    state_dir = Path(".local") / name
    built, own = places_in(TEST_STATE_DIR).sam, places_in(state_dir).sam
    if built.exists():
        shutil.copytree(built, own, symlinks=True, dirs_exist_ok=True)
    with running_stack(state_dir) as stack:
        yield stack
