"""The simulator as a process: python -m local.simulator."""

import socket
import subprocess
import sys
import time

import httpx

from tests.simulator.harness import RunningSimulator
from tests.simulator.webhook import LOOPBACK, Webhook


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def test_it_serves_on_the_port_it_is_given_and_can_send(webhook: Webhook) -> None:
    port = free_port()
    command = [sys.executable, "-m", "local.simulator", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert str(port) in process.stdout.readline()
            url = f"http://{LOOPBACK}:{port}"
            assert answers(f"{url}/simulator/requests")
            with httpx.Client(base_url=url, trust_env=False) as client:
                simulator = RunningSimulator(url, client)
                assert simulator.subscribe(simulator.log_in_service(), webhook).status_code == 200
        finally:
            process.terminate()
    assert len(webhook.handshakes) == 1


def answers(url: str) -> bool:
    for _ in range(500):
        try:
            return httpx.get(url, trust_env=False).status_code == 200
        except httpx.ConnectError:
            time.sleep(0.01)
    return False


def test_a_taken_port_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "local.simulator", "--port", port]
        result = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode != 0
    assert port in result.stderr
