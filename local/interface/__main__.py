"""Writes or checks the documents: python -m local.interface [check]."""

import sys

from local.interface.documents import stale, write


def main(arguments: list[str]) -> int:
    """Returns the exit status: 1 if `check` found a document that is not up to date."""
    if arguments != ["check"]:
        write()
        return 0
    paths = stale()
    for path in paths:
        print(f"{path} is not what the code says. `make docs` writes it.")
    return 1 if paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
