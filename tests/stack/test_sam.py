"""Names that SAM wants, and why it failed."""

import sys

import pytest

from local.stack.errors import StackError
from local.stack.sam import architecture_of, reason_in, this_runtime


@pytest.mark.parametrize(
    ("machine", "architecture"),
    [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")],
)
def test_an_architecture_is_named_as_lambda_names_it(machine: str, architecture: str) -> None:
    assert architecture_of(machine) == architecture


def test_a_processor_that_lambda_does_not_have_is_refused() -> None:
    with pytest.raises(StackError, match="riscv64"):
        architecture_of("riscv64")


def test_the_runtime_is_this_python() -> None:
    assert this_runtime() == f"python3.{sys.version_info.minor}"


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            "Build Failed\nError: PythonPipBuilder: {x}\n\nbye\n",
            "PythonPipBuilder: {x}",
        ),
        ("Error: the first\nError: the last\n", "the last"),
        ("starting\nstopped\n\n", "stopped"),
        ("", "it said nothing"),
    ],
)
def test_the_reason_is_sams_last_error_or_its_last_word(log: str, reason: str) -> None:
    assert reason_in(log) == reason
