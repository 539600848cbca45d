"""The processes of a stack.

A process belongs to a stack if its environment says so. Children inherit that, so whatever the parts started is found
too, even if its parent is gone; and no stale file can ever name a stranger.
"""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import psutil

from local.stack.errors import StackError
from local.stack.places import ROOT

Part = Literal["emulator", "simulator", "build", "deploy"]

_STACK, _PART = "ROLLCALL_STACK", "ROLLCALL_PART"
_POLITE_SECONDS = 8.0
_PATIENT_SECONDS = 20.0


class Processes:
    """The processes of the stack in one folder, whoever started them."""

    def __init__(self, state_dir: Path) -> None:
        self._name = str(state_dir)
        self._started: list[subprocess.Popen[bytes]] = []

    def start(
        self, part: Part, command: Sequence[str | Path], environment: Mapping[str, str], log: Path, cwd: Path = ROOT
    ) -> "subprocess.Popen[bytes]":
        """Start a part. It goes on when the caller ends, and the terminal's Ctrl-C does not reach it."""
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env={**environment, _STACK: self._name, _PART: part},
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def running(self, part: Part | None = None) -> list[psutil.Process]:
        """What runs of one part, or of all."""
        return [process for process in psutil.process_iter() if self._is_ours(process, part)]

    def end(self, part: Part | None = None) -> None:
        """End one part, or all, and wait until nothing of it is left: politely first, then by force.

        Raises a `StackError` if something would not even end by force.
        """
        started = time.monotonic()
        asked: set[psutil.Process] = set()
        while left := self.running(part):
            waited = time.monotonic() - started
            if waited > _PATIENT_SECONDS:
                raise StackError(f"process {left[0].pid} does not end")
            for process in left:
                if waited > _POLITE_SECONDS:
                    _signal(process, force=True)
                elif process not in asked:
                    asked.add(process)
                    _signal(process, force=False)
            psutil.wait_procs(left, timeout=0.1)
        ended = {process.pid for process in asked}
        for started_here in self._started:
            # One that is just dying no longer shows its environment, and so was no longer found.
            if started_here.pid in ended:
                started_here.wait(_PATIENT_SECONDS)
        self._started = [process for process in self._started if process.poll() is None]

    def _is_ours(self, process: psutil.Process, part: Part | None) -> bool:
        try:
            environment = process.environ() if process.pid != os.getpid() else {}
        except (psutil.Error, OSError):
            return False
        return environment.get(_STACK) == self._name and part in (None, environment.get(_PART))


def _signal(process: psutil.Process, *, force: bool) -> None:
    with suppress(psutil.NoSuchProcess):
        process.kill() if force else process.terminate()
