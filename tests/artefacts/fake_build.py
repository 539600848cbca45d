"""A folder as `sam build` leaves it, with invented packages."""

import compileall
import json
import shutil
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from py_compile import PycInvalidationMode

from local.artefacts import packages
from local.artefacts.target import Target
from local.preflight.template import read
from local.stack.places import ROOT, TEMPLATE
from local.stack.sam import this_runtime

TARGET = Target(this_runtime(), "arm64")
"""This Python, so that it can compile the bytecode."""
LOCK = ROOT / "layers/rollcall/requirements.txt"
COMPILED = f"compiled.cpython-{TARGET.version}-aarch64-linux-gnu.so"
_IGNORED = shutil.ignore_patterns("__pycache__")


def make(folder: Path) -> None:
    """Everything that the template names, as it should be."""
    built = {}
    for name, resource in read(TEMPLATE)["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            shutil.copytree(ROOT / resource["Properties"]["CodeUri"], folder / name, ignore=_IGNORED)
            built[name] = {"Properties": {"CodeUri": name}}
    layer = folder / "RollcallLayer" / "python"
    shutil.copytree(ROOT / "layers/rollcall/rollcall", layer / "rollcall", ignore=_IGNORED)
    built["RollcallLayer"] = {"Properties": {"ContentUri": "RollcallLayer"}}
    (folder / "template.yaml").write_text(json.dumps({"Resources": built}))
    for name, version in packages.locked(LOCK, TARGET):
        module = name.replace("-", "_")
        (layer / f"{module}.py").write_text("VALUE = 1\n")
        (layer / f"{module}-{version}.dist-info").mkdir()
        wheel(layer, module, "py3-none-any")
        record(layer, module)
    (layer / COMPILED).write_bytes(elf(183))
    compile_all(layer)


def elf(machine: int) -> bytes:
    """The beginning of a library for a processor."""
    return b"\x7fELF\x02\x01\x01".ljust(16, b"\0") + (3).to_bytes(2, "little") + machine.to_bytes(2, "little")


def wheel(layer: Path, module: str, tag: str) -> None:
    """Write down what a package was built for."""
    (info,) = layer.glob(f"{module}-*.dist-info")
    (info / "WHEEL").write_text(f"Wheel-Version: 1.0\nTag: {tag}\n")


def record(layer: Path, module: str) -> None:
    """Write down what a package consists of."""
    (info,) = layer.glob(f"{module}-*.dist-info")
    digest = urlsafe_b64encode(sha256((layer / f"{module}.py").read_bytes()).digest()).rstrip(b"=").decode()
    (info / "RECORD").write_text(f"{module}.py,sha256={digest},10\n{info.name}/RECORD,,\n")


def compile_all(folder: Path, mode: PycInvalidationMode = PycInvalidationMode.UNCHECKED_HASH) -> None:
    """Write bytecode of this Python beside every source."""
    assert compileall.compile_dir(folder, quiet=1, force=True, invalidation_mode=mode)
