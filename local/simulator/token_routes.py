"""The token endpoint: logging the service in with its JWT, and refreshing a login (documentation, JWT flow)."""

import base64
import binascii
import secrets
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulator import errors, service_login
from local.simulator.gateway import json_response, serve, simulator_of, within_rate_limit
from local.simulator.rate_limits import Group
from local.simulator.simulator import Simulator
from local.simulator.tokens import ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS, Login
from local.simulator.users import User

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_REFRESH_GRANT = "refresh_token"
_SCOPE = "CallControl ReadAccounts SubscriptionWebhook"


async def create_token(request: Request) -> Response:
    """Issue a token for the service's JWT, or for a refresh token."""
    simulator = simulator_of(request)
    form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))

    async def answer() -> Response:
        _check_client(request.headers.get("authorization", ""))

        async def issue() -> Response:
            user = _user_of_grant(simulator, form)
            return _token_response(simulator.tokens.issue(user, service_login.CLIENT_ID), simulator)

        # Only one user has a JWT, so the app stands for user and app.
        return await within_rate_limit(simulator, service_login.CLIENT_ID, Group.AUTH, issue)

    return await serve(request, answer, None)


def _check_client(authorization: str) -> None:
    """Only the service's app has an id and a secret."""
    scheme, _, credentials = authorization.partition(" ")
    expected = f"{service_login.CLIENT_ID}:{service_login.CLIENT_SECRET}".encode()
    try:
        given = base64.b64decode(credentials, validate=True)
    except binascii.Error as error:
        raise errors.client_invalid() from error
    if scheme.lower() != "basic" or not secrets.compare_digest(given, expected):
        raise errors.client_invalid()


def _user_of_grant(simulator: Simulator, form: dict[str, str]) -> User:
    """Whom the request logs in. Raises a RingCentralError (401) if nobody."""
    grant = form.get("grant_type")
    if grant == _JWT_GRANT:
        if secrets.compare_digest(form.get("assertion", "").encode(), service_login.JWT.encode()):
            return simulator.users.service
        raise errors.credentials_invalid()
    if grant == _REFRESH_GRANT:
        key = simulator.tokens.end_by_refresh_token(form.get("refresh_token", ""), service_login.CLIENT_ID)
        user = simulator.users.find(key)
        if user is not None:
            return user
        raise errors.credentials_invalid()
    raise errors.grant_not_allowed()


def _token_response(login: Login, simulator: Simulator) -> Response:
    return json_response(
        {
            "access_token": login.access_token,
            "token_type": "bearer",
            "expires_in": ACCESS_TOKEN_SECONDS,
            "refresh_token": login.refresh_token,
            "refresh_token_expires_in": REFRESH_TOKEN_SECONDS,
            "scope": _SCOPE,
            "owner_id": login.holder.user_key.extension_id,
            "endpoint_id": simulator.identifiers.uuid(),
        }
    )


ROUTES = [Route("/restapi/oauth/token", create_token, methods=["POST"])]
