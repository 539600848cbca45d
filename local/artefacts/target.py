"""A runtime of Lambda on a processor, and its properties."""

from typing import NamedTuple

_TRIPLETS = {"arm64": "aarch64", "x86_64": "x86_64"}
_MACHINES = {"arm64": 183, "x86_64": 62}
"""`e_machine` in an ELF header: EM_AARCH64 and EM_X86_64 of the System V ABI."""
_MAGIC_NUMBERS = {"python3.11": 3495, "python3.12": 3531, "python3.13": 3571, "python3.14": 3627}
"""The magic numbers of the releases, from CPython's Include/internal/pycore_magic_number.h."""
_AMAZON_LINUX_2 = {"python3.11"}
"""Every later runtime is on Amazon Linux 2023 (Lambda Developer Guide, "Lambda runtimes")."""
_GLIBC_OF_2, _GLIBC_OF_2023 = 26, 34
"""The minor version of the GNU C library (2.x) of Amazon Linux 2 and of Amazon Linux 2023."""


class Target(NamedTuple):
    """Lambda's names of a runtime, such as python3.13, and of an architecture, arm64 or x86_64."""

    runtime: str
    architecture: str

    @property
    def version(self) -> str:
        """The version of Python in file names, such as 313."""
        return self.runtime.removeprefix("python").replace(".", "")

    @property
    def processor(self) -> str:
        """The processor's name in file names."""
        return _TRIPLETS[self.architecture]

    @property
    def machine(self) -> int:
        """The processor's number in an ELF header."""
        return _MACHINES[self.architecture]

    @property
    def magic_number(self) -> int:
        """The number with which this Python's bytecode begins. Raises a `KeyError` for an unknown runtime."""
        return _MAGIC_NUMBERS[self.runtime]

    @property
    def glibc(self) -> int:
        """The minor version of the C library."""
        return _GLIBC_OF_2 if self.runtime in _AMAZON_LINUX_2 else _GLIBC_OF_2023
