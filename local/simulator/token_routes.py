"""The token endpoint and its opposite: logging in, refreshing a login, ending it.

The service logs in with its JWT (documentation, JWT flow), a page in a browser with the code that it got for its user
(documentation, Authorization code flow with PKCE).
"""

import secrets
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulator import errors, permissions, service_login
from local.simulator.apps import client_of, read_form
from local.simulator.gateway import json_response, serve, simulator_of, within_rate_limit
from local.simulator.rate_limits import Group
from local.simulator.sessions import Owner
from local.simulator.simulator import Simulator
from local.simulator.tokens import ACCESS_TOKEN_SECONDS, REFRESH_TOKEN_SECONDS, Login
from local.simulator.users import AppUser, User

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_CODE_GRANT = "authorization_code"
_REFRESH_GRANT = "refresh_token"


async def create_token(request: Request) -> Response:
    """Issue a token for the service's JWT, for a code, or for a refresh token."""
    simulator = simulator_of(request)
    form = await read_form(request)

    async def answer() -> Response:
        client_id = client_of(request.headers.get("authorization", ""), form)
        owner = simulator.codes.owner_of(form.get("code", "")) or _owner_of(simulator, form.get("refresh_token", ""))

        async def issue() -> Response:
            user = _user_of_grant(simulator, form, client_id)
            return _token_response(simulator.tokens.issue(user, client_id), simulator)

        who = _counted_for(owner, client_id)
        return await within_rate_limit(simulator, who, Group.AUTH, issue)

    return await serve(request, answer, None)


async def revoke_token(request: Request) -> Response:
    """End the login that an access or refresh token belongs to.

    A token that is none, or another app's, is answered alike (documentation, Tokens).
    """
    simulator = simulator_of(request)
    form = await read_form(request)

    async def answer() -> Response:
        client_id = client_of(request.headers.get("authorization", ""), form)
        token = form.get("token", "")

        async def revoke() -> Response:
            simulator.tokens.revoke(token, client_id)
            return Response()

        who = _counted_for(_owner_of(simulator, token), client_id)
        return await within_rate_limit(simulator, who, Group.AUTH, revoke)

    return await serve(request, answer, None)


def _owner_of(simulator: Simulator, token: str) -> Owner | None:
    login = simulator.tokens.of_either_token(token)
    return None if login is None else login.holder.user_key


def _counted_for(owner: Owner | None, client_id: str) -> object:
    """Whom a request is counted for: the user with the app, or the app if the request names no user.

    Only one user has a JWT, so the service's app stands for user and app.
    """
    return client_id if owner is None or client_id == service_login.CLIENT_ID else AppUser(owner, client_id)


def _user_of_grant(simulator: Simulator, form: Mapping[str, str], client_id: str) -> User:
    """Whom the request logs in. Raises a RingCentralError if nobody."""
    grant, has_jwt = form.get("grant_type"), client_id == service_login.CLIENT_ID
    if grant == _JWT_GRANT and has_jwt:
        if not secrets.compare_digest(form.get("assertion", "").encode(), service_login.JWT.encode()):
            raise errors.credentials_invalid()
        key = simulator.users.service.owner
    elif grant == _CODE_GRANT and not has_jwt:
        redirect_uri, verifier = form.get("redirect_uri", ""), form.get("code_verifier", "")
        key = simulator.codes.use(form.get("code", ""), client_id, redirect_uri, verifier)
    elif grant == _REFRESH_GRANT:
        key = simulator.tokens.end_by_refresh_token(form.get("refresh_token", ""), client_id)
    else:
        raise errors.grant_not_allowed()
    user = simulator.users.find(key)
    if user is None:
        raise errors.credentials_invalid()
    return user


def _token_response(login: Login, simulator: Simulator) -> Response:
    return json_response(
        {
            "access_token": login.access_token,
            "token_type": "bearer",
            "expires_in": ACCESS_TOKEN_SECONDS,
            "refresh_token": login.refresh_token,
            "refresh_token_expires_in": REFRESH_TOKEN_SECONDS,
            "scope": permissions.scope(simulator.faults.missing_permissions),
            "owner_id": login.holder.user_key.extension_id,
            "endpoint_id": simulator.identifiers.uuid(),
        }
    )


ROUTES = [
    Route("/restapi/oauth/token", create_token, methods=["POST"]),
    Route("/restapi/oauth/revoke", revoke_token, methods=["POST"]),
]
