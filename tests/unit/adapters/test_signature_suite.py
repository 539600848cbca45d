"""Our signatures are those of botocore's own signer.

AWS publishes a test suite for Signature Version 4: requests, and the signature of each. botocore's tests replay it
(boto/botocore, tests/unit/auth/test_sigv4.py). Here our signer signs the same requests and is compared with botocore.
"""

import string
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from rollcall.adapters.signing import Credentials, body_hash, signer

NOW = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
REGION = "us-east-1"
KEYS = ("AKIDEXAMPLE", "secret")
"""Any keys do, since botocore signs with the same ones. Time and region are the suite's."""

TOKEN = "/".join(("session", "+="))
UNRESERVED = "-._~" + string.digits + string.ascii_letters
FORM = "application/x-www-form-urlencoded"


class Request(NamedTuple):
    method: str
    path: str = "/"
    headers: Mapping[str, str] | None = None
    body: bytes = b""
    token: str | None = None
    host: str = "example.amazonaws.com"


SUITE = {
    "get-vanilla": Request("GET"),
    "get-vanilla-query": Request("GET"),  # in spite of its name without a query string
    "get-vanilla-with-session-token": Request("GET", token=TOKEN),
    "get-unreserved": Request("GET", f"/{UNRESERVED}"),
    "get-utf8": Request("GET", "/\u1234"),
    "get-space": Request("GET", "/example space/"),
    "get-special-character": Request("GET", "/example/$delete"),
    "post-vanilla": Request("POST"),
    "post-header-key-case": Request("POST"),
    "post-header-key-sort": Request("POST", headers={"my-header1": "value1"}),
    "post-header-value-case": Request("POST", headers={"my-header1": "VALUE1"}),
    "post-sts-header-before": Request("POST", token=TOKEN),
    "post-sts-header-after": Request("POST"),  # the token is added when the signature has been made
    "post-x-www-form-urlencoded": Request("POST", headers={"content-type": FORM}, body=b"Param1=value1"),
    "post-x-www-form-urlencoded-parameters": Request(
        "POST", headers={"content-type": f"{FORM}; charset=utf8"}, body=b"Param1=value1"
    ),
}
"""The requests of the suite, by its names. The token is our own."""

LEFT_OUT = {
    "the signer takes no query string": [
        "get-vanilla-empty-query-key",
        "get-vanilla-query-order-encoded",
        "get-vanilla-query-order-key",
        "get-vanilla-query-order-key-case",
        "get-vanilla-query-order-value",
        "get-vanilla-query-unreserved",
        "get-vanilla-utf8-query",
        "post-vanilla-empty-query-value",
        "post-vanilla-query",
    ],
    "the signer takes each header once, with a value that has no spaces to trim": [
        "get-header-key-duplicate",
        "get-header-value-multiline",
        "get-header-value-order",
        "get-header-value-trim",
    ],
    "no path that Rollcall requests has an empty segment, `.` or `..`": [
        "get-relative",
        "get-relative-relative",
        "get-slash",
        "get-slash-dot-slash",
        "get-slash-pointless-dot",
        "get-slashes",
    ],
}


def ours(request: Request, service: str) -> dict[str, str]:
    """The signed headers and the signature."""
    credentials = Credentials(*KEYS, request.token)
    headers = {"host": request.host, **(request.headers or {})}
    sign = signer(credentials, region=REGION, service=service, headers=headers, now=NOW)
    return sign(request.method, request.path, body_hash(request.body))


def botocores(request: Request, service: str) -> dict[str, str]:
    """The same, by botocore."""
    headers = {"host": request.host, **(request.headers or {})}
    signed = AWSRequest(request.method, f"https://{request.host}{request.path}", headers=headers, data=request.body)
    with patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        SigV4Auth(BotocoreCredentials(*KEYS, request.token), service, REGION).add_auth(signed)
    return {name.lower(): value for name, value in signed.headers.items()}


@pytest.mark.parametrize("name", SUITE)
def test_the_requests_of_the_published_suite_are_signed_as_botocore_signs_them(name: str) -> None:
    assert ours(SUITE[name], "service") == botocores(SUITE[name], "service")


def test_every_request_of_the_suite_is_signed_or_left_out_for_a_reason() -> None:
    left_out = [name for names in LEFT_OUT.values() for name in names]
    assert (len(SUITE), len(left_out), len({*SUITE, *left_out})) == (15, 19, 34)


@pytest.mark.parametrize("token", [TOKEN, None])
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
def test_requests_like_those_of_rollcall_are_signed_as_botocore_signs_them(
    host: str, path: str, method: str, body: bytes, token: str | None
) -> None:
    headers = {"x-amz-target": "DynamoDB_20120810.PutItem"} if path == "/" else {}
    request = Request(method, path, headers, body, token, host)
    assert ours(request, "execute-api") == botocores(request, "execute-api")
