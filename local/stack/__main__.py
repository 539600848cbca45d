"""The commands of the stack: python -m local.stack up | down | run | build."""

import argparse
import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from rich.console import Console

from local.stack import ports, stack
from local.stack.errors import StackError
from local.stack.places import DEFAULT_STATE_DIR, TEST_STATE_DIR, places_in
from local.stack.progress import Terminal
from local.stack.run import show_conference
from local.stack.stack_file import StackInfo

_INTERRUPTED = 130
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PLACES = places_in(DEFAULT_STATE_DIR)
_CONSOLE = Console(soft_wrap=True)


def main() -> int:
    """Run one command. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m local.stack", description="Rollcall on this machine.")
    parser.add_argument("command", choices=["up", "down", "run", "build"])
    command: str = parser.parse_args().command
    for number in _ENDING:
        signal.signal(number, _interrupt)
    try:
        return {"up": _up, "down": _down, "run": _run, "build": _build}[command]()
    except StackError as error:
        print(f"{command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"{command}: interrupted", file=sys.stderr)
        return _INTERRUPTED


def _up() -> int:
    chosen = ports.chosen(os.environ)
    if info := stack.find(_PLACES):
        if (info.aws_endpoint_url, info.ringcentral_url) != (chosen.aws_url, chosen.simulator_url):
            raise StackError(f"the stack is up already, but at {info.aws_endpoint_url}; 'make down' stops it")
        print("The stack is up already.")
    else:
        info = stack.start(_PLACES, chosen, Terminal(_CONSOLE))
    _tell(info)
    return 0


def _down() -> int:
    print("The stack is down." if stack.stop(_PLACES) else "Nothing was up.")
    return 0


def _run() -> int:
    chosen = ports.chosen(os.environ)
    if info := stack.find(_PLACES):
        raise StackError(f"the stack is up already, at {info.aws_endpoint_url}; 'make down' stops it")
    aws_port, simulator_port = chosen
    with stack.running_stack(
        DEFAULT_STATE_DIR, aws_port=aws_port, simulator_port=simulator_port, progress=Terminal(_CONSOLE)
    ) as running:
        _tell(running)
        try:
            show_conference(running, _CONSOLE)
        except KeyboardInterrupt:
            print("Taking everything down …")
    return 0


def _build() -> int:
    """Build what the tests are going to run."""
    stack.build(places_in(TEST_STATE_DIR))
    return 0


def _tell(info: StackInfo) -> None:
    print(f"Webhook      {info.webhook_url}")
    print(f"HTTP API     {info.api_url}")
    print(f"WebSocket    {info.web_socket_url}")
    print(f"Console      {info.console_url}")
    print(f"RingCentral  {info.ringcentral_url} (the simulator)")
    print(f"All of it    {_PLACES.stack_file}")


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """Let what is under way clean up, once: who is impatient must not leave half of it behind."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
