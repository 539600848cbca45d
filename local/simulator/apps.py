"""Which app asks at an OAuth endpoint: the service's with its secret, or a page in a browser, which has none."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

from local.simulator import choices, errors, service_login


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form; of one that comes twice, the last."""
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def client_of(authorization: str, form: Mapping[str, str]) -> str:
    """The app's id, from the `Authorization` header, or from the form of an app without a secret.

    Raises a RingCentralError (401).
    """
    if authorization:
        _check_secret(authorization)
        return service_login.CLIENT_ID
    client_id = form.get("client_id")
    if client_id is None:
        raise errors.client_missing()
    if client_id not in choices.PUBLIC_CLIENT_IDS:
        raise errors.client_invalid()
    return client_id


def _check_secret(authorization: str) -> None:
    """Only the service's app has an id and a secret."""
    scheme, _, credentials = authorization.partition(" ")
    expected = f"{service_login.CLIENT_ID}:{service_login.CLIENT_SECRET}".encode()
    try:
        given = base64.b64decode(credentials, validate=True)
    except binascii.Error as error:
        raise errors.client_invalid() from error
    if scheme.lower() != "basic" or not secrets.compare_digest(given, expected):
        raise errors.client_invalid()
