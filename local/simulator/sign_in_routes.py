"""The authorization endpoint: a page on which somebody signs in, and what they answer there.

Its parameters and the redirect are RingCentral's (documentation, Authorization code flow with PKCE). The page is the
simulator's own: nobody needs a password.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.simulator.apps import read_form
from local.simulator.authorization import CODE_SECONDS, Authorization, read_authorization
from local.simulator.errors import RingCentralError
from local.simulator.gateway import serve, simulator_of
from local.simulator.newcomers import Problem, read_newcomer, suggestion
from local.simulator.sessions import Owner
from local.simulator.sign_in_page import PATH, error_page, sign_in_page
from local.simulator.simulator import Simulator
from local.simulator.users import User


async def show_page(request: Request) -> Response:
    """The page on which somebody signs in."""
    simulator = simulator_of(request)

    async def answer() -> Response:
        try:
            asked = read_authorization(request.query_params)
        except RingCentralError as error:
            return error_page(error)
        users = simulator.users.added()
        return sign_in_page(asked, users, suggestion(users))

    return await serve(request, answer, None)


async def sign_in(request: Request) -> Response:
    """Back to the app: with a code for whoever was chosen, or with the news that nobody wanted to."""
    simulator = simulator_of(request)
    form = await read_form(request)

    async def answer() -> Response:
        try:
            asked = read_authorization(form)
            if "cancel" in form:
                return _back(asked, {"error": "access_denied"})
            user = _chosen(simulator, form)
        except RingCentralError as error:
            return error_page(error)
        except Problem as problem:
            users = simulator.users.added()
            return sign_in_page(asked, users, suggestion(users) | form, problem)
        code = simulator.codes.issue(asked, user.owner)
        return _back(asked, {"code": code, "expires_in": str(CODE_SECONDS)})

    return await serve(request, answer, None)


def _chosen(simulator: Simulator, form: Mapping[str, str]) -> User:
    """Somebody who is known, or else somebody new. Raises a Problem."""
    if "user" in form:
        account_id, _, extension_id = form["user"].partition("/")
        user = simulator.users.find(Owner(account_id, extension_id))
        if user is None:
            raise Problem("The simulator has forgotten them: it was reset")
        return user
    newcomer = read_newcomer(form)
    return simulator.users.put(
        newcomer.account_id, newcomer.extension_id, newcomer.name, newcomer.phone_number, admin=False
    )


def _back(asked: Authorization, parameters: dict[str, str]) -> Response:
    """To the page that asked, with its `state`."""
    if asked.state is not None:
        parameters["state"] = asked.state
    return RedirectResponse(f"{asked.redirect_uri}?{urlencode(parameters)}", 302, {"Cache-Control": "no-store"})


ROUTES = [Route(PATH, show_page, methods=["GET"]), Route(PATH, sign_in, methods=["POST"])]
