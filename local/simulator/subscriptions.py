"""Subscriptions: who gets which notifications, and until when. No I/O; the handshake is done before `create`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from local.simulator import choices, errors
from local.simulator.clock import Clock, iso_milliseconds
from local.simulator.filters import DisabledFilter, Filter, ReminderFilter, TelephonyFilter, read_filter
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Owner, PartyEvent
from local.simulator.users import AppUser, User
from local.simulator.views import API, Json

DEFAULT_SECONDS: Final = 604_800
"""The lifetime of a subscription that asks for none: seven days (examples of the documentation)."""
MAX_SECONDS: Final = 315_360_000
"""The longest lifetime: ten years (RingCentral's SDK)."""
MAX_PER_USER: Final = 30
"""Subscriptions of one user with one app (RingCentral's SDK)."""


@dataclass(frozen=True, slots=True)
class FilterSet:
    """The event filters of a subscription: those in force and those refused."""

    enabled: tuple[Filter, ...]
    disabled: tuple[DisabledFilter, ...]


@dataclass(slots=True)
class Subscription:
    """One webhook subscription. It belongs to the user and the app that created it.

    `failures` counts the deliveries in a row that failed; suspending a subscription for too many would begin there.
    """

    id: str
    holder: AppUser
    address: str
    verification_token: str | None
    filters: FilterSet
    lifetime: int
    created_at: datetime
    expires_at: datetime
    failures: int = field(default=0, compare=False)

    def wants(self, event: PartyEvent) -> bool:
        """Whether an event is for this subscription. It gets one notification, however many of its filters fit."""
        return any(f.lets_through(event) for f in self.filters.enabled if isinstance(f, TelephonyFilter))


def read_filters(texts: Sequence[str], user: User) -> FilterSet:
    """Read the event filters of a request. Some may be bad; raises a RingCentralError if none is of use."""
    read = [read_filter(text, user) for text in texts]
    enabled = tuple(f for f in read if not isinstance(f, DisabledFilter))
    disabled = tuple(f for f in read if isinstance(f, DisabledFilter))
    if not enabled:
        if disabled and all(f.reason == choices.OTHER_ACCOUNT_REASON for f in disabled):
            raise errors.other_account()
        raise errors.invalid_filters(texts)
    if all(isinstance(f, ReminderFilter) for f in enabled):
        raise errors.only_reminder_filter()
    return FilterSet(enabled, disabled)


def check_lifetime(seconds: int | None) -> None:
    """Raise a RingCentralError (400) for a lifetime out of bounds."""
    if seconds is not None and not 1 <= seconds <= MAX_SECONDS:
        raise errors.invalid_parameter("expiresIn")


class Subscriptions:
    """All subscriptions, also expired ones: only those can be told from ones that never were."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self._clock = clock
        self._identifiers = identifiers
        self._subscriptions: dict[str, Subscription] = {}

    def check_room(self, holder: AppUser) -> None:
        """Raise a RingCentralError (403) if the user can have no further subscription with this app."""
        if len(self.of(holder)) >= MAX_PER_USER:
            raise errors.subscriptions_limit()

    def create(
        self, holder: AppUser, address: str, verification_token: str | None, filters: FilterSet, lifetime: int
    ) -> Subscription:
        """Add a subscription."""
        now = self._clock()
        subscription = Subscription(
            self._identifiers.uuid(),
            holder,
            address,
            verification_token,
            filters,
            lifetime,
            now,
            now + timedelta(seconds=lifetime),
        )
        self._subscriptions[subscription.id] = subscription
        return subscription

    def of(self, holder: AppUser) -> list[Subscription]:
        """The live subscriptions of a user with an app."""
        return [s for s in self._live() if s.holder == holder]

    def find(self, subscription_id: str, holder: AppUser) -> Subscription:
        """A live subscription of this user and app. Raises a RingCentralError (404) for any other."""
        for subscription in self.of(holder):
            if subscription.id == subscription_id:
                return subscription
        raise errors.not_found("subscriptionId")

    def renew(self, subscription_id: str, holder: AppUser) -> Subscription:
        """Begin the lifetime anew. Raises a RingCentralError (404) if it is over, with a code of its own."""
        expired = self._subscriptions.get(subscription_id)
        if expired is not None and expired.holder == holder and not self._is_live(expired):
            raise errors.subscription_expired(subscription_id)
        subscription = self.find(subscription_id, holder)
        self.prolong(subscription)
        return subscription

    def prolong(self, subscription: Subscription) -> None:
        """Let the subscription live for its whole lifetime from now on."""
        subscription.expires_at = self._clock() + timedelta(seconds=subscription.lifetime)

    def delete(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        del self._subscriptions[subscription.id]

    def receivers(self, event: PartyEvent) -> list[Subscription]:
        """The live subscriptions that an event is for."""
        return [subscription for subscription in self._live() if subscription.wants(event)]

    def others_than(self, user_key: Owner) -> list[Subscription]:
        """The subscriptions of everybody else."""
        return [s for s in self._subscriptions.values() if s.holder.user_key != user_key]

    def body(self, subscription: Subscription, base_url: str) -> Json:
        """A subscription as the API answers it (RingCentral's SDK: SubscriptionInfo), without verification token."""
        body: Json = {
            "uri": f"{base_url}{API}/subscription/{subscription.id}",
            "id": subscription.id,
            "eventFilters": [f.uri for f in subscription.filters.enabled],
            "creationTime": iso_milliseconds(subscription.created_at),
            "expirationTime": iso_milliseconds(subscription.expires_at),
            "expiresIn": int((subscription.expires_at - self._clock()).total_seconds()),
            "status": "Active",
            "deliveryMode": {"transportType": "WebHook", "address": subscription.address, "encryption": False},
        }
        if subscription.filters.disabled:
            body["disabledFilters"] = [
                {"filter": f.uri, "reason": f.reason, "message": f.message} for f in subscription.filters.disabled
            ]
        return body

    def _live(self) -> Iterator[Subscription]:
        return (s for s in self._subscriptions.values() if self._is_live(s))

    def _is_live(self, subscription: Subscription) -> bool:
        return self._clock() < subscription.expires_at
