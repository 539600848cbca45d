"""What every unit test has: no metrics of the test before; and, for those that ask, an AWS that moto plays."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from moto.server import ThreadedMotoServer

from rollcall.adapters.aws import JsonService
from rollcall.telemetry import metrics
from tests.support import counted as counting


@pytest.fixture(autouse=True)
def _no_metrics_yet() -> None:
    metrics.clear_metrics()


@pytest.fixture
def counted() -> counting.Counted:
    return counting.counted


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws_calls(moto_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, Mapping[str, Any]]]]:
    """An empty AWS. Gives the calls that Rollcall makes to it, as ("service.Operation", request)."""
    httpx.post(f"{moto_url}/moto-api/reset", trust_env=False).raise_for_status()
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    services, calls = list[JsonService](), list[tuple[str, Mapping[str, Any]]]()
    make, call = JsonService.__init__, JsonService.call

    def making(self: JsonService, *arguments: Any) -> None:
        make(self, *arguments)
        services.append(self)

    def calling(self: JsonService, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        calls.append((f"{self._name}.{operation}", request))
        return call(self, operation, request)

    monkeypatch.setattr(JsonService, "__init__", making)
    monkeypatch.setattr(JsonService, "call", calling)
    yield calls
    for service in services:
        service.close()
