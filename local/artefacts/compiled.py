"""Compiled modules: whether the target's Python loads them."""

from collections.abc import Iterator
from pathlib import Path

from local.artefacts.target import Target

_HEADER = 20
_ELF_64_LITTLE = b"\x7fELF\x02\x01"


def wrong_modules(layer: Path, target: Target) -> Iterator[str]:
    """A line for each compiled module in the folder that is for another Python or another processor."""
    for module in sorted(layer.rglob("*.so*")):
        name = module.relative_to(layer)
        # Libraries that a wheel brings for its modules stand in a folder of this name, and have no Python in theirs.
        if not module.parent.name.endswith(".libs") and not module.name.endswith(_suffixes(target)):
            yield f"{name} is not for {target.runtime} on {target.architecture}, by its name"
        with module.open("rb") as file:
            header = file.read(_HEADER)
        if not header.startswith(_ELF_64_LITTLE) or int.from_bytes(header[18:20], "little") != target.machine:
            yield f"{name} is not for {target.architecture}, by its ELF header"


def _suffixes(target: Target) -> tuple[str, str]:
    return f".cpython-{target.version}-{target.processor}-linux-gnu.so", ".abi3.so"
