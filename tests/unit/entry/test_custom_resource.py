"""CloudFormation gets one response to each request, in time, in the form that its presigned URL takes."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest

from rollcall.entry import custom_resource
from rollcall.entry.custom_resource import PUT_ATTEMPTS, is_request, succeed, work_for


class Bucket(http.server.BaseHTTPRequestHandler):
    """In the place of S3. `statuses`: what the next PUTs get, then 200; `puts`: headers and body of each."""

    statuses: ClassVar[list[int]] = []
    puts: ClassVar[list[tuple[dict[str, str], Any]]] = []

    def do_PUT(self) -> None:  # http.server's own name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.puts.append(({name.lower(): value for name, value in self.headers.items()}, json.loads(body)))
        self.send_response(self.statuses.pop(0) if self.statuses else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def running_bucket() -> Iterator[str]:
    Bucket.statuses.clear()
    Bucket.puts.clear()
    server = http.server.HTTPServer(("127.0.0.1", 0), Bucket)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/response?X-Amz-SignedHeaders=host"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def event(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    monkeypatch.setattr(custom_resource, "_BACKOFF_SECONDS", 0)
    with running_bucket() as url:
        yield {
            "RequestType": "Create",
            "RequestId": "request",
            "StackId": "stack",
            "LogicalResourceId": "SubscriptionAfterDeployment",
            "ResponseURL": url,
        }


def test_the_response_names_the_request_and_carries_no_content_type(event: dict[str, str]) -> None:
    succeed(event, "log")
    ((headers, response),) = Bucket.puts
    assert response == {
        "Status": "SUCCESS",
        "Reason": "See the log stream log",
        "PhysicalResourceId": "SubscriptionAfterDeployment",
        "StackId": "stack",
        "RequestId": "request",
        "LogicalResourceId": "SubscriptionAfterDeployment",
    }
    # A PUT to a presigned URL with another content type than the signed one is refused with a 403.
    assert headers["content-type"] == ""


@pytest.mark.parametrize("request_type", ["Update", "Delete"])
def test_the_physical_id_never_changes_so_an_update_replaces_nothing(event: dict[str, str], request_type: str) -> None:
    succeed(event | {"RequestType": request_type, "PhysicalResourceId": "made before"}, "log")
    ((_, response),) = Bucket.puts
    assert response["PhysicalResourceId"] == "made before"


def test_a_response_that_is_not_taken_is_sent_again(event: dict[str, str]) -> None:
    Bucket.statuses[:] = [503] * (PUT_ATTEMPTS - 1)
    succeed(event, "log")
    assert len(Bucket.puts) == PUT_ATTEMPTS


def test_a_response_that_is_never_taken_is_an_error(event: dict[str, str]) -> None:
    Bucket.statuses[:] = [503] * PUT_ATTEMPTS
    with pytest.raises(OSError, match="503"):
        succeed(event, "log")
    assert len(Bucket.puts) == PUT_ATTEMPTS


def test_only_cloudformations_requests_want_a_response(event: dict[str, str]) -> None:
    assert is_request(event)
    assert not is_request({"RequestType": "Delete"})
    assert not is_request({"source": "aws.events"})


def test_work_that_ends_is_waited_for() -> None:
    done = list[str]()
    assert work_for(10, lambda: done.append("done"))
    assert done == ["done"]


@pytest.mark.parametrize("seconds", [0.05, -1])
def test_work_that_hangs_is_left_behind(seconds: float) -> None:
    over, started = threading.Event(), time.monotonic()
    assert not work_for(seconds, lambda: void(over.wait(30)))
    assert time.monotonic() - started < 10
    over.set()


def void(_value: object) -> None:
    """For a callable that is to return nothing."""
