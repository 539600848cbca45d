"""What all control calls have in common.

They are not part of RingCentral. They need no token, count in no rate limit, and answer errors as {"message": …}.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from local.simulator import errors
from local.simulator.errors import RingCentralError
from local.simulator.gateway import Endpoint, json_response, simulator_of
from local.simulator.sessions import Owner
from local.simulator.simulator import Simulator
from local.simulator.users import User

_Handler = Callable[[Simulator, Request], Awaitable[Response]]


def control_endpoint(handler: _Handler) -> Endpoint:
    """An endpoint for a control call."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(simulator_of(request), request)
        except RingCentralError as error:
            return json_response({"message": error.message}, error.status)

    return endpoint


def known_user(simulator: Simulator, account_id: str, extension_id: str) -> User:
    """The user of that account and extension. Raises a RingCentralError (404) if there is none."""
    user = simulator.users.find(Owner(account_id, extension_id))
    if user is None:
        raise errors.not_found("extensionId")
    return user
