"""The webhook subscription at RingCentral: what there is, what there should be, and the steps from one to the other."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Literal

import msgspec

LIFETIME_SECONDS = 30 * 86400
"""What is asked for. RingCentral takes up to ten years; but what nobody looks after should not live for ever."""

RENEWED_BEFORE_SECONDS = 20 * 86400
"""With less than this left it is renewed: a third of the lifetime has passed, and there is ample time to try again."""

REMINDER_FILTER = "/restapi/v1.0/subscription/~?threshold=864000&interval=86400"
"""Ten days before the end RingCentral begins to remind, once a day (bounds: RingCentral's documentation)."""

_OWN_ACCOUNT = re.compile(r"/account/[^/?]+/")
_EXTENSION = re.compile(r"/extension/([^/?]+)/")


class DisabledFilter(msgspec.Struct, frozen=True):
    """A filter that RingCentral refused without refusing the subscription."""

    filter: str
    reason: str | None = None


class DeliveryMode(msgspec.Struct, frozen=True, rename="camel"):
    """Where a subscription's notifications go. The verification token is never answered."""

    transport_type: str | None = None
    address: str | None = None


class Subscription(msgspec.Struct, frozen=True, rename="camel"):
    """A subscription as RingCentral answers it (RingCentral's SDK: SubscriptionInfo)."""

    id: str
    status: str
    delivery_mode: DeliveryMode
    expiration_time: datetime | None = None
    event_filters: list[str] = []
    disabled_filters: list[DisabledFilter] = []


class Wanted(msgspec.Struct, frozen=True):
    """What there should be: one subscription with this address, these filters and this verification token.

    `owner_extension_id`: the extension of the login, for which `~` stands in filters.
    """

    address: str
    filters: tuple[str, ...]
    token_hash: str
    owner_extension_id: str


class Remembered(msgspec.Struct, frozen=True, rename="camel"):
    """The subscription that Rollcall made last, the hash of the verification token that RingCentral was given with it,
    and those before it that are still to be deleted.

    `ended`: the installation is being taken down, so no subscription is made before a deployment asks for one again.
    """

    subscription_id: str = ""
    token_hash: str = ""
    former: tuple[str, ...] = ()
    ended: bool = False


Reason = Literal["", "none", "not-active", "other-address", "other-filters", "other-token"]


class Plan(msgspec.Struct, frozen=True):
    """What to do, in this order: make a new one, or keep `keep` and perhaps renew it; then delete others.

    `reason` is why a new one is needed. One that still works is deleted only by a later run (`later`): with it would be
    lost what RingCentral has not yet sent for it, while two at a time only send some events twice.
    """

    create: bool
    reason: Reason
    keep: Subscription | None
    renew: bool
    delete: tuple[str, ...]
    later: tuple[str, ...] = ()


def plan(existing: Sequence[Subscription], wanted: Wanted, remembered: Remembered | None, *, now: datetime) -> Plan:
    """The steps from what there is to what there should be."""
    ours = ours_of(existing, wanted.address, remembered)
    faults = {found.id: _fault(found, wanted, remembered) for found in ours}
    keep = next((found for found in ours if not faults[found.id]), None)
    reason: Reason = "" if keep else next(iter(faults.values()), "none")
    others = [found for found in ours if found is not keep]
    at_once = [found.id for found in others if keep or found.status != "Active"]
    return Plan(
        create=keep is None,
        reason=reason,
        keep=keep,
        renew=keep is not None and _seconds_left(keep, now) < RENEWED_BEFORE_SECONDS,
        delete=tuple(at_once),
        later=tuple(found.id for found in others if found.id not in at_once),
    )


def ours_of(existing: Sequence[Subscription], address: str, remembered: Remembered | None) -> list[Subscription]:
    """Those with our address, and those that are remembered: their address was ours. Others are not touched."""
    known = {remembered.subscription_id, *remembered.former} if remembered else set()
    return [found for found in existing if found.delivery_mode.address == address or found.id in known]


def _fault(found: Subscription, wanted: Wanted, remembered: Remembered | None) -> Reason:
    if found.delivery_mode.address != wanted.address:
        return "other-address"
    if found.status != "Active":
        return "not-active"
    asked_for = [*found.event_filters, *(disabled.filter for disabled in found.disabled_filters)]
    if _comparable(asked_for, wanted) != _comparable(wanted.filters, wanted):
        return "other-filters"
    # Which token a subscription has can't be asked: one that is not remembered may have any.
    if remembered is None or (remembered.subscription_id, remembered.token_hash) != (found.id, wanted.token_hash):
        return "other-token"
    return ""


def _comparable(filters: Collection[str], wanted: Wanted) -> set[str]:
    """Filters with `~` for one's own account and extension: RingCentral answers concrete ids in their place."""

    def extension(match: re.Match[str]) -> str:
        return "/extension/~/" if match[1] == wanted.owner_extension_id else match[0]

    return {_EXTENSION.sub(extension, _OWN_ACCOUNT.sub("/account/~/", text)) for text in filters}


def _seconds_left(subscription: Subscription, now: datetime) -> float:
    if subscription.expiration_time is None:
        return 0
    return (subscription.expiration_time - now).total_seconds()
