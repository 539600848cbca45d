"""Checks that the layer's packages are all there, unchanged, and built for the target."""

import base64
import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.tags import Tag, parse_tag
from packaging.utils import canonicalize_name

from local.artefacts.target import Target

_PINNED = re.compile(r"^[A-Za-z0-9][^\\#]*==[^\\#]*", re.MULTILINE)
_MANYLINUX = re.compile(r"manylinux_2_(\d+)_(\w+)")
_OLDER_NAMES = {"manylinux1": "manylinux_2_5", "manylinux2010": "manylinux_2_12", "manylinux2014": "manylinux_2_17"}
"""PEP 600."""


def wrong_packages(layer: Path, lock: Path, target: Target) -> Iterator[str]:
    """A line for each package of the lock that is missing, changed, or not built for the target."""
    installed = {_key(folder.name.removesuffix(".dist-info")): folder for folder in layer.glob("*.dist-info")}
    for key in locked(lock, target):
        if key not in installed:
            yield f"{'=='.join(key)} is missing"
            continue
        tags = _tags(installed[key])
        if not any(_fits(tag, target) for tag in tags):
            yield f"{'=='.join(key)} is built for {', '.join(sorted(map(str, tags)))}"
        yield from _not_whole(layer, installed[key])


def locked(lock: Path, target: Target) -> list[tuple[str, str]]:
    """Name and version of each package that the lock has for the target."""
    version = target.runtime.removeprefix("python")
    environment = {
        "python_version": version,
        "python_full_version": f"{version}.0",
        "platform_machine": target.processor,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
    }
    requirements = [Requirement(pinned.strip()) for pinned in _PINNED.findall(lock.read_text())]
    return [
        (canonicalize_name(it.name), str(it.specifier).removeprefix("=="))
        for it in requirements
        if it.marker is None or it.marker.evaluate(environment)
    ]


def _key(name_and_version: str) -> tuple[str, str]:
    name, _, version = name_and_version.partition("-")
    return canonicalize_name(name), version


def _tags(folder: Path) -> set[Tag]:
    lines = (folder / "WHEEL").read_text().splitlines()
    return {tag for line in lines if line.startswith("Tag: ") for tag in parse_tag(line.removeprefix("Tag: "))}


def _fits(tag: Tag, target: Target) -> bool:
    if tag.abi == "none":
        return tag.interpreter in ("py3", f"py{target.version}", f"cp{target.version}") and _runs(tag.platform, target)
    if tag.abi == "abi3":
        # A module for the stable ABI runs with its version of Python and with later ones.
        return int(tag.interpreter.removeprefix("cp3")) <= int(target.version[1:]) and _runs(tag.platform, target)
    return tag.abi == f"cp{target.version}" and _runs(tag.platform, target)


def _runs(platform: str, target: Target) -> bool:
    if platform == "any":
        return True
    for older, name in _OLDER_NAMES.items():
        platform = platform.replace(f"{older}_", f"{name}_")
    found = _MANYLINUX.fullmatch(platform)
    return found is not None and int(found[1]) <= target.glibc and found[2] == target.processor


def _not_whole(layer: Path, folder: Path) -> Iterator[str]:
    with (folder / "RECORD").open(newline="") as record:
        for name, digest, _ in csv.reader(record):
            if not digest:
                continue  # the record itself, and bytecode
            file, (algorithm, _, expected) = layer / name, digest.partition("=")
            if not file.is_file():
                yield f"{name} is missing"
            elif _digest(file, algorithm) != expected:
                yield f"{name} is not the file of its package"


def _digest(file: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm, file.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
