"""Checks that the target's Python uses the layer's bytecode instead of compiling in each cold start.

The header of a .pyc file has a magic number, flags, and the source's hash or its time and size (PEP 552).
"""

import _imp
from collections.abc import Iterator
from pathlib import Path

from local.artefacts.target import Target

_HEADER = 16
_UNCHECKED_HASH = 0b01
"""0b00 stands for time and size, 0b11 for a hash that Python compares with the source at each import."""


def wrong_bytecode(layer: Path, target: Target) -> Iterator[str]:
    """A line for each source file whose bytecode the target's Python would not use as it is.

    Modification times change on the way to Lambda, so the bytecode must be hash-based and unchecked. Python then does
    not compare it with the source; this function does.
    """
    for source in sorted(layer.rglob("*.py")):
        if not _is_imported(source.relative_to(layer)):
            continue
        name = source.relative_to(layer)
        bytecode = source.parent / "__pycache__" / f"{source.stem}.cpython-{target.version}.pyc"
        if not bytecode.is_file():
            yield f"{name} has no bytecode for {target.runtime}"
            continue
        with bytecode.open("rb") as file:
            header = file.read(_HEADER)
        if header[:4] != _magic(target):
            yield f"the bytecode of {name} is not for {target.runtime}, by its magic number"
        elif int.from_bytes(header[4:8], "little") != _UNCHECKED_HASH:
            yield f"the bytecode of {name} is not unchecked and hash-based"
        elif header[8:16] != _imp.source_hash(int.from_bytes(_magic(target), "little"), source.read_bytes()):
            yield f"the bytecode of {name} is of another source"


def _is_imported(path: Path) -> bool:
    """Whether Python can import the file. Scripts are in folders whose names no package can have."""
    return all(part.isidentifier() for part in path.with_suffix("").parts)


def _magic(target: Target) -> bytes:
    return target.magic_number.to_bytes(2, "little") + b"\r\n"
