"""A fault is planted in a build, and it is found."""

import shutil
from collections.abc import Callable
from pathlib import Path
from py_compile import PycInvalidationMode

import pytest

from local.artefacts.check import check_build
from local.artefacts.target import Target
from local.stack.places import ROOT
from tests.artefacts.fake_build import COMPILED, TARGET, compile_all, elf, record, wheel


def problems(build: Path) -> list[str]:
    return check_build(build, TARGET.runtime, TARGET.architecture)


def test_in_a_whole_build_nothing_is_wrong(build: Path) -> None:
    assert problems(build) == []


def for_another_python(layer: Path) -> None:
    (layer / COMPILED).rename(layer / "compiled.cpython-310-aarch64-linux-gnu.so")


def for_another_processor(layer: Path) -> None:
    (layer / COMPILED).rename(layer / COMPILED.replace("aarch64", "x86_64"))


def for_another_processor_within(layer: Path) -> None:
    (layer / COMPILED).write_bytes(elf(62))


def no_library_at_all(layer: Path) -> None:
    (layer / COMPILED).write_bytes(b"")


def wheel_of_another_processor(layer: Path) -> None:
    wheel(layer, "msgspec", f"cp{TARGET.version}-cp{TARGET.version}-manylinux2014_x86_64")


def wheel_of_another_python(layer: Path) -> None:
    wheel(layer, "msgspec", "cp310-cp310-manylinux2014_aarch64")


def wheel_of_a_newer_c_library(layer: Path) -> None:
    wheel(layer, "msgspec", f"cp{TARGET.version}-cp{TARGET.version}-manylinux_2_39_aarch64")


def wheel_of_another_system(layer: Path) -> None:
    wheel(layer, "msgspec", f"cp{TARGET.version}-cp{TARGET.version}-macosx_11_0_arm64")


def package_missing(layer: Path) -> None:
    (info,) = layer.glob("msgspec-*.dist-info")
    shutil.rmtree(info)


def another_version(layer: Path) -> None:
    (info,) = layer.glob("msgspec-*.dist-info")
    info.rename(layer / "msgspec-0.0.1.dist-info")


def file_of_a_package_missing(layer: Path) -> None:
    (layer / "msgspec.py").unlink()


def file_of_a_package_overwritten(layer: Path) -> None:
    (layer / "msgspec.py").write_text("VALUE = 2\n")
    compile_all(layer)


def file_of_rollcall_missing(layer: Path) -> None:
    (layer / "rollcall/core/roster.py").unlink()


def old_file_of_rollcall(layer: Path) -> None:
    (layer / "rollcall/core/roster.py").write_text("OLD = True\n")
    compile_all(layer)


def no_bytecode(layer: Path) -> None:
    (layer / f"rollcall/core/__pycache__/roster.cpython-{TARGET.version}.pyc").unlink()


def bytecode_of_another_python(layer: Path) -> None:
    file = layer / f"rollcall/core/__pycache__/roster.cpython-{TARGET.version}.pyc"
    file.write_bytes((3439).to_bytes(2, "little") + file.read_bytes()[2:])


def bytecode_of_another_source(layer: Path) -> None:
    (layer / "msgspec.py").write_text("VALUE = 2\n")
    record(layer, "msgspec")


def bytecode_by_time(layer: Path) -> None:
    compile_all(layer / "rollcall/core", PycInvalidationMode.TIMESTAMP)


def bytecode_that_is_compared(layer: Path) -> None:
    compile_all(layer / "rollcall/core", PycInvalidationMode.CHECKED_HASH)


