"""The webhook subscription looks after itself: exactly one, active, with our address, filters and token."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from rollcall.core.answers import decode_answer
from rollcall.core.errors import RingCentralNotFound, SubscriptionBusy
from rollcall.core.identity import digest
from rollcall.core.subscription import (
    LIFETIME_SECONDS,
    REMINDER_FILTER,
    Remembered,
    Subscription,
    Wanted,
    ours_of,
    plan,
)
from rollcall.services.ports import CurrentToken, Leases, ServiceApi, SubscriptionNote
from rollcall.telemetry import count, logger

LEASE_SECONDS = 60
WAIT_SECONDS = 20.0
"""How long a run that must not be skipped waits for the lease. A run that has nothing to do holds it for a second."""

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.2, 2.0
_PATH = "/restapi/v1.0/subscription"


class _List(msgspec.Struct, frozen=True):
    records: list[Subscription] = []


class SubscriptionKeeper:
    """Runs every few minutes, at a reminder, and after a deployment. Two at once do no harm: one goes away again."""

    def __init__(
        self,
        api: ServiceApi,
        token: CurrentToken,
        note: SubscriptionNote,
        leases: Leases,
        *,
        address: str,
        filters: tuple[str, ...],
    ) -> None:
        self._api = api
        self._token = token
        self._note = note
        self._leases = leases
        self._address = address
        self._filters = (*filters, REMINDER_FILTER)

    def keep(self) -> bool:
        """Make what there is at RingCentral what there should be. Returns whether it is so now.

        It is not if another run is at it, or if the subscription was ended. Raises `RingCentralError` or
        `StorageFailed`; then the next run goes on from whatever was reached.
        """
        with self._leases.lease("subscription", LEASE_SECONDS) as ours:
            if not ours:
                return False
            remembered = self._note.subscription()
            if remembered and remembered.ended:
                logger.info("subscription ended, and not made again")
                return False
            self._keep(remembered)
        return True

    def begin(self) -> None:
        """Do the same for a deployment, which wants a subscription even if the last one was ended.

        Waits for a run that is under way. Raises `SubscriptionBusy` if that takes too long, and what `keep` raises.
        """
        with self._alone():
            remembered = self._note.subscription()
            if remembered and remembered.ended:
                remembered = msgspec.structs.replace(remembered, ended=False)
                self._note.remember_subscription(remembered)
            self._keep(remembered)

    def end(self) -> None:
        """Delete every subscription of ours, and note that none is to be made: this deployment is being taken down.

        The note comes first, so a scheduled run cannot make the subscription again, even if this one dies halfway.
        May be repeated. Waits for a run that is under way. Raises `SubscriptionBusy` if that takes too long,
        `RingCentralError` or `StorageFailed`.
        """
        with self._alone():
            remembered = msgspec.structs.replace(self._note.subscription() or Remembered(), ended=True)
            self._note.remember_subscription(remembered)
            for found in ours_of(self._existing(), self._address, remembered):
                self._delete(found.id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lease. Raises `SubscriptionBusy` if it does not become free in time."""
        deadline, longest = time.monotonic() + WAIT_SECONDS, _FIRST_PAUSE_SECONDS
        while True:
            with self._leases.lease("subscription", LEASE_SECONDS) as ours:
                if ours:
                    yield
                    return
            if time.monotonic() >= deadline:
                raise SubscriptionBusy(WAIT_SECONDS)
            time.sleep(random.uniform(longest / 2, longest))  # noqa: S311  # not a secret
            longest = min(2 * longest, _LONGEST_PAUSE_SECONDS)

    def _keep(self, remembered: Remembered | None) -> None:
        verification_token = self._token.current()
        wanted = Wanted(self._address, self._filters, digest(verification_token), self._api.owner_extension_id())
        steps = plan(self._existing(), wanted, remembered, now=datetime.now(UTC))
        kept = steps.keep
        if steps.create:
            kept = self._create(verification_token)
            # If the process dies before this note, the next run finds a subscription whose token it can't know, and
            # replaces it.
            self._note.remember_subscription(Remembered(kept.id, wanted.token_hash, former=steps.later))
            logger.info("subscription made", subscriptionId=kept.id, reason=steps.reason)
            count("SubscriptionsMade")
        elif kept and steps.renew:
            self._renew(kept.id)
        for subscription_id in steps.delete:
            self._delete(subscription_id)
        if kept and kept.disabled_filters:
            logger.error("filters disabled", filters=[disabled.filter for disabled in kept.disabled_filters])
            count("FiltersDisabled", len(kept.disabled_filters))

    def _existing(self) -> list[Subscription]:
        return decode_answer(self._api.call("light", "GET", _PATH), _List).records

    def _create(self, verification_token: str) -> Subscription:
        mode = {"transportType": "WebHook", "address": self._address, "verificationToken": verification_token}
        request = {"eventFilters": self._filters, "expiresIn": LIFETIME_SECONDS, "deliveryMode": mode}
        return decode_answer(self._api.call("medium", "POST", _PATH, request), Subscription)

    def _renew(self, subscription_id: str) -> None:
        try:
            self._api.call("light", "POST", f"{_PATH}/{quote(subscription_id, safe='')}/renew")
        except RingCentralNotFound:
            logger.warning("subscription gone before it was renewed", subscriptionId=subscription_id)
        else:
            count("SubscriptionsRenewed")

    def _delete(self, subscription_id: str) -> None:
        try:
            self._api.call("medium", "DELETE", f"{_PATH}/{quote(subscription_id, safe='')}")
        except RingCentralNotFound:
            return
        logger.info("subscription deleted", subscriptionId=subscription_id)
        count("SubscriptionsDeleted")
