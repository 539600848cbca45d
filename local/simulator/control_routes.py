"""The control calls: what people and their phones do, what goes wrong, what becomes of subscriptions, and what was
asked of the API.

They are not part of RingCentral. They need no token, count in no rate limit, and answer errors as {"message": …}.
"""

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.simulator import choices, errors
from local.simulator.control_bodies import HangUp, HostLeave, NewCall, NewUser, bad_input, read_control
from local.simulator.errors import RingCentralError
from local.simulator.faults import Faults
from local.simulator.gateway import Endpoint, json_response, simulator_of
from local.simulator.health import connection_reason
from local.simulator.replay import SPEED, read_recordings, read_speed, spaced
from local.simulator.sessions import Owner, PartyEvent
from local.simulator.simulator import Simulator
from local.simulator.subscription_views import control_body
from local.simulator.subscriptions import Subscription
from local.simulator.telephony import Remote
from local.simulator.tokens import ACCESS_TOKEN_SECONDS

_CONFERENCE = "/simulator/conferences/{session_id}"
_SUBSCRIPTION = "/simulator/subscriptions/{subscription_id}"
_Handler = Callable[[Simulator, Request], Awaitable[Response]]


def _control_endpoint(handler: _Handler) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            return await handler(simulator_of(request), request)
        except RingCentralError as error:
            return json_response({"message": error.message}, error.status)

    return endpoint


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


async def place_call(simulator: Simulator, request: Request) -> Response:
    """An answered direct call between a user and somebody else."""
    body = read_control(await request.body(), NewCall)
    agent = simulator.users.find(Owner(body.account_id, body.extension_id))
    if agent is None:
        raise errors.not_found("extensionId")
    if body.remote.extension_id == agent.extension_id:
        raise bad_input("remote.extensionId is the agent's own")
    remote = Remote(body.remote.name, body.remote.phone_number, body.remote.extension_id)
    call = simulator.telephony.place_call(agent, body.direction, remote)
    simulator.publish(call.events)
    return json_response({"telephonySessionId": call.telephony_session_id, "partyId": call.party_id}, 201)


async def hang_up(simulator: Simulator, request: Request) -> Response:
    """One side of a direct call hangs up."""
    body = read_control(await request.body(), HangUp)
    return _published(simulator, simulator.telephony.hang_up(request.path_params["session_id"], body.side))


async def host_join(simulator: Simulator, request: Request) -> Response:
    """The host's phone joins the conference."""
    conference = simulator.conferences.find(request.path_params["session_id"])
    host = simulator.users.find(conference.owner)
    if host is None:
        raise errors.not_found("extensionId")
    return _published(simulator, simulator.conferences.host_join(conference, host))


async def host_leave(simulator: Simulator, request: Request) -> Response:
    """The host's phone leaves the conference."""
    body = read_control(await request.body(), HostLeave)
    conference = simulator.conferences.find(request.path_params["session_id"])
    events = simulator.conferences.host_leave(conference, keep_conference_alive=body.keep_conference_alive)
    return _published(simulator, events)


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


def _published(simulator: Simulator, events: list[PartyEvent]) -> Response:
    simulator.publish(events)
    return json_response({"events": len(events)})


ROUTES = [
    Route("/simulator/users", _control_endpoint(put_user), methods=["POST"]),
    Route("/simulator/calls", _control_endpoint(place_call), methods=["POST"]),
    Route("/simulator/calls/{session_id}/hangup", _control_endpoint(hang_up), methods=["POST"]),
    Route(f"{_CONFERENCE}/host-join", _control_endpoint(host_join), methods=["POST"]),
    Route(f"{_CONFERENCE}/host-leave", _control_endpoint(host_leave), methods=["POST"]),
    Route("/simulator/requests", _control_endpoint(list_requests), methods=["GET"]),
    Route("/simulator/subscriptions", _control_endpoint(list_subscriptions), methods=["GET"]),
    Route(f"{_SUBSCRIPTION}/expire", _control_endpoint(expire_subscription), methods=["POST"]),
    Route(f"{_SUBSCRIPTION}/suspend", _control_endpoint(suspend_subscription), methods=["POST"]),
    Route(f"{_SUBSCRIPTION}/remove", _control_endpoint(remove_subscription), methods=["POST"]),
    Route("/simulator/replay", _control_endpoint(replay), methods=["POST"]),
    Route("/simulator/faults", _control_endpoint(replace_faults), methods=["PUT"]),
    Route("/simulator/reset", _control_endpoint(reset), methods=["POST"]),
]
