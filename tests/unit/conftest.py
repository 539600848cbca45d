"""What every unit test has: no metrics of the test before; and, for those that ask, an AWS that moto plays."""

from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient
from moto.server import ThreadedMotoServer

from rollcall.adapters import aws
from rollcall.adapters.aws import RetryPolicy
from rollcall.telemetry import metrics
from tests.support import aws_rules
from tests.support import counted as counting
from tests.support.stand_in_aws import decoded


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
    """An empty AWS. Gives the requests that Rollcall sends to it, as ("service.Operation", parameters).

    A request that real AWS would refuse is an error here, though moto takes it.
    """
    httpx.post(f"{moto_url}/moto-api/reset", trust_env=False).raise_for_status()
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto_url)
    clients, calls = list[BaseClient](), list[tuple[str, Mapping[str, Any]]]()
    real = aws.create_client

    def create(name: str, policy: RetryPolicy) -> BaseClient:
        def send(request: AWSPreparedRequest, **_: Any) -> None:
            operation, parameters = decoded(request)
            calls.append((f"{name}.{operation}", parameters))
            aws_rules.check(name, operation, parameters)

        client = real(name, policy)
        client.meta.events.register("before-send", send)
        clients.append(client)
        return client

    monkeypatch.setattr(aws, "create_client", create)
    yield calls
    for client in clients:
        client.close()
