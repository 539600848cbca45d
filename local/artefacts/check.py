"""Compares the result of `sam build` with its sources and with its target."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from local.artefacts.bytecode import wrong_bytecode
from local.artefacts.compiled import wrong_modules
from local.artefacts.packages import wrong_packages
from local.artefacts.target import Target
from local.preflight.template import read
from local.stack.places import ROOT, TEMPLATE

_LINKED = {ROOT / "functions/console/page/rollcall.js": ROOT / "client/rollcall.js"}
"""The link of the repository. A checkout without links has a text file with the path in its place."""


def check_build(folder: Path, runtime: str, architecture: str) -> list[str]:
    """Every file that is missing or that would not run on Lambda; empty if there is none.

    `folder` is the build folder of SAM. The layer must have its packages, whole and built for the target, no
    compiled module for anything else, and bytecode for every module. Every function must have all files of its source
    folder, with their content, as files and not as links.
    """
    target, built, source = Target(runtime, architecture), read(folder / "template.yaml"), read(TEMPLATE)
    problems: list[str] = []
    for name, resource in source["Resources"].items():
        made = built["Resources"].get(name, {}).get("Properties", {})
        match resource["Type"]:
            case "AWS::Serverless::Function":
                code = ROOT / resource["Properties"]["CodeUri"]
                problems += [f"{name}: {line}" for line in _missing(code, folder / made.get("CodeUri", name))]
            case "AWS::Serverless::LayerVersion":
                code = ROOT / resource["Properties"]["ContentUri"]
                layer = folder / made.get("ContentUri", name) / "python"
                found = chain(
                    _missing(code / "rollcall", layer / "rollcall"),
                    wrong_packages(layer, code / "requirements.txt", target),
                    wrong_modules(layer, target),
                    wrong_bytecode(layer, target),
                )
                problems += [f"{name}: {line}" for line in found]
    return problems


def _missing(source: Path, built: Path) -> Iterator[str]:
    """A line for each source file without a copy in the built folder that is a file with the same content."""
    for file in sorted(source.rglob("*")):
        if file.is_dir() or "__pycache__" in file.parts:
            continue
        name = file.relative_to(source)
        copy = built / name
        if copy.is_symlink():
            yield f"{name} is a link"
        elif not copy.is_file():
            yield f"{name} is missing"
        elif copy.read_bytes() != _LINKED.get(file, file).read_bytes():
            yield f"{name} has another content"
