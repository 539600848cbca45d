"""Starting the two parts that serve, and waiting until they do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

from local.stack import environments
from local.stack.errors import StackError
from local.stack.places import AWS_TOOLS, Places
from local.stack.ports import Ports
from local.stack.processes import Processes

_START_SECONDS = 60.0


def start_emulator(processes: Processes, places: Places, ports: Ports) -> None:
    """Start the AWS on this machine. Raises a `StackError` if it does not come to serve."""
    command = [str(AWS_TOOLS / "python"), "-m", "ministack"]
    environment = environments.of_emulator(os.environ, places, ports.aws)
    log = places.log("emulator")
    process = processes.start("emulator", command, environment, log, cwd=places.temporary)
    _wait(process, health_url(ports.aws_url), "the AWS on this machine", log)


def start_simulator(processes: Processes, places: Places, ports: Ports) -> None:
    """Start the simulator of RingCentral. Raises a `StackError` if it does not come to serve."""
    command = [sys.executable, "-m", "local.simulator", "--port", str(ports.simulator)]
    log = places.log("simulator")
    process = processes.start("simulator", command, environments.of_tools(os.environ), log)
    _wait(process, alive_url(ports.simulator_url), "the simulator of RingCentral", log)


def health_url(aws_url: str) -> str:
    """What the AWS on this machine answers with 200 once it serves."""
    return f"{aws_url}/_ministack/health"


def alive_url(simulator_url: str) -> str:
    """What the simulator answers with 200 once it serves."""
    return f"{simulator_url}/simulator/requests"


def serves(url: str, *, within: float = 2.0) -> bool:
    """Whether a GET is answered with 200."""
    try:
        return httpx.get(url, timeout=within, trust_env=False).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _wait(process: "subprocess.Popen[bytes]", url: str, what: str, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not serves(url):
        if process.poll() is not None:
            raise StackError(f"{what} ended as soon as it was started", log)
        if time.monotonic() > deadline:
            raise StackError(f"{what} does not serve after {_START_SECONDS:.0f} s", log)
        time.sleep(0.05)
