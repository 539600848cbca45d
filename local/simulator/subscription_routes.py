"""The endpoints of subscriptions. Their paths, groups and statuses are RingCentral's."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from local.simulator import handshake, subscriptions
from local.simulator.api_bodies import CreateSubscription, UpdateSubscription, read_body
from local.simulator.filter_sets import FilterSet, read_filters
from local.simulator.gateway import ApiCall, api_endpoint, json_response
from local.simulator.rate_limits import Group
from local.simulator.subscription_views import subscription_body
from local.simulator.subscriptions import Subscription
from local.simulator.views import API, Json

_COLLECTION = f"{API}/subscription"
_ONE = f"{_COLLECTION}/{{subscription_id}}"


async def create_subscription(call: ApiCall) -> Response:
    """A new subscription; the webhook is asked before it is answered (documentation, Creating webhooks)."""
    simulator = call.simulator
    body = read_body(call.body, CreateSubscription)
    subscriptions.check_lifetime(body.expires_in)
    lifetime = body.expires_in or subscriptions.DEFAULT_SECONDS
    filters = _read_filters(call, body.event_filters, lifetime)
    simulator.subscriptions.check_room(call.caller)

    address = body.delivery_mode.address
    handshake.check_address(address)
    token = simulator.identifiers.uuid()
    handshake.check_response(await simulator.delivery.handshake(address, token), token)

    subscription = simulator.subscriptions.create(
        call.caller, address, body.delivery_mode.verification_token, filters, lifetime
    )
    return _answer(call, subscription)


async def list_subscriptions(call: ApiCall) -> Response:
    """The caller's subscriptions with the app that asks (documentation, Get Subscription List)."""
    records = [_body(call, subscription) for subscription in call.simulator.subscriptions.of(call.caller)]
    return json_response({"uri": f"{call.base_url}{_COLLECTION}", "records": records})


async def read_subscription(call: ApiCall) -> Response:
    """One subscription."""
    return _answer(call, _find(call))


async def update_subscription(call: ApiCall) -> Response:
    """Other filters, another lifetime, or neither; a renewal in every case."""
    body = read_body(call.body, UpdateSubscription)
    subscriptions.check_lifetime(body.expires_in)
    subscription = _find(call)
    lifetime = body.expires_in or subscription.lifetime
    if body.event_filters is not None:
        subscription.filters = _read_filters(call, body.event_filters, lifetime)
    subscription.lifetime = lifetime
    call.simulator.subscriptions.prolong(subscription)
    return _answer(call, subscription)


async def renew_subscription(call: ApiCall) -> Response:
    """The same lifetime once more."""
    return _answer(call, call.simulator.subscriptions.renew(call.path["subscription_id"], call.caller))


async def delete_subscription(call: ApiCall) -> Response:
    """End a subscription."""
    call.simulator.forget_subscription(_find(call))
    return Response(status_code=204)


def _find(call: ApiCall) -> Subscription:
    return call.simulator.subscriptions.find(call.path["subscription_id"], call.caller)


def _read_filters(call: ApiCall, texts: Sequence[str], lifetime: int) -> FilterSet:
    return read_filters(texts, call.user, lifetime, call.simulator.faults.disables_filter)


def _body(call: ApiCall, subscription: Subscription) -> Json:
    return subscription_body(subscription, call.simulator.clock(), call.base_url)


def _answer(call: ApiCall, subscription: Subscription) -> Response:
    return json_response(_body(call, subscription))


ROUTES = [
    Route(_COLLECTION, api_endpoint(Group.MEDIUM, create_subscription), methods=["POST"]),
    Route(_COLLECTION, api_endpoint(Group.LIGHT, list_subscriptions), methods=["GET"]),
    Route(_ONE, api_endpoint(Group.LIGHT, read_subscription), methods=["GET"]),
    Route(_ONE, api_endpoint(Group.MEDIUM, update_subscription), methods=["PUT"]),
    Route(_ONE, api_endpoint(Group.MEDIUM, delete_subscription), methods=["DELETE"]),
    Route(f"{_ONE}/renew", api_endpoint(Group.LIGHT, renew_subscription), methods=["POST"]),
]
