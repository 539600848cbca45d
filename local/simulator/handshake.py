"""What RingCentral demands of a webhook before it creates a subscription. No I/O.

Source of all of it: documentation, Creating webhooks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from local.simulator import choices, errors

TIMEOUT_SECONDS: Final = 3.0
MAX_BYTES: Final = 1024
_OK: Final = 200


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """A webhook's whole answer, as it came over the wire."""

    status_line: str
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    @property
    def size(self) -> int:
        """Bytes of status line, headers and body, each line with its end and the empty one between."""
        lines = [self.status_line, *(f"{name}: {value}" for name, value in self.headers), ""]
        return sum(len(line) + 2 for line in lines) + len(self.body)

    def header(self, name: str) -> str:
        """A header's value, empty if it is not there."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def check_address(address: str) -> None:
    """Raise a RingCentralError (400) for an address that the simulator does not post to."""
    if choices.is_loopback(address) and urlsplit(address).scheme in {"http", "https"}:
        return
    if urlsplit(address).scheme == "http":
        raise errors.https_required()
    raise errors.webhook_unreachable()


def check_response(response: WebhookResponse, validation_token: str) -> None:
    """Raise a RingCentralError (400) for an answer that does not pass."""
    if response.status != _OK:
        raise errors.webhook_status(response.status)
    media_type = response.header("content-type").partition(";")[0].strip().lower()
    echoed = response.header("validation-token") == validation_token
    if not echoed or media_type != "application/json" or response.size > MAX_BYTES:
        raise errors.webhook_response_invalid()
