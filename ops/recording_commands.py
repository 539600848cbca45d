"""The commands for recording. Each returns the exit status."""

import argparse
import sys
import time
from datetime import UTC, datetime

import msgspec

from ops.masking import mask
from ops.recording import MINUTES, Recording, Recordings
from ops.stack import Stack
from ops.timeline import timeline
from ops.verification_secret import VerificationSecret
from rollcall.core.recording import Recorded


def add(parser: argparse.ArgumentParser) -> None:
    """Add the commands and their arguments."""
    actions = parser.add_subparsers(dest="action", required=True)
    start = actions.add_parser("start", help="keep what RingCentral posts, for a while")
    start.add_argument("--minutes", required=True, type=_minutes, metavar="N", help=f"for so long, 1 to {MINUTES}")
    start.set_defaults(run=_start)
    actions.add_parser("stop", help="keep nothing more").set_defaults(run=_stop)
    actions.add_parser("status", help="whether it is on, and what was kept").set_defaults(run=_status)
    actions.add_parser("delete", help="delete all that was kept, for good").set_defaults(run=_delete)
    show = actions.add_parser("show", help="a line for each notification's party, and what Rollcall made of it")
    show.add_argument("--session", metavar="ID", help="of one telephony session or conference; its beginning will do")
    export = actions.add_parser("export", help="all that was kept as JSON lines, oldest first")
    for reading, run in ((show, _show), (export, _export)):
        reading.add_argument("--since", type=_time, metavar="TIME", help="received since, ISO 8601")
        reading.add_argument("--mask", action="store_true", help="with fictional names and numbers")
        reading.set_defaults(run=run)


def _minutes(text: str) -> int:
    minutes = int(text)
    if not 1 <= minutes <= MINUTES:
        raise argparse.ArgumentTypeError(f"is a whole number from 1 to {MINUTES}")
    return minutes


def _time(text: str) -> str:
    """The time as keys begin with it. One without a zone is UTC."""
    moment = datetime.fromisoformat(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _start(stack: Stack, chosen: argparse.Namespace) -> int:
    print(
        f"Recording until {_clock(_recording(stack).start(chosen.minutes))}. Functions that run know within a minute."
    )
    return 0


def _stop(stack: Stack, _chosen: argparse.Namespace) -> int:
    _recording(stack).stop()
    print("Recording ends. Functions that run know within a minute.")
    return 0


def _status(stack: Stack, _chosen: argparse.Namespace) -> int:
    until, keys = _recording(stack).until(), _recordings(stack).keys()
    print(f"Recording until {_clock(until)}." if until else "Not recording.")
    print(f"{len(keys)} notifications are kept, from {keys[0][:24]} to {keys[-1][:24]}." if keys else "None is kept.")
    return 0


def _show(stack: Stack, chosen: argparse.Namespace) -> int:
    for line in timeline(_read(stack, chosen), chosen.session):
        print(line)
    return 0


def _export(stack: Stack, chosen: argparse.Namespace) -> int:
    for recorded in _read(stack, chosen):
        sys.stdout.buffer.write(msgspec.json.encode(recorded) + b"\n")
    sys.stdout.buffer.flush()
    return 0


def _delete(stack: Stack, _chosen: argparse.Namespace) -> int:
    print(f"{_recordings(stack).delete()} notifications deleted.")
    return 0


def _read(stack: Stack, chosen: argparse.Namespace) -> list[Recorded]:
    recordings = _recordings(stack).read(chosen.since or "")
    return mask(recordings) if chosen.mask else recordings


def _recording(stack: Stack) -> Recording:
    return Recording(VerificationSecret(stack.secretsmanager, stack.output("VerificationSecretArn")))


def _recordings(stack: Stack) -> Recordings:
    return Recordings(stack.s3, stack.output("RecordingBucketName"))


def _clock(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
