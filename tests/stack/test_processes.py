"""Starting, finding and ending the processes of a stack."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local.stack.processes import Part, Processes

SLEEP = "import time; time.sleep(60)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
PARENT = f"""
import subprocess, sys, time
subprocess.Popen([sys.executable, '-c', {SLEEP!r}])
print('parent', flush=True)
time.sleep(60)
"""


class Starter:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes = Processes(folder)

    def start(self, code: str, part: Part = "emulator") -> "subprocess.Popen[bytes]":
        return self.processes.start(part, [sys.executable, "-c", code], os.environ, self.folder / f"{part}.log")

    def wait_for_output(self, part: Part = "emulator") -> None:
        while not (self.folder / f"{part}.log").read_text():
            time.sleep(0.01)


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[Starter]:
    starter = Starter(tmp_path)
    yield starter
    starter.processes.end()


def pids(processes: list[psutil.Process]) -> set[int]:
    return {process.pid for process in processes}


def test_what_was_started_is_found_by_whoever_knows_the_folder(starter: Starter) -> None:
    process = starter.start(SLEEP)
    assert pids(Processes(starter.folder).running()) == {process.pid}


def test_another_folders_processes_are_not_touched(starter: Starter, tmp_path: Path) -> None:
    process = starter.start(SLEEP)
    other = Processes(tmp_path / "other")
    assert other.running() == []
    other.end()
    assert process.poll() is None


def test_parts_are_ended_one_by_one(starter: Starter) -> None:
    emulator, simulator = starter.start(SLEEP, "emulator"), starter.start(SLEEP, "simulator")
    starter.processes.end("simulator")
    assert pids(starter.processes.running()) == {emulator.pid}
    assert simulator.poll() is not None


def test_children_are_ended_too_even_if_their_parent_is_gone(starter: Starter) -> None:
    parent = starter.start(PARENT)
    starter.wait_for_output()
    assert len(starter.processes.running("emulator")) == 2
    parent.kill()
    parent.wait()
    assert len(starter.processes.running("emulator")) == 1
    starter.processes.end()
    assert starter.processes.running() == []


def test_who_does_not_listen_is_ended_by_force(starter: Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.stack.processes._POLITE_SECONDS", 0.3)
    process = starter.start(DEAF)
    starter.wait_for_output()
    starter.processes.end()
    assert starter.processes.running() == []
    assert process.poll() is not None


def test_ending_nothing_is_fine(starter: Starter) -> None:
    starter.processes.end()


def test_a_process_gets_no_input_and_writes_to_its_log(starter: Starter) -> None:
    process = starter.start("import sys; print('read', repr(sys.stdin.read())); sys.exit(3)")
    assert process.wait(30) == 3
    assert (starter.folder / "emulator.log").read_text() == "read ''\n"
