"""The webhook, asked as RingCentral asks it, and from outside as RingCentral is.

What RingCentral demands of the handshake's response: status 200, the `Validation-Token` echoed, a content type of JSON,
3 seconds and 1,024 bytes at most with headers (RingCentral's developer guide, Creating webhooks).
"""

import secrets
import time
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from ops import http
from ops.check.finding import Finding, NotRun, error, ok, warning
from ops.check.installation import Installation
from ops.check.secrets import read_secret
from ops.verification_secret import VerificationTokens

HANDSHAKE = "webhook-handshake"
TOKEN = "webhook-token"  # noqa: S105  # the name of a check

LIMIT_SECONDS = 3.0
LIMIT_BYTES = 1024
_ATTEMPTS = 2
"""A function that has not run for a while takes longer for its first response; the second shows what is usual."""


class Response(NamedTuple):
    """What the webhook responded, how long it took in seconds, and how large it was in bytes, headers and all."""

    status: int
    headers: httpx.Headers
    seconds: float
    size: int


def handshake(installation: Installation) -> Iterator[Finding]:
    """Whether RingCentral could make a subscription to this webhook."""
    url, word = installation.output("WebhookUrl"), secrets.token_hex(16)
    try:
        responses = [_post(url, {"Validation-Token": word}) for _ in range(_ATTEMPTS)]
    except httpx.HTTPError as failure:
        yield error("webhook-unreachable", f"{url} gives no response: {type(failure).__name__} {failure}")
        return
    wrong = [fault for response in responses for fault in _faults(response, word)]
    if wrong:
        yield error("webhook-response", f"RingCentral would refuse the handshake's response: {wrong[0]}")
    first, usual = (response.seconds for response in responses)
    if usual > LIMIT_SECONDS:
        yield error("webhook-slow", f"The webhook takes {usual:.1f} s, and RingCentral waits {LIMIT_SECONDS:.0f} s")
    elif first > LIMIT_SECONDS:
        yield warning(
            "webhook-slow", f"The webhook took {first:.1f} s at first and {usual:.1f} s then; RingCentral waits 3 s"
        )
    elif not wrong:
        yield ok(HANDSHAKE, f"answered in {usual:.2f} s with {responses[-1].size} bytes, as RingCentral demands")


def token(installation: Installation) -> Iterator[Finding]:
    """Whether the webhook takes its own verification token, and no other.

    The request with the right token has no body, which the webhook takes for a notification of nothing.
    """
    url = installation.output("WebhookUrl")
    secret = read_secret(installation, installation.output("VerificationSecretArn"), VerificationTokens)
    if isinstance(secret, Finding):
        yield secret
    elif not secret.current:
        yield error("secret-malformed", "The verification secret holds no current token")
    try:
        if isinstance(secret, VerificationTokens) and secret.current:
            yield from _own_token(url, secret)
        status = _post(url, {"Verification-Token": secrets.token_hex(16)}).status
    except httpx.HTTPError as failure:
        raise NotRun(f"the webhook gives no response: {type(failure).__name__} {failure}") from None
    if status == httpx.codes.OK:
        yield error("webhook-open", "The webhook takes a wrong verification token")
    elif status != httpx.codes.UNAUTHORIZED:
        yield error("webhook-failing", f"The webhook answers {status} to a wrong verification token, not 401")


def _own_token(url: str, secret: VerificationTokens) -> Iterator[Finding]:
    status = _post(url, {"Verification-Token": secret.current}).status
    if status != httpx.codes.OK:
        yield error("webhook-token-refused", f"The webhook answers {status} to its own verification token, not 200")
    elif secret.previous or secret.next:
        yield warning("rotation-unfinished", "A rotation of the verification token was begun and not finished")
    else:
        yield ok(TOKEN, "the webhook takes its own verification token")


def _faults(response: Response, word: str) -> Iterator[str]:
    if response.status != httpx.codes.OK:
        yield f"its status is {response.status}, not 200"
    elif response.headers.get("Validation-Token") != word:
        yield "it does not echo the Validation-Token"
    elif response.headers.get("Content-Type", "").partition(";")[0].strip().lower() != "application/json":
        yield "its content type is not application/json"
    elif response.size > LIMIT_BYTES:
        yield f"it has {response.size} bytes, headers and all, and may have {LIMIT_BYTES}"


def _post(url: str, headers: dict[str, str]) -> Response:
    with http.client(url) as client:
        started = time.monotonic()
        response = client.post(url, headers=headers)
        seconds = time.monotonic() - started
    lines = [f"{response.http_version} {response.status_code} {response.reason_phrase}".encode()]
    lines += [name + b": " + value for name, value in response.headers.raw] + [b""]
    return Response(
        response.status_code, response.headers, seconds, sum(len(line) + 2 for line in lines) + len(response.content)
    )
