"""The simulator as a web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from local.simulator import (
    call_controls,
    choices,
    control_routes,
    reminders,
    sign_in_routes,
    subscription_routes,
    telephony_routes,
    token_routes,
    user_controls,
)
from local.simulator.clock import Clock, utc_now
from local.simulator.gateway import unknown_path
from local.simulator.identifiers import Identifiers
from local.simulator.rate_limits import RATE_LIMIT_HEADERS
from local.simulator.simulator import Simulator

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_CORS = Middleware(
    CORSMiddleware,
    allow_origin_regex=choices.LOCAL_ORIGIN,
    allow_methods=_METHODS,
    allow_headers=["*"],
    expose_headers=["Retry-After", *RATE_LIMIT_HEADERS],
)
"""A page on this machine may call everything. Nothing here goes by cookies, so none are let through."""


def create_app(clock: Clock = utc_now, identifiers: Identifiers | None = None) -> Starlette:
    """Make the application. Its simulator is `app.state.simulator`.

    Parameters
    ----------
    clock
        Answers the time now. It decides on expiry, reminders, suspension, rate limits and the host's time to join, not
        on delivery delays.
    identifiers
        Makes all identifiers and tokens; random ones by default.
    """
    simulator = Simulator(clock, identifiers or Identifiers())

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with simulator.delivery.running(), reminders.running(simulator):
            yield

    app = Starlette(
        routes=[
            *sign_in_routes.ROUTES,
            *token_routes.ROUTES,
            *subscription_routes.ROUTES,
            *telephony_routes.ROUTES,
            *user_controls.ROUTES,
            *call_controls.ROUTES,
            *control_routes.ROUTES,
            Route("/restapi/{path:path}", unknown_path, methods=_METHODS),
        ],
        middleware=[_CORS],
        lifespan=lifespan,
    )
    app.state.simulator = simulator
    return app
