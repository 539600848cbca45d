"""Signatures and requests are those of botocore."""

from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials as BotocoreCredentials

from rollcall.adapters.gateway import Gateway
from rollcall.adapters.http_connection import HttpConnection
from rollcall.adapters.signing import Credentials, body_hash, signer
from rollcall.services.ports import Post

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
_TIMESTAMP = "%Y%m%dT%H%M%SZ"


@pytest.mark.parametrize("token", ["session-token/+=", None])
@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("abc.execute-api.eu-west-1.amazonaws.com", "/prod/@connections/L0SM9cOFvHcCIhw%3D"),
        ("127.0.0.1:4566", "/_aws/execute-api/abc/local/@connections/0123abcd"),
        ("localhost:4566", "/a~b/%40connections/x%2Fy"),
    ],
)
@pytest.mark.parametrize(("method", "body"), [("POST", b'{"type":"pong"}'), ("POST", "ü".encode()), ("DELETE", b"")])
def test_a_signature_is_botocores(host: str, path: str, method: str, body: bytes, token: str | None) -> None:
    headers = {"host": host}
    request = AWSRequest(method, f"https://{host}{path}", headers=headers, data=body)
    with patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        SigV4Auth(BotocoreCredentials("AKID", "secret", token), "execute-api", "eu-west-1").add_auth(request)
    sign = signer(
        Credentials("AKID", "secret", token), region="eu-west-1", service="execute-api", headers=headers, now=NOW
    )
    ours = sign(method, path, body_hash(body))
    assert ours["authorization"] == request.headers["Authorization"]
    assert ours["x-amz-date"] == request.headers["X-Amz-Date"]
    assert ours.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")


ENDPOINT = "https://abc.execute-api.eu-west-1.amazonaws.com/dev"


def sent_by_botocore(operation: str, token: str | None, **request: Any) -> AWSPreparedRequest:
    """The request that botocore's own client would send now."""
    client = botocore.session.get_session().create_client(
        "apigatewaymanagementapi",
        region_name="eu-west-1",
        endpoint_url=ENDPOINT,
        aws_access_key_id="AKID",
        aws_secret_access_key="secret",
        aws_session_token=token,
    )
    sent = list[AWSPreparedRequest]()

    def send(request: AWSPreparedRequest, **_: Any) -> Any:
        sent.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Empty())

    client.meta.events.register("before-send", send)
    getattr(client, operation)(**request)
    return sent[0]


class _Empty:
    def stream(self, **_: Any) -> list[bytes]:
        return [b""]


def sent_by_rollcall(
    method: str, token: str | None, post: Post, moment: datetime, monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, ...]:
    """What Rollcall hands to its connection at that time."""
    sent = list[tuple[Any, ...]]()

    class Connection:
        reusable = True

        async def request(self, *request: Any) -> int:
            sent.append(request)
            return 200

        def close(self) -> None:
            pass

    async def opened(*_: Any) -> Any:
        return Connection()

    class Datetime(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment

    monkeypatch.setattr(HttpConnection, "open", opened)
    monkeypatch.setattr("rollcall.adapters.gateway.datetime", Datetime)
    gateway = Gateway(ENDPOINT, "eu-west-1", lambda: Credentials("AKID", "secret", token))
    if method == "POST":
        gateway.send([post])
    else:
        gateway.end(post.connection_id)
    gateway.close()
    return sent[0]


@pytest.mark.parametrize("token", ["session-token/+=", None])
@pytest.mark.parametrize("connection_id", ["L0SM9cOFvHcCIhw=", "a/b", "a+b~c", "ü"])
@pytest.mark.parametrize(("method", "operation"), [("POST", "post_to_connection"), ("DELETE", "delete_connection")])
def test_a_request_is_the_one_that_botocore_sends(
    method: str, operation: str, connection_id: str, token: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = b'{"type":"pong"}' if method == "POST" else b""
    data = {"Data": body} if body else {}
    theirs = sent_by_botocore(operation, token, ConnectionId=connection_id, **data)
    moment = datetime.strptime(_text(theirs.headers["X-Amz-Date"]), _TIMESTAMP).replace(tzinfo=UTC)
    ours = sent_by_rollcall(method, token, Post(connection_id, body), moment, monkeypatch)
    sent_method, path, headers, sent_body = ours
    assert (sent_method, f"https://{headers['host']}{path}") == (theirs.method, theirs.url)
    assert sent_body == (theirs.body or b"")
    for name in ("authorization", "x-amz-date", "x-amz-security-token"):
        assert headers.get(name) == _text(theirs.headers.get(name)), name


def _text(value: Any) -> Any:
    """botocore has some headers as bytes."""
    return value.decode() if isinstance(value, bytes) else value
