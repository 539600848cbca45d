"""What every API request goes through: fault injection, token, rate limit, error answers and the request log."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from local.simulator import choices, errors, permissions
from local.simulator.errors import RingCentralError
from local.simulator.rate_limits import Group
from local.simulator.simulator import Simulator
from local.simulator.users import AppUser, User
from local.simulator.views import Json


@dataclass(frozen=True, slots=True)
class ApiCall:
    """An API request that has passed every check."""

    simulator: Simulator
    user: User
    caller: AppUser
    path: Mapping[str, str]
    body: bytes
    base_url: str


ApiHandler = Callable[[ApiCall], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def simulator_of(request: Request) -> Simulator:
    """The simulator behind the app that serves this request."""
    simulator = request.app.state.simulator
    if not isinstance(simulator, Simulator):
        raise TypeError("the app has no simulator")
    return simulator


def json_response(body: Json | list[Json], status: int = 200) -> Response:
    """An answer with a JSON body."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def api_endpoint(group: Group, handler: ApiHandler) -> Endpoint:
    """An endpoint of the API that needs a token and counts in a rate limit group."""

    async def endpoint(request: Request) -> Response:
        simulator = simulator_of(request)
        login = _log_in(simulator, request.headers.get("authorization", ""))
        body = await request.body()

        async def answer() -> Response:
            if isinstance(login, RingCentralError):
                raise login
            caller, user = login

            async def handle() -> Response:
                _check_permission(simulator, request)
                _check_account(user, request.path_params)
                base_url = str(request.base_url).rstrip("/")
                return await handler(ApiCall(simulator, user, caller, request.path_params, body, base_url))

            return await within_rate_limit(simulator, caller, group, handle)

        return await serve(request, answer, None if isinstance(login, RingCentralError) else login[0])

    return endpoint


async def serve(request: Request, answer: Callable[[], Awaitable[Response]], caller: AppUser | None) -> Response:
    """Serve one API request: a fault in force, or the answer. Either is logged, and an error becomes a response."""
    simulator = simulator_of(request)
    path = request.url.path
    try:
        fault = simulator.faults.api_fault(request.method, path)
        if fault is not None:
            raise errors.error_for_fault(fault.status, fault.retry_after)
        response = await answer()
    except RingCentralError as error:
        response = _error_response(error)
    simulator.requests.add(request.method, path, response.status_code, caller.user_key if caller else None)
    return response


async def within_rate_limit(
    simulator: Simulator, who: object, group: Group, answer: Callable[[], Awaitable[Response]]
) -> Response:
    """Answer if the rate limit allows it, and say in the response, errors too, how much of it is left."""
    verdict = simulator.rate_limits.count(who, group)
    try:
        if verdict.retry_after is not None:
            raise errors.rate_exceeded(verdict.retry_after)
        response = await answer()
    except RingCentralError as error:
        response = _error_response(error)
    response.headers.update(verdict.headers())
    return response


async def unknown_path(request: Request) -> Response:
    """A path or method that the API does not have."""

    async def answer() -> Response:
        raise errors.invalid_uri()

    return await serve(request, answer, None)


def _log_in(simulator: Simulator, authorization: str) -> tuple[AppUser, User] | RingCentralError:
    """Who makes a request, or the error to answer if nobody does."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return errors.authorization_missing()
    if not token.strip():
        return errors.token_unparsable()
    try:
        caller = simulator.tokens.find(token.strip()).holder
    except RingCentralError as error:
        return error
    user = simulator.users.find(caller.user_key)
    return errors.token_not_found() if user is None else (caller, user)


def _check_permission(simulator: Simulator, request: Request) -> None:
    """An app may do only what it has the permission for."""
    permission = permissions.needed(request.method, request.url.path)
    if permission is not None and permission in simulator.faults.missing_permissions:
        raise errors.AppPermissionMissing(permission)


def _check_account(user: User, path: Mapping[str, str]) -> None:
    """A path names the caller's own account, by its id or by `~`."""
    account_id = path.get("account_id", "~")
    if account_id not in {"~", user.account_id} and not choices.sees_every_account(user):
        raise errors.not_found("accountId")


def _error_response(error: RingCentralError) -> Response:
    response = json_response(error.body(), error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(error.retry_after)
    return response
