"""An AWS in memory behind botocore's own clients.

Each client serializes, validates, retries and parses as it does on AWS. Only the exchange of the HTTP request for its
response is replaced, with botocore's event `before-send`. Requests are not signed: that would take most of the time.
"""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import botocore
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.client import BaseClient
from botocore.compat import HTTPHeaders

from rollcall.adapters import aws
from rollcall.adapters.aws import RetryPolicy
from tests.support import aws_rules

HOST = "aws.test"
ENDPOINT = f"http://{HOST}"
"""What `AWS_ENDPOINT_URL` is to be."""

_STATUS_OF_REFUSAL = 400
_METADATA = "x-amz-meta-"


class ServiceCall(NamedTuple):
    """One attempt at an operation. `request` holds its parameters, `seconds` how long the client waits."""

    service: str
    operation: str
    request: Mapping[str, Any]
    seconds: float


class Refused(Exception):
    """AWS refuses: its error `code`, more members of the error, and the HTTP status."""

    def __init__(self, code: str, content: Mapping[str, Any] | None = None, status: int = _STATUS_OF_REFUSAL) -> None:
        super().__init__(code)
        self.code = code
        self.content = content or {}
        self.status = status


Handle = Callable[[ServiceCall], Mapping[str, Any]]
"""Gives the response to a call. Raises `Refused`, or what botocore raises when there is no response."""


@contextmanager
def stand_in_aws(handle: Handle) -> Iterator[None]:
    """Within it, every client that Rollcall creates talks to `handle`. All users of one policy share a client."""
    clients: dict[tuple[str, RetryPolicy], BaseClient] = {}
    real = aws.create_client

    def create(name: str, policy: RetryPolicy) -> BaseClient:
        if (name, policy) not in clients:
            clients[name, policy] = client = real(name, policy)
            client.meta.events.register("choose-signer", lambda **_: botocore.UNSIGNED)
            client.meta.events.register("before-send", _transport(name, policy.seconds, handle))
        return clients[name, policy]

    with patch.object(aws, "create_client", create):
        yield


def _transport(service: str, seconds: float, handle: Handle) -> Callable[..., Any]:
    def send(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        call = ServiceCall(service, *decoded(request), seconds)
        try:
            aws_rules.check(call.service, call.operation, call.request)
            content, status = dict(handle(call)), 200
        except aws_rules.RuleBroken as broken:
            content, status = {"__type": broken.code, "message": broken.rule}, _STATUS_OF_REFUSAL
        except Refused as refused:
            content, status = {"__type": refused.code, **refused.content}, refused.status
        body = b"" if service == "s3" and status == 200 else json.dumps(content).encode()
        if service == "s3" and status != 200:
            body = f"<Error><Code>{content['__type']}</Code></Error>".encode()
        return AWSResponse(request.url, status, HTTPHeaders(), _Raw(body))

    return send


def decoded(request: AWSPreparedRequest) -> tuple[str, Mapping[str, Any]]:
    """The operation and its parameters, as the request carries them."""
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    if target := headers.get("x-amz-target"):
        return target.rpartition(".")[2], json.loads(_content(request.body))
    assert request.method == "PUT", request.method
    bucket, _, key = unquote(_in_path_style(request.url)).partition("/")
    metadata = {name.removeprefix(_METADATA): value for name, value in headers.items() if name.startswith(_METADATA)}
    return "PutObject", {"Bucket": bucket, "Key": key, "Body": _content(request.body), "Metadata": metadata}


def _in_path_style(url: str) -> str:
    """S3's two forms of a URL name the bucket in the path or as the first label of the host."""
    host, path = urlsplit(url).hostname or "", urlsplit(url).path.lstrip("/")
    return f"{host.partition('.')[0]}/{path}" if host.endswith(f".{HOST}") else path


def _content(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    content: bytes = body.read()
    body.seek(0)  # the request may still be sent
    return content


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()


class _Raw(io.BytesIO):
    """What botocore reads a response from."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """The content in one piece."""
        yield self.read()
