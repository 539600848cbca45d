"""How a subscription looks from outside: in the API's answers, and to the control calls."""

from datetime import datetime

from local.simulator.clock import iso_milliseconds
from local.simulator.filter_sets import FilterSet
from local.simulator.subscriptions import Subscription
from local.simulator.views import API, Json


def subscription_body(subscription: Subscription, now: datetime, base_url: str) -> Json:
    """A subscription as the API answers it (RingCentral's SDK: SubscriptionInfo), without verification token."""
    body: Json = {
        "uri": f"{base_url}{API}/subscription/{subscription.id}",
        "id": subscription.id,
        "eventFilters": _event_filters(subscription.filters),
        "creationTime": iso_milliseconds(subscription.created_at),
        "expirationTime": iso_milliseconds(subscription.expires_at),
        "expiresIn": int((subscription.expires_at - now).total_seconds()),
        "status": subscription.status(now),
        "deliveryMode": {"transportType": "WebHook", "address": subscription.address, "encryption": False},
    }
    if subscription.filters.disabled:
        body["disabledFilters"] = _disabled_filters(subscription.filters)
    suspension = subscription.health.suspension
    if suspension is not None:
        body["blacklistedData"] = {"blacklistedAt": iso_milliseconds(suspension.at), "reason": suspension.reason}
    return body


def control_body(subscription: Subscription, now: datetime) -> Json:
    """A subscription as the control calls answer it, with what the API keeps to itself."""
    holder = subscription.holder.user_key
    return {
        "id": subscription.id,
        "status": subscription.status(now),
        "address": subscription.address,
        "eventFilters": _event_filters(subscription.filters),
        "disabledFilters": _disabled_filters(subscription.filters),
        "expirationTime": iso_milliseconds(subscription.expires_at),
        "accountId": holder.account_id,
        "extensionId": holder.extension_id,
        "failures": subscription.health.failures,
        "verificationToken": subscription.verification_token,
    }


def _event_filters(filters: FilterSet) -> list[str]:
    return [f.uri for f in filters.enabled]


def _disabled_filters(filters: FilterSet) -> list[Json]:
    return [{"filter": f.uri, "reason": f.reason, "message": f.message} for f in filters.disabled]
