"""The webhook subscription looks after itself: exactly one, active, with our address, filters and token."""

from datetime import UTC, datetime
from urllib.parse import quote

import msgspec

from rollcall.core.answers import decode_answer
from rollcall.core.errors import RingCentralNotFound
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
        """Make what there is at RingCentral what there should be. Returns whether it is so now: another run may be at
        it. Raises `RingCentralError` or `StorageFailed`; then the next run goes on from whatever was reached.
        """
        with self._leases.lease("subscription", LEASE_SECONDS) as ours:
            if ours:
                self._keep()
        return ours

    def end(self) -> None:
        """Delete every subscription of ours: this deployment is being taken down."""
        with self._leases.lease("subscription", LEASE_SECONDS) as ours:
            if ours:
                for found in ours_of(self._existing(), self._address, self._note.subscription()):
                    self._delete(found.id)

    def _keep(self) -> None:
        verification_token = self._token.current()
        wanted = Wanted(self._address, self._filters, digest(verification_token), self._api.owner_extension_id())
        steps = plan(self._existing(), wanted, self._note.subscription(), now=datetime.now(UTC))
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
