"""AWS's JSON protocol: DynamoDB, SQS and Secrets Manager all take a POST that names its operation in a header.

Not botocore: importing it and making one client would be most of a function's cold start, and a call through it costs
several times this one. Conferences are rare enough that events find functions cold, so that is time between somebody's
joining and its being seen. Waiting is bounded, repeating is bounded, with exponential back-off and full jitter.
Sources: AWS's low-level API references; which errors may pass, from their lists of common errors.
"""

import http.client
import os
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from rollcall.adapters.signing import Credentials, body_hash, signer
from rollcall.core.errors import StorageFailed

_PASSING = frozenset({
    "InternalServerError",
    "InternalFailure",
    "InternalServiceError",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestTimeout",
    "ServiceUnavailable",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
})  # fmt: skip
# By the name in the service's host; what each SDK of AWS reads before AWS_ENDPOINT_URL, which is for all services.
_ENDPOINT_VARIABLES = {
    "dynamodb": "AWS_ENDPOINT_URL_DYNAMODB",
    "events": "AWS_ENDPOINT_URL_EVENTBRIDGE",
    "secretsmanager": "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "sqs": "AWS_ENDPOINT_URL_SQS",
}
_SERVER_ERROR = 500
_FIRST_ERROR = 300


class Patience(msgspec.Struct, frozen=True):
    """How long one attempt may take, in seconds, and how many there may be; `backoff` is the first pause at most."""

    seconds: float
    attempts: int
    backoff: float = 0.05


# RingCentral waits three seconds, whatever happens here. What the table does not take at once goes to a queue, and the
# queue is what repeats.
WEBHOOK = Patience(seconds=0.6, attempts=1)
SECRET = Patience(seconds=0.6, attempts=2)
"""For what the webhook can't do without, and reads once a minute at most."""
BACKGROUND = Patience(seconds=2.0, attempts=4)
HINT = Patience(seconds=0.6, attempts=1)
"""For what only makes something happen sooner."""


class Refusal(StorageFailed):
    """AWS answered with an error. Attributes: `code`, AWS's own; `content`, the whole answer."""

    def __init__(self, code: str, content: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.content = content


class JsonService:
    """One service. Keeps its connection from call to call."""

    def __init__(self, name: str, target: str, version: str, patience: Patience) -> None:
        """`name` as in the service's host; `target` as before the operation in `X-Amz-Target`; `version` of JSON."""
        endpoint = urlsplit(_endpoint(name))
        make = http.client.HTTPSConnection if endpoint.scheme == "https" else http.client.HTTPConnection
        self._connection = make(endpoint.hostname or "", endpoint.port, timeout=patience.seconds)
        self._host = endpoint.netloc
        self._name = name
        self._target = target
        self._content_type = f"application/x-amz-json-{version}"
        self._patience = patience

    def call(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one operation. Raises `Refusal`, or `StorageFailed` if there was no answer."""
        body = msgspec.json.encode(request)
        for attempt in range(1, self._patience.attempts + 1):
            try:
                return self._attempt(operation, body)
            except StorageFailed as error:
                if attempt == self._patience.attempts or not _may_pass(error):
                    raise
                time.sleep(random.uniform(0, self._patience.backoff * 2**attempt))  # noqa: S311  # not a secret
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _attempt(self, operation: str, body: bytes) -> dict[str, Any]:
        headers = {"host": self._host, "x-amz-target": f"{self._target}.{operation}"}
        sign = signer(
            credentials(), region=os.environ["AWS_REGION"], service=self._name, headers=headers, now=datetime.now(UTC)
        )
        signed = sign("POST", "/", body_hash(body)) | {"content-type": self._content_type}
        status, content = self._exchange(body, signed)
        if status < _FIRST_ERROR:
            return content
        code = str(content.get("__type") or content.get("code") or "").rpartition("#")[2]
        raise Refusal(code or ("InternalServerError" if status >= _SERVER_ERROR else f"Http{status}"), content)

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        kept = self._connection.sock is not None
        try:
            self._connection.request("POST", "/", body, dict(headers))
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            # One that was kept may have been closed while the function slept, over TLS with any of several errors. That
            # says nothing about this call, so it costs no attempt.
            if kept and not isinstance(error, TimeoutError):
                return self._exchange(body, headers)
            raise StorageFailed(type(error).__name__) from error
        try:
            return answer.status, msgspec.json.decode(content or b"{}", type=dict[str, Any])
        except msgspec.MsgspecError:
            return answer.status, {}


def dynamodb(patience: Patience = BACKGROUND) -> JsonService:
    """DynamoDB."""
    return JsonService("dynamodb", "DynamoDB_20120810", "1.0", patience)


def sqs(patience: Patience = BACKGROUND) -> JsonService:
    """SQS."""
    return JsonService("sqs", "AmazonSQS", "1.0", patience)


def secretsmanager(patience: Patience = BACKGROUND) -> JsonService:
    """Secrets Manager."""
    return JsonService("secretsmanager", "secretsmanager", "1.1", patience)


def events(patience: Patience = BACKGROUND) -> JsonService:
    """EventBridge."""
    return JsonService("events", "AWSEvents", "1.1", patience)


def credentials() -> Credentials:
    """What the function's role allows it to sign with: Lambda puts it into the environment."""
    env = os.environ
    return Credentials(env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN"))


def _endpoint(name: str) -> str:
    chosen = os.environ.get(_ENDPOINT_VARIABLES[name]) or os.environ.get("AWS_ENDPOINT_URL")
    if chosen:
        return chosen
    region = os.environ["AWS_REGION"]
    return f"https://{name}.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")


def _may_pass(error: StorageFailed) -> bool:
    return error.code in _PASSING if isinstance(error, Refusal) else True
