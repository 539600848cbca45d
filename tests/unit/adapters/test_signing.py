"""Our signatures are those of botocore's own signer."""

from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from rollcall.adapters.signing import Credentials, body_hash, signer

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.mark.parametrize("token", ["session-token/+=", None])
@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("abc.execute-api.eu-west-1.amazonaws.com", "/prod/@connections/L0SM9cOFvHcCIhw%3D"),
        ("127.0.0.1:4566", "/_aws/execute-api/abc/local/@connections/0123abcd"),
        ("dynamodb.eu-west-1.amazonaws.com", "/"),
        ("localhost:4566", "/a~b/%40connections/x%2Fy"),
    ],
)
@pytest.mark.parametrize(("method", "body"), [("POST", b'{"type":"pong"}'), ("POST", "ü".encode()), ("DELETE", b"")])
def test_a_signature_is_botocores(host: str, path: str, method: str, body: bytes, token: str | None) -> None:
    headers = {"host": host, "x-amz-target": "DynamoDB_20120810.PutItem"} if path == "/" else {"host": host}
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
