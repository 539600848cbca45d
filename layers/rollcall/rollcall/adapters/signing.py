"""AWS Signature Version 4 for requests without a query string.

What the requests of one fan-out have in common (key, date, headers) is worked out once, since a roster goes to many
connections at a time. The tests hold the result against botocore's own signer. Source: AWS's description of Signature
Version 4.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote

import msgspec


class Credentials(msgspec.Struct, frozen=True):
    """What a Lambda function gets from its role. `token` is None only for long-lived keys."""

    access_key: str
    secret_key: str
    token: str | None


def signer(
    credentials: Credentials, *, region: str, service: str, headers: Mapping[str, str], now: datetime
) -> Callable[[str, str, bytes], dict[str, str]]:
    """A function from (method, path, body hash in hex) to the headers of a signed request.

    `headers` are signed too and must hold `host`; names in lower case. `path` is the URL's path as it is sent,
    percent-encoded once.
    """
    timestamp = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    key = b"AWS4" + credentials.secret_key.encode()
    for part in scope.split("/"):
        key = _hmac(key, part.encode())
    token = {"x-amz-security-token": credentials.token} if credentials.token else {}
    common = dict(sorted({**headers, "x-amz-date": timestamp, **token}.items()))
    signed = ";".join(common)
    canonical_headers = "".join(f"{name}:{value}\n" for name, value in common.items())
    authorization = f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={signed}, Signature="

    def sign(method: str, path: str, body_hash: bytes) -> dict[str, str]:
        # The path is encoded a second time in the canonical request: every service but S3 wants it so.
        canonical = f"{method}\n{quote(path, safe='/~')}\n\n{canonical_headers}\n{signed}\n{body_hash.decode()}"
        text = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        return common | {"authorization": authorization + _hmac(key, text.encode()).hex()}

    return sign


def body_hash(body: bytes) -> bytes:
    """The hash of a body in the form that the signer takes."""
    return hashlib.sha256(body).hexdigest().encode()


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")
