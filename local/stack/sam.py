"""The project's own template, built and deployed by the real SAM."""

import os
import platform
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from local.artefacts.finish import compile_sources
from local.simulator import choices, service_login
from local.stack import environments
from local.stack.errors import StackError
from local.stack.layer import fit_layer
from local.stack.places import TEMPLATE, TOOLS, Places
from local.stack.ports import Ports
from local.stack.processes import Part, Processes

STACK_NAME = "rollcall-local"
_SECONDS: dict[Part, float] = {"build": 300.0, "deploy": 180.0}
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}


class Sam:
    """SAM, at work for one stack."""

    def __init__(self, processes: Processes, places: Places) -> None:
        self._processes = processes
        self._places = places
        self._chosen = [f"Runtime={this_runtime()}", f"Architecture={architecture_of(platform.machine())}"]

    def start_build(self) -> "subprocess.Popen[bytes]":
        """Start building; what did not change since the last time is taken from there."""
        return self._start(
            "build",
            *("--template-file", TEMPLATE, "--build-dir", "build", "--cache-dir", "cache", "--cached", "--parallel"),
            *("--parameter-overrides", *self._chosen),
        )

    def finish_build(self, build: "subprocess.Popen[bytes]") -> None:
        """Wait until it is built. Raises a `StackError` if it fails."""
        self._finish("build", build)
        fit_layer(self._processes, self._places)
        compile_sources(self._places.sam / "build", sys.executable)

    def deploy(self, ports: Ports, template: str = "build/template.yaml", **changed: str) -> None:
        """Deploy what was built to the AWS on this machine. Raises a `StackError` if it fails.

        `template` is relative to SAM's folder; `changed` are parameters with other values than usual.
        """
        parameters = self._parameters(ports) | changed
        deployment = self._start(
            "deploy",
            *("--template-file", template, "--stack-name", STACK_NAME, "--resolve-s3"),
            *("--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
            *("--parameter-overrides", *self._chosen, *(f'{name}="{value}"' for name, value in parameters.items())),
            aws_url=ports.aws_url,
        )
        self._finish("deploy", deployment)

    def _parameters(self, ports: Ports) -> dict[str, str]:
        return {
            "Stage": "local",
            "LocalEndpoint": ports.aws_url,
            "RingCentralServer": ports.simulator_url,
            "RingCentralClientId": service_login.CLIENT_ID,
            "RingCentralJwt": service_login.JWT,
            "RingCentralClientSecret": service_login.CLIENT_SECRET,
            "SubscriptionSchedule": "rate(1 minute)",
            "ConsoleClientId": choices.CONSOLE_CLIENT_ID,
            "AllowedOrigins": ",".join(allowed_origins(ports.aws_url)),
        }

    def _start(self, part: Part, *arguments: str | Path, aws_url: str = "") -> "subprocess.Popen[bytes]":
        command = [TOOLS / "sam", part, *arguments]
        environment = environments.of_sam(os.environ, self._places, aws_url)
        # SAM keeps some of its notes in the folder where it runs, whatever it is told.
        return self._processes.start(part, command, environment, self._places.log(part), self._places.sam)

    def _finish(self, part: Part, process: "subprocess.Popen[bytes]") -> None:
        log = self._places.log(part)
        try:
            status = process.wait(_SECONDS[part])
        except subprocess.TimeoutExpired:
            self._processes.end(part)
            raise StackError(f"sam {part} was not done after {_SECONDS[part]:.0f} s", log) from None
        if status != 0:
            raise StackError(f"sam {part} failed: {reason_in(log.read_text(errors='replace'))}", log)


def allowed_origins(aws_url: str) -> list[str]:
    """The pages that may use the local stack: those that it serves itself, and a web phone that is being developed."""
    port = urlsplit(aws_url).port
    return [f"http://localhost:{port}", f"http://127.0.0.1:{port}", "http://localhost:3000"]


def this_runtime() -> str:
    """The runtime of functions that this very Python can run."""
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def architecture_of(machine: str) -> str:
    """Lambda's name of a processor. Raises a `StackError` for one that Lambda does not have."""
    try:
        return _ARCHITECTURES[machine.lower()]
    except KeyError:
        raise StackError(f"this machine's processor is {machine}; functions run on x86_64 and arm64 only") from None


def reason_in(log: str) -> str:
    """Why SAM failed: the error in its output, or else the last thing that it said."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("Error: ") for line in lines if line.startswith("Error: ")]
    return (errors or lines or ["it said nothing"])[-1]
