"""The operator's commands: python -m ops --stack NAME check | quarantine | deferred | recording | …"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from ops import commands, lifecycle_commands, recording_commands, text
from ops.check import command as check_command
from ops.dead_letters import DeadLetters
from ops.errors import OpsError
from ops.pile import Pile
from ops.quarantine import Quarantine
from ops.replay import DeferredQueue
from ops.rotate_token import Rotation
from ops.stack import Stack
from ops.stream_failures import Redrive, reason_of

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit status."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.json and chosen.command != "check":
        parser.error(f"{chosen.command} has no --json")
    try:
        status: int = chosen.run(Stack(chosen.stack, chosen.endpoint_url), chosen)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read the output had enough. Python flushes once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OpsError, ClientError, BotoCoreError) as error:
        print(f"{chosen.command}: {text.one_line(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{chosen.command}: interrupted", file=sys.stderr)
        return _INTERRUPTED
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ops", description="What an operator does by hand.")
    parser.add_argument("--stack", required=True, metavar="NAME", help="the CloudFormation stack")
    parser.add_argument("--endpoint-url", metavar="URL", help="an AWS on this machine")
    parser.add_argument("--json", action="store_true", help="for programs; with check")
    groups = parser.add_subparsers(dest="command", required=True)
    check_command.add(groups.add_parser("check", help="whether all is well, and what is not"))
    _add_pile(groups.add_parser("quarantine", help="requests that could not be decoded"), _quarantine, "KEY")
    _add_pile(groups.add_parser("deferred", help="deferred notifications that were given up"), _dead_letters, "ID")
    failures = groups.add_parser("stream-failures", help="stream records that the roster function gave up")
    _add_pile(failures, _stream_failures, "ID", again=("redrive", _redrive))
    recording_commands.add(groups.add_parser("recording", help="what RingCentral posts, to learn from"))
    rotate = groups.add_parser("rotate-token", help="give RingCentral a new verification token, losing no event")
    rotate.set_defaults(run=_rotate_token)
    lifecycle_commands.add_protect(groups.add_parser("protect", help="keep the stack from being deleted by accident"))
    lifecycle_commands.add_uninstall(groups.add_parser("uninstall", help="delete the installation and all its data"))
    return parser


_Run = Callable[[Stack, argparse.Namespace], int]


def _add_pile(
    parser: argparse.ArgumentParser, pile: Callable[[Stack], Pile], name: str, again: tuple[str, _Run] | None = None
) -> None:
    parser.set_defaults(pile=pile)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="all of them, newest last").set_defaults(run=_list)
    show = actions.add_parser("show", help="the body to stdout, what is known about it to stderr")
    show.add_argument("id", metavar=name)
    show.set_defaults(run=_show)
    for action, run, told in (
        (*(again or ("replay", _replay)), "have them taken again, then delete them"),
        ("delete", _delete, "delete them for good"),
    ):
        several = actions.add_parser(action, help=told)
        which = several.add_mutually_exclusive_group(required=True)
        which.add_argument("ids", metavar=name, nargs="*", default=[])
        which.add_argument("--all", action="store_true", help="all there are")
        several.set_defaults(run=run)


def _list(stack: Stack, chosen: argparse.Namespace) -> int:
    return commands.show_list(chosen.pile(stack))


def _show(stack: Stack, chosen: argparse.Namespace) -> int:
    return commands.show(chosen.pile(stack), chosen.id)


def _replay(stack: Stack, chosen: argparse.Namespace) -> int:
    queue = DeferredQueue(stack.sqs, stack.output("DeferredQueueUrl"))
    return commands.replay(chosen.pile(stack), _ids(chosen), queue)


def _redrive(stack: Stack, chosen: argparse.Namespace) -> int:
    again = Redrive(stack.streams, stack.functions, stack.physical_id("RosterFunction"))
    return commands.redrive(chosen.pile(stack), _ids(chosen), again)


def _delete(stack: Stack, chosen: argparse.Namespace) -> int:
    return commands.delete(chosen.pile(stack), _ids(chosen))


def _rotate_token(stack: Stack, _chosen: argparse.Namespace) -> int:
    secret_id, function_name = stack.output("VerificationSecretArn"), stack.physical_id("SubscriptionFunction")
    Rotation(stack.secretsmanager, stack.functions, secret_id=secret_id, function_name=function_name).run()
    return 0


def _ids(chosen: argparse.Namespace) -> list[str] | None:
    return None if chosen.all else chosen.ids


def _quarantine(stack: Stack) -> Quarantine:
    return Quarantine(stack.s3, stack.output("QuarantineBucketName"))


def _dead_letters(stack: Stack) -> DeadLetters:
    return DeadLetters(stack.sqs, stack.physical_id("DeferredDeadLetters"))


def _stream_failures(stack: Stack) -> DeadLetters:
    return DeadLetters(stack.sqs, stack.physical_id("StreamFailures"), reason_of)


if __name__ == "__main__":
    sys.exit(main())
