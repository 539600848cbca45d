"""Subscriptions: who gets which notifications, and until when. No I/O; the handshake is done before `create`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from local.simulator import choices, errors
from local.simulator.clock import Clock
from local.simulator.filter_sets import FilterSet
from local.simulator.filters import ReminderFilter, TelephonyFilter
from local.simulator.health import Health
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Owner, PartyEvent
from local.simulator.users import AppUser

DEFAULT_SECONDS: Final = 604_800
"""The lifetime of a subscription that asks for none: seven days (examples of the documentation)."""
MAX_SECONDS: Final = 315_360_000
"""The longest lifetime: ten years (RingCentral's SDK)."""
MAX_PER_USER: Final = 30
"""Subscriptions of one user with one app (RingCentral's SDK)."""


class SubscriptionStatus(StrEnum):
    """The state of a subscription; the API answers no Expired one."""

    ACTIVE = "Active"
    BLACKLISTED = "Blacklisted"
    EXPIRED = "Expired"


@dataclass(slots=True)
class Subscription:
    """One webhook subscription. It belongs to the user and the app that created it."""

    id: str
    holder: AppUser
    address: str
    verification_token: str | None
    filters: FilterSet
    lifetime: int
    created_at: datetime
    expires_at: datetime
    health: Health = field(default_factory=Health, compare=False)

    def status(self, now: datetime) -> SubscriptionStatus:
        """Its state at a time."""
        if now >= self.expires_at:
            return SubscriptionStatus.EXPIRED
        return SubscriptionStatus.ACTIVE if self.health.suspension is None else SubscriptionStatus.BLACKLISTED

    def wants(self, event: PartyEvent) -> bool:
        """Whether an event is for this subscription. It gets one notification, however many of its filters fit."""
        return any(f.lets_through(event) for f in self.filters.enabled if isinstance(f, TelephonyFilter))

    def due_reminders(self, after: datetime, until: datetime) -> list[ReminderFilter]:
        """The reminder filters for which a reminder falls due after one moment and until another."""
        reminders = [f for f in self.filters.enabled if isinstance(f, ReminderFilter)]
        return [f for f in reminders if f.is_due(self.expires_at, after, until)]

    def forget_failures(self) -> None:
        """Begin to count anew. A delivery that is under way counts no more; a suspension stays."""
        self.health = Health(suspension=self.health.suspension)


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
        """The live subscriptions of a user with an app, suspended ones too."""
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
        """Let the subscription live for its whole lifetime from now on. A suspended one stays suspended."""
        subscription.expires_at = self._clock() + timedelta(seconds=subscription.lifetime)
        if choices.RENEWAL_REVIVES_SUSPENDED:
            subscription.health = Health()

    def expire(self, subscription: Subscription) -> None:
        """End the lifetime now, unless it is over."""
        subscription.expires_at = min(subscription.expires_at, self._clock())

    def suspend(self, subscription: Subscription, reason: str) -> None:
        """Suspend a subscription. Raises a RingCentralError (409) if it is expired."""
        if not self._is_live(subscription):
            raise errors.incorrect_state()
        subscription.health.suspend(reason, self._clock())

    def delete(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        del self._subscriptions[subscription.id]

    def receivers(self, event: PartyEvent) -> list[Subscription]:
        """The active subscriptions that an event is for."""
        return [subscription for subscription in self.active() if subscription.wants(event)]

    def due_reminders(self, after: datetime, until: datetime) -> list[tuple[Subscription, ReminderFilter]]:
        """The active subscriptions for which a reminder falls due, each with the filter that asked for it."""
        return [(s, reminder) for s in self.active() for reminder in s.due_reminders(after, until)]

    def active(self) -> list[Subscription]:
        """The subscriptions to which notifications are sent."""
        now = self._clock()
        return [s for s in self._subscriptions.values() if s.status(now) is SubscriptionStatus.ACTIVE]

    def every(self) -> list[Subscription]:
        """All subscriptions of everybody, oldest first."""
        return list(self._subscriptions.values())

    def of_anybody(self, subscription_id: str) -> Subscription:
        """A subscription, whoever has it and whatever its state. Raises a RingCentralError (404) if there is none."""
        subscription = self._subscriptions.get(subscription_id)
        if subscription is None:
            raise errors.not_found("subscriptionId")
        return subscription

    def others_than(self, user_key: Owner) -> list[Subscription]:
        """The subscriptions of everybody else."""
        return [s for s in self._subscriptions.values() if s.holder.user_key != user_key]

    def _live(self) -> Iterator[Subscription]:
        return (s for s in self._subscriptions.values() if self._is_live(s))

    def _is_live(self, subscription: Subscription) -> bool:
        return subscription.status(self._clock()) is not SubscriptionStatus.EXPIRED
