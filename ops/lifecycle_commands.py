"""The commands `protect` and `uninstall`. Each returns the exit status."""

import argparse
from contextlib import suppress

from ops.errors import OpsError, StackMissing
from ops.protect import Protection
from ops.stack import Stack
from ops.uninstall import Uninstall


def add_protect(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `protect`."""
    parser.add_argument("--off", action="store_true", help="take the protection away, to uninstall")
    parser.set_defaults(run=_protect)


def add_uninstall(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `uninstall`."""
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--delete-key", action="store_true", help="delete the encryption key as well, in seven days")
    parser.set_defaults(run=_uninstall)


def _protect(stack: Stack, chosen: argparse.Namespace) -> int:
    protection = Protection(stack)
    if chosen.off:
        protection.off()
    else:
        protection.on()
    return 0


def _uninstall(stack: Stack, chosen: argparse.Namespace) -> int:
    with suppress(StackMissing):
        Protection(stack).refuse()
        if not chosen.yes:
            _confirm(stack)
    left = Uninstall(stack).run(delete_key=chosen.delete_key)
    print("What is left:" if left else "Nothing is left.")
    for what in left:
        print(f"  {what}")
    return 0


def _confirm(stack: Stack) -> None:
    account = stack.sts.get_caller_identity()["Account"]
    print(
        f"This deletes the stack {stack.name} in account {account}, region {stack.region}, with all its data, for good."
    )
    try:
        typed = input("Type the stack's name to go on: ")
    except EOFError:
        typed = ""
    if typed.strip() != stack.name:
        raise OpsError("not confirmed, so nothing was done")
