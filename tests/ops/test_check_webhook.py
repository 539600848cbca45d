"""The webhook is asked as RingCentral asks it, and judged by RingCentral's limits."""

import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from ops.check import webhook
from ops.check.finding import Finding
from ops.check.installation import Installation
from ops.check.runner import findings_of
from tests.ops.installed import installed, secrets
from tests.ops.server import Answer, Request, serving

TOKENS = '{"current": "own-token"}'
JSON = {"Content-Type": "application/json; charset=utf-8"}


def good(request: Request) -> Answer:
    """As the webhook answers."""
    if "validation-token" in request.headers:
        return Answer(200, {**JSON, "Validation-Token": request.headers["validation-token"]})
    return Answer(200 if request.headers.get("verification-token") == "own-token" else 401)


def codes(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.status) for finding in found]


def at(url: str, tokens: str = TOKENS) -> Installation:
    outputs = {"WebhookUrl": url, "VerificationSecretArn": "tokens"}
    return installed(outputs=outputs, secretsmanager=secrets(tokens=tokens) if tokens else secrets())


def handshake(answer: Callable[[Request], Answer]) -> list[Finding]:
    with serving(answer) as url:
        return list(webhook.handshake(at(url)))


def test_a_webhook_that_ringcentral_takes_is_ok() -> None:
    (found,) = handshake(good)
    assert (found.code, found.status) == ("webhook-handshake", "ok")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda answer: answer._replace(status=201), "201"),
        (lambda answer: answer._replace(headers=JSON), "echo"),
        (lambda answer: answer._replace(headers={**answer.headers, "Validation-Token": "x"}), "echo"),
        (lambda answer: answer._replace(headers={**answer.headers, "Content-Type": "text/plain"}), "content type"),
        (lambda answer: answer._replace(headers={**answer.headers, "X-Padding": "x" * 900}), "1,024"),
        (lambda answer: answer._replace(body=b"x" * 900), "bytes"),
    ],
)
def test_a_response_that_ringcentral_would_refuse_is_found(
    changed: Callable[[Answer], Answer], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (found,) = handshake(lambda request: changed(good(request)))
    assert (found.code, found.status) == ("webhook-response", "error")
    assert said.replace(",", "") in found.message


def bytes_on_the_wire(url: str) -> int:
    """What comes back over the connection for a handshake, counted there."""
    place = urlsplit(url)
    request = f"POST / HTTP/1.1\r\nHost: {place.netloc}\r\nValidation-Token: {'x' * 32}\r\nConnection: close\r\n\r\n"
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(request.encode())
        return sum(len(part) for part in iter(lambda: connection.recv(4096), b""))


def test_the_size_is_what_comes_over_the_wire_and_the_limit_is_exact() -> None:
    def padded(more: int) -> Callable[[Request], Answer]:
        return lambda request: good(request)._replace(body=b"x" * more)

    for more, status in ((100, "ok"), (0, "ok")):
        with serving(padded(more)) as url:
            (found,) = webhook.handshake(at(url))
            assert found.status == status
            assert f" {bytes_on_the_wire(url)} bytes" in found.message
            bare = bytes_on_the_wire(url) - more
    fits = 1024 - bare - len(str(1024 - bare)) + 1  # Content-Length has more digits than "0"
    assert [finding.status for finding in handshake(padded(fits))] == ["ok"]
    assert [finding.status for finding in handshake(padded(fits + 1))] == ["error"]


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "LIMIT_SECONDS", 0.2)


@pytest.mark.usefixtures("_impatient")
def test_a_webhook_that_is_always_slow_is_an_error() -> None:
    assert codes(handshake(lambda request: good(request)._replace(seconds=0.3))) == [("webhook-slow", "error")]


@pytest.mark.usefixtures("_impatient")
def test_one_that_is_slow_at_first_is_a_warning() -> None:
    seconds = [0.3, 0.0]
    found = handshake(lambda request: good(request)._replace(seconds=seconds.pop(0)))
    assert codes(found) == [("webhook-slow", "warning")]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/webhook", "not-tls"])
def test_a_webhook_that_can_not_be_reached_is_an_error(url: str) -> None:
    with serving(good) as plain:
        # RingCentral wants TLS with a certificate that it trusts; here nobody speaks TLS at all.
        address = plain.replace("http:", "https:") if url == "not-tls" else url
        assert codes(list(webhook.handshake(at(address)))) == [("webhook-unreachable", "error")]


def tokens(answer: Callable[[Request], Answer], value: str = TOKENS) -> list[Finding]:
    with serving(answer) as url:
        installation = at(url, value)
        return list(findings_of(webhook.TOKEN, lambda: webhook.token(installation)))


def test_a_webhook_that_takes_its_own_token_only_is_ok() -> None:
    assert codes(tokens(good)) == [("webhook-token", "ok")]


def test_the_right_token_comes_with_nothing_that_could_be_kept() -> None:
    asked = list[Request]()

    def remembering(request: Request) -> Answer:
        asked.append(request)
        return good(request)

    tokens(remembering)
    assert [request.body for request in asked] == [b"", b""]


@pytest.mark.parametrize(
    ("answer", "value", "found"),
    [
        (lambda _request: Answer(200), TOKENS, [("webhook-token", "ok"), ("webhook-open", "error")]),
        (lambda _request: Answer(401), TOKENS, [("webhook-token-refused", "error")]),
        (
            lambda _request: Answer(503),
            TOKENS,
            [("webhook-token-refused", "error"), ("webhook-failing", "error")],
        ),
        (good, '{"current": "own-token", "next": "x"}', [("rotation-unfinished", "warning")]),
        (good, '{"current": "own-token", "previous": "x"}', [("rotation-unfinished", "warning")]),
        (good, '{"current": ""}', [("secret-malformed", "error")]),
        (good, "{}", [("secret-malformed", "error")]),
        (good, "", [("secret-missing", "error")]),
    ],
)
def test_what_is_wrong_with_the_token_is_found(
    answer: Callable[[Request], Answer], value: str, found: list[tuple[str, str]]
) -> None:
    assert codes(tokens(answer, value)) == found


def test_without_a_webhook_nothing_is_said_about_the_token() -> None:
    installation = at("http://127.0.0.1:9/webhook")
    (found,) = findings_of(webhook.TOKEN, lambda: webhook.token(installation))
    assert (found.code, found.status) == ("webhook-token", "not-run")


def test_an_output_that_is_missing_is_named() -> None:
    def check() -> Iterator[Finding]:
        return webhook.handshake(installed())

    (found,) = findings_of(webhook.HANDSHAKE, check)
    assert (found.status, found.message) == ("not-run", "the stack has no output WebhookUrl")
