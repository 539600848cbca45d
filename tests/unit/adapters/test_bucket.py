"""How long an S3 that never answers is waited for."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from rollcall.adapters.aws import AwsService, RetryPolicy
from rollcall.adapters.recording import Recordings
from rollcall.core.errors import StorageFailed
from rollcall.core.recording import as_recorded

POLICY = RetryPolicy(seconds=0.3, attempts=1)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What an S3 that takes everything in was asked; it answers nothing."""
    received = list[bytes]()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            while got := connection.recv(65536):
                received.append(got)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listener.getsockname()[1]}")
        serving = threading.Thread(target=serve)
        serving.start()
        yield received
    serving.join()


def test_it_is_waited_for_as_long_as_the_policy_says_and_no_longer(asked: list[bytes]) -> None:
    s3 = AwsService("s3", POLICY)
    started = time.monotonic()
    with pytest.raises(StorageFailed, match="ReadTimeoutError"):
        Recordings(s3, "recordings").put(as_recorded({}, b"{}", received_at=0))
    assert time.monotonic() - started < POLICY.seconds + 0.5
    s3.close()
    assert b"".join(asked).endswith(b'"body":"{}"}')
    assert b"expect" not in b"".join(asked).lower()
