"""Checks that the target's Python can load the layer's compiled modules."""

from collections.abc import Iterator
from pathlib import Path

from local.artefacts.target import Target

_HEADER = 20
_ELF_64_LITTLE = b"\x7fELF\x02\x01"


def wrong_modules(layer: Path, target: Target) -> Iterator[str]:
    """A line for each compiled module that is for another Python or another processor."""
    for module in sorted(layer.rglob("*.so*")):
        name = module.relative_to(layer)
        # Wheels put the libraries of their modules into such a folder. No Python loads them, so none is in their names.
        if not module.parent.name.endswith(".libs") and not module.name.endswith(_suffixes(target)):
            yield f"{name} is not for {target.runtime} on {target.architecture}, by its name"
        with module.open("rb") as file:
            header = file.read(_HEADER)
        if not header.startswith(_ELF_64_LITTLE) or int.from_bytes(header[18:20], "little") != target.machine:
            yield f"{name} is not for {target.architecture}, by its ELF header"


def _suffixes(target: Target) -> tuple[str, str]:
    return f".cpython-{target.version}-{target.processor}-linux-gnu.so", ".abi3.so"
