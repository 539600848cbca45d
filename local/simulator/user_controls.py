"""Control calls: the users, and their access tokens."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulator import choices
from local.simulator.control_bodies import NewUser, SomeUser, read_control
from local.simulator.control_endpoint import control_endpoint, known_user
from local.simulator.gateway import json_response
from local.simulator.simulator import Simulator
from local.simulator.tokens import ACCESS_TOKEN_SECONDS


async def put_user(simulator: Simulator, request: Request) -> Response:
    """Add a user, or log a known one in once more."""
    body = read_control(await request.body(), NewUser)
    user = simulator.users.put(body.account_id, body.extension_id, body.name, body.phone_number, admin=body.admin)
    login = simulator.tokens.issue(user, choices.PHONE_CLIENT_ID)
    return json_response(
        {
            "accessToken": login.access_token,
            "expiresIn": ACCESS_TOKEN_SECONDS,
            "accountId": user.account_id,
            "extensionId": user.extension_id,
            "extensionNumber": user.extension_number,
            "name": user.name,
            "phoneNumber": user.phone_number,
            "admin": user.admin,
        },
        201,
    )


async def list_users(simulator: Simulator, _request: Request) -> Response:
    """Everybody who was added, in that order."""
    return json_response(
        [
            {
                "accountId": user.account_id,
                "extensionId": user.extension_id,
                "name": user.name,
                "phoneNumber": user.phone_number,
            }
            for user in simulator.users.added()
        ]
    )


async def expire_tokens(simulator: Simulator, request: Request) -> Response:
    """Let all access tokens of a user expire now."""
    body = read_control(await request.body(), SomeUser)
    user = known_user(simulator, body.account_id, body.extension_id)
    return json_response({"tokens": simulator.tokens.expire(user.owner)})


ROUTES = [
    Route("/simulator/users", control_endpoint(put_user), methods=["POST"]),
    Route("/simulator/users", control_endpoint(list_users), methods=["GET"]),
    Route("/simulator/tokens/expire", control_endpoint(expire_tokens), methods=["POST"]),
]
