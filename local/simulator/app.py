"""The simulator as a web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from local.simulator import control_routes, reminders, subscription_routes, telephony_routes, token_routes
from local.simulator.clock import Clock, utc_now
from local.simulator.gateway import unknown_path
from local.simulator.identifiers import Identifiers
from local.simulator.simulator import Simulator


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
            *token_routes.ROUTES,
            *subscription_routes.ROUTES,
            *telephony_routes.ROUTES,
            *control_routes.ROUTES,
            Route("/restapi/{path:path}", unknown_path, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ],
        lifespan=lifespan,
    )
    app.state.simulator = simulator
    return app
