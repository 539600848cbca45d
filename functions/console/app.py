"""GET /console: the console's page and its files."""

from pathlib import Path
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext

from rollcall.adapters import settings
from rollcall.entry.http_api import Answer
from rollcall.entry.pages import Pages, read_files, security_headers
from rollcall.telemetry import instrumented


class _Settings(settings.Settings, frozen=True):
    ringcentral_server: str
    console_client_id: str
    simulated: bool
    websocket_origin: str


_ENV = settings.read(_Settings)
_CONFIG = {
    "ringCentralServer": _ENV.ringcentral_server,
    "clientId": _ENV.console_client_id,
    "simulator": _ENV.simulated,
}
_PAGES = Pages(
    read_files(Path(__file__).parent / "page") | {"config.json": msgspec.json.encode(_CONFIG).decode()},
    security_headers(connect_to=[_ENV.websocket_origin, _ENV.ringcentral_server]),
)


@instrumented
def handler(event: dict[str, Any], _context: LambdaContext) -> Answer:
    """200 with a file, 304 if it has not changed, 308 to the page, 404."""
    return _PAGES.answer(event)
