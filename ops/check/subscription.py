"""The webhook subscription, judged by the same rules by which Rollcall keeps it (rollcall.core.subscription)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec

from ops.check.access import Access
from ops.check.finding import Finding, NotRun, error, ok, warning
from ops.check.installation import Installation
from ops.check.secrets import read_secret
from ops.errors import OpsError
from ops.verification_secret import VerificationTokens
from rollcall.core.identity import digest
from rollcall.core.subscription import (
    REMINDER_FILTER,
    RENEWED_BEFORE_SECONDS,
    Reason,
    Remembered,
    Subscription,
    Wanted,
    plan,
)

SUBSCRIPTION = "subscription"

_OVERDUE_SECONDS = RENEWED_BEFORE_SECONDS - 2 * 86400
"""Rollcall renews it before so little is left, every few minutes anew. Two days later something is in the way."""

FAULTS: dict[Reason, tuple[str, str]] = {
    "none": ("subscription-missing", "RingCentral has no webhook subscription for this webhook"),
    "not-active": ("subscription-not-active", "RingCentral has suspended the webhook subscription"),
    "other-address": ("subscription-address", "The webhook subscription posts to another address"),
    "other-filters": ("subscription-filters", "The webhook subscription has other event filters than were chosen"),
    "other-token": (
        "subscription-token",
        "The webhook subscription was not made with the current verification token, as far as Rollcall knows",
    ),
}
"""Code and message of the finding, by the reason for which Rollcall would make a new subscription."""


class _List(msgspec.Struct, frozen=True):
    records: list[Subscription] = []


def subscription(installation: Installation, access: Access) -> Iterator[Finding]:
    """Whether RingCentral would post every notification to this webhook, with a token that it takes."""
    if access.has_no_credentials():
        return  # the service has no subscription of its own, and the check of its login says so
    token = access.service_token()
    existing, remembered = _existing(access, token.value), _remembered(installation)
    if remembered and remembered.ended:
        yield error("subscription-ended", "The subscription was ended, and is not made again before a deployment")
        return
    steps = plan(existing, _wanted(installation, access), remembered, now=datetime.now(UTC))
    if steps.reason:
        code, message = FAULTS[steps.reason]
        yield error(code, message + _details(steps.reason, existing))
    elif steps.keep:
        yield from _kept(steps.keep)


def _kept(kept: Subscription) -> Iterator[Finding]:
    left = (kept.expiration_time - datetime.now(UTC)) if kept.expiration_time else timedelta()
    if kept.disabled_filters:
        refused = ", ".join(f"{disabled.filter} ({disabled.reason})" for disabled in kept.disabled_filters)
        yield error("subscription-filters-disabled", f"RingCentral has disabled event filters: {refused}")
    if left.total_seconds() < _OVERDUE_SECONDS:
        yield warning("subscription-expiring", f"The webhook subscription ends in {left.days} days and is not renewed")
    elif not kept.disabled_filters:
        yield ok(SUBSCRIPTION, f"active for {left.days} days more, with this webhook's address, filters and token")


def _existing(access: Access, token: str) -> list[Subscription]:
    try:
        reply = access.api().get("/subscription", token)
    except OpsError as failure:
        raise NotRun(str(failure)) from None
    if reply.status != httpx.codes.OK:
        raise NotRun(f"RingCentral does not list its subscriptions: {reply.status} {reply.error().reason}")
    return msgspec.json.decode(reply.body, type=_List).records


def _remembered(installation: Installation) -> Remembered | None:
    """The note that the subscription function left (adapters/lease_table.py)."""
    table = installation.settings().connection_table
    key = {"pk": {"S": "NOTE#subscription"}, "sk": {"S": "NOTE"}}
    item = installation.stack.dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
    if not item:
        return None
    return Remembered(
        item["subscriptionId"]["S"], item["tokenHash"]["S"], ended=item.get("ended", {}).get("BOOL", False)
    )


def _wanted(installation: Installation, access: Access) -> Wanted:
    settings = installation.settings()
    secret = read_secret(installation, settings.verification_secret_arn, VerificationTokens)
    if isinstance(secret, Finding):
        raise NotRun(secret.message)
    filters = (*settings.event_filters.split(","), REMINDER_FILTER)
    return Wanted(settings.webhook_url, filters, digest(secret.current), str(access.login().owner_id))


def _details(reason: Reason, existing: list[Subscription]) -> str:
    if reason != "not-active":
        return ""
    return f": {', '.join(sorted({found.status for found in existing if found.status != 'Active'}))}"
