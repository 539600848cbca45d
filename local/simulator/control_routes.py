"""Control calls: what goes wrong, what becomes of subscriptions, what was asked of the API, and beginning anew."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulator import choices, errors
from local.simulator.control_bodies import read_control
from local.simulator.control_endpoint import control_endpoint
from local.simulator.faults import Faults
from local.simulator.gateway import json_response
from local.simulator.health import connection_reason
from local.simulator.replay import SPEED, read_recordings, read_speed, spaced
from local.simulator.simulator import Simulator
from local.simulator.subscription_views import control_body
from local.simulator.subscriptions import Subscription

_SUBSCRIPTION = "/simulator/subscriptions/{subscription_id}"


async def list_requests(simulator: Simulator, _request: Request) -> Response:
    """Every API request served, oldest first."""
    return json_response(simulator.requests.entries)


async def list_subscriptions(simulator: Simulator, _request: Request) -> Response:
    """Every subscription of everybody, also those that are expired or suspended."""
    now = simulator.clock()
    return json_response([control_body(subscription, now) for subscription in simulator.subscriptions.every()])


async def expire_subscription(simulator: Simulator, request: Request) -> Response:
    """End a subscription's lifetime now."""
    subscription = _subscription_of(simulator, request)
    simulator.expire_subscription(subscription)
    return _seen(simulator, subscription)


async def suspend_subscription(simulator: Simulator, request: Request) -> Response:
    """Suspend a subscription as if its webhook had failed."""
    subscription = _subscription_of(simulator, request)
    simulator.subscriptions.suspend(subscription, connection_reason(choices.SUSPENDED_BY_HAND_DETAILS))
    return _seen(simulator, subscription)


async def remove_subscription(simulator: Simulator, request: Request) -> Response:
    """Remove a subscription behind its owner's back. Answers how it was."""
    subscription = _subscription_of(simulator, request)
    simulator.forget_subscription(subscription)
    return _seen(simulator, subscription)


async def replay(simulator: Simulator, request: Request) -> Response:
    """Have recorded notifications sent once more."""
    recordings = read_recordings(await request.body())
    notifications = spaced(recordings, read_speed(request.query_params.get(SPEED, "1")))
    if simulator.replay(notifications) == 0:
        raise errors.incorrect_state()
    seconds = max((timed.after for timed in notifications), default=0.0)
    return json_response({"notifications": len(notifications), "seconds": round(seconds, 3)})


async def replace_faults(simulator: Simulator, request: Request) -> Response:
    """Put faults in force instead of those that are."""
    faults = read_control(await request.body(), Faults)
    simulator.faults.replace(faults)
    return json_response(msgspec.to_builtins(faults))


async def reset(simulator: Simulator, _request: Request) -> Response:
    """Forget all that control calls brought about."""
    simulator.reset()
    return Response(status_code=204)


def _subscription_of(simulator: Simulator, request: Request) -> Subscription:
    return simulator.subscriptions.of_anybody(request.path_params["subscription_id"])


def _seen(simulator: Simulator, subscription: Subscription) -> Response:
    return json_response(control_body(subscription, simulator.clock()))


ROUTES = [
    Route("/simulator/requests", control_endpoint(list_requests), methods=["GET"]),
    Route("/simulator/subscriptions", control_endpoint(list_subscriptions), methods=["GET"]),
    Route(f"{_SUBSCRIPTION}/expire", control_endpoint(expire_subscription), methods=["POST"]),
    Route(f"{_SUBSCRIPTION}/suspend", control_endpoint(suspend_subscription), methods=["POST"]),
    Route(f"{_SUBSCRIPTION}/remove", control_endpoint(remove_subscription), methods=["POST"]),
    Route("/simulator/replay", control_endpoint(replay), methods=["POST"]),
    Route("/simulator/faults", control_endpoint(replace_faults), methods=["PUT"]),
    Route("/simulator/reset", control_endpoint(reset), methods=["POST"]),
]
