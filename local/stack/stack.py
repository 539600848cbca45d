"""The stack as a whole: starting it, using it, and taking it down."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import msgspec

from local.stack import aws, ports, serving, stack_file
from local.stack.lock import locked
from local.stack.places import Places, places_in
from local.stack.ports import Ports
from local.stack.processes import Part, Processes
from local.stack.progress import Progress, Silence
from local.stack.sam import Sam
from local.stack.stack_file import StackInfo
from local.stack.subscription import wait_until_subscribed
from local.stack.warming import warm


class Stack(StackInfo, frozen=True, kw_only=True):
    """A stack that serves: all that .local/stack.json tells, and its parts to be stopped and started again.

    `session` belongs to the administrator of the AWS on this machine; its clients need `endpoint_url`.
    """

    ports: Ports
    places: Places
    processes: Processes
    session: boto3.Session

    def end(self, part: Part | None = None) -> None:
        """End one part, or all of them."""
        self.processes.end(part)

    def start_simulator(self) -> None:
        """Start the simulator again. It has forgotten everything, the subscription too."""
        serving.start_simulator(self.processes, self.places, self.ports)

    def subscription(self) -> str:
        """The id of the active webhook subscription; waits until there is one."""
        return wait_until_subscribed(self.ringcentral_url, self.webhook_url, within=90.0)


@contextmanager
def running_stack(
    state_dir: Path, *, aws_port: int | None = None, simulator_port: int | None = None, progress: Progress | None = None
) -> Iterator[Stack]:
    """A stack of one's own, which lasts as long as the context.

    `state_dir` is where it writes: what SAM built there before is used again, whatever else still runs there is ended.
    By default it serves on ports where nobody else does. Raises a `StackError` if it does not come to serve (nothing is
    left running then), or if another command uses this folder.

    Example
    -------
    >>> with running_stack(Path(".local/test")) as stack:
    ...     httpx.post(stack.webhook_url, headers={"Validation-Token": "echo"})
    """
    places = places_in(state_dir)
    chosen = Ports(aws_port or ports.free_port(), simulator_port or ports.free_port())
    with locked(places):
        stack = _start_or_clear(places, chosen, progress or Silence())
        try:
            yield stack
        finally:
            _clear(places, stack.processes)


def start(places: Places, chosen: Ports, progress: Progress) -> Stack:
    """Start a stack that stays. Raises a `StackError`, and leaves nothing running, if it does not come to serve."""
    with locked(places):
        return _start_or_clear(places, chosen, progress)


def stop(places: Places) -> bool:
    """End everything of this stack, whoever uses it, and forget what it stored. Returns whether anything ran."""
    processes = Processes(places.state_dir)
    ran = bool(processes.running())
    with locked(places, evict=True):
        _clear(places, processes)
    return ran


def find(places: Places) -> StackInfo | None:
    """Where the stack serves; None if it does not."""
    info = stack_file.read(places.stack_file)
    if info is None or not serving.serves(serving.health_url(info.aws_endpoint_url)):
        return None
    return info if serving.serves(serving.alive_url(info.ringcentral_url)) else None


def build(places: Places) -> None:
    """Only build, so that starting has nothing to fetch any more. Raises a `StackError` if it fails."""
    with locked(places):
        processes = Processes(places.state_dir)
        try:
            sam = Sam(processes, places)
            sam.finish_build(sam.start_build())
        finally:
            _clear(places, processes)


def _start_or_clear(places: Places, chosen: Ports, progress: Progress) -> Stack:
    processes = Processes(places.state_dir)
    _clear(places, processes)
    ports.require_free(chosen)
    places.make()
    try:
        stack = _start(places, chosen, processes, progress)
    except BaseException:
        _clear(places, processes)
        raise
    stack_file.write(places.stack_file, msgspec.convert(stack, StackInfo, from_attributes=True))
    return stack


def _start(places: Places, chosen: Ports, processes: Processes, progress: Progress) -> Stack:
    sam = Sam(processes, places)
    build = sam.start_build()  # goes on while the others start
    with progress.step("Starting the AWS on this machine"):
        serving.start_emulator(processes, places, chosen)
    with progress.step("Starting the simulator of RingCentral"):
        serving.start_simulator(processes, places, chosen)
    with progress.step("Building Rollcall (sam build)"):
        sam.finish_build(build)
    with progress.step("Deploying Rollcall (sam deploy)"):
        sam.deploy(chosen)
        session = aws.administrator()
        info = aws.describe(session, chosen)
    with progress.step("Warming up the functions"):
        warm(info, session)
    stack = Stack(**msgspec.structs.asdict(info), ports=chosen, places=places, processes=processes, session=session)
    with progress.step("Subscribing to RingCentral's notifications"):
        wait_until_subscribed(stack.ringcentral_url, stack.webhook_url)
    return stack


def _clear(places: Places, processes: Processes) -> None:
    places.stack_file.unlink(missing_ok=True)
    processes.end()
    shutil.rmtree(places.temporary, ignore_errors=True)