@pytest.mark.parametrize(
    ("plant", "problem"),
    [
        (for_another_python, "cpython-310-aarch64-linux-gnu.so is not for "),
        (for_another_processor, "x86_64-linux-gnu.so is not for "),
        (for_another_processor_within, f"{COMPILED} is not for arm64, by its ELF header"),
        (no_library_at_all, f"{COMPILED} is not for arm64, by its ELF header"),
        (wheel_of_another_processor, "manylinux2014_x86_64"),
        (wheel_of_another_python, "cp310-cp310"),
        (wheel_of_a_newer_c_library, "manylinux_2_39_aarch64"),
        (wheel_of_another_system, "macosx_11_0_arm64"),
        (package_missing, "msgspec=="),
        (another_version, "msgspec=="),
        (file_of_a_package_missing, "msgspec.py is missing"),
        (file_of_a_package_overwritten, "msgspec.py is not the file of its package"),
        (file_of_rollcall_missing, "core/roster.py is missing"),
        (old_file_of_rollcall, "core/roster.py has another content"),
        (no_bytecode, f"rollcall/core/roster.py has no bytecode for {TARGET.runtime}"),
        (bytecode_of_another_python, "rollcall/core/roster.py is not for "),
        (bytecode_of_another_source, "msgspec.py is of another source"),
        (bytecode_by_time, "rollcall/core/roster.py is not unchecked and hash-based"),
        (bytecode_that_is_compared, "rollcall/core/roster.py is not unchecked and hash-based"),
    ],
)
def test_a_fault_in_the_layer_is_found(build: Path, layer: Path, plant: Callable[[Path], None], problem: str) -> None:
    plant(layer)
    found = problems(build)
    assert any(line.startswith("RollcallLayer: ") and problem in line for line in found), found


def linked(page: Path) -> None:
    (page / "rollcall.js").unlink()
    (page / "rollcall.js").symlink_to(ROOT / "client/rollcall.js")


def linked_by_name(page: Path) -> None:
    """What a checkout without links makes of one."""
    (page / "rollcall.js").write_text("../../../client/rollcall.js")


def left_out(page: Path) -> None:
    (page / "rollcall.js").unlink()


@pytest.mark.parametrize(
    ("plant", "problem"), [(linked, "is a link"), (linked_by_name, "has another content"), (left_out, "is missing")]
)
def test_a_fault_in_a_function_is_found(build: Path, plant: Callable[[Path], None], problem: str) -> None:
    plant(build / "ConsoleFunction/page")
    assert problems(build) == [f"ConsoleFunction: page/rollcall.js {problem}"]


def test_a_build_for_another_target_is_found(build: Path) -> None:
    found = check_build(build, "python3.14" if TARGET.runtime != "python3.14" else "python3.13", "x86_64")
    assert any("by its name" in line for line in found)
    assert any("by its ELF header" in line for line in found)
    assert any("has no bytecode" in line for line in found)


def test_a_library_that_a_wheel_brings_needs_no_name_of_a_python(build: Path, layer: Path) -> None:
    (layer / "msgspec.libs").mkdir()
    (layer / "msgspec.libs/libz-1.so.1").write_bytes(elf(183))
    assert problems(build) == []
    (layer / "msgspec.libs/libz-1.so.1").write_bytes(elf(62))
    assert problems(build) == ["RollcallLayer: msgspec.libs/libz-1.so.1 is not for arm64, by its ELF header"]


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("cp313-cp313-manylinux_2_34_aarch64", True),
        ("cp313-cp313-manylinux_2_35_aarch64", False),
        ("cp38-abi3-manylinux2014_aarch64", True),
        ("cp314-abi3-manylinux2014_aarch64", False),
        ("py3-none-manylinux2014_aarch64", True),
        ("py3-none-any", True),
        ("py2-none-any", False),
        ("py2.py3-none-any", True),
        ("cp313-cp313t-manylinux2014_aarch64", False),
        ("cp313-cp313-musllinux_1_2_aarch64", False),
    ],
)
def test_which_wheels_fit_the_default_target(build: Path, layer: Path, tag: str, fits: bool) -> None:
    wheel(layer, "msgspec", tag)
    found = check_build(build, "python3.13", "arm64")
    assert any("msgspec==" in line for line in found) is not fits


def test_python_3_11_runs_on_a_system_with_an_older_c_library() -> None:
    assert (Target("python3.11", "arm64").glibc, Target("python3.12", "arm64").glibc) == (26, 34)
