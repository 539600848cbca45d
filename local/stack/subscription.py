"""Waiting for the webhook subscription, which Rollcall makes itself right after its deployment."""

import time
from typing import Any

import httpx

from local.stack.errors import StackError

_SECONDS = 30.0
_LOOK_SECONDS = 0.1


def wait_until_subscribed(ringcentral_url: str, webhook_url: str, within: float = _SECONDS) -> str:
    """The id of the active subscription for this webhook, as soon as RingCentral has one.

    Raises a `StackError` if it does not come.
    """
    deadline = time.monotonic() + within
    while True:
        found = [one for one in _subscriptions(ringcentral_url) if one["address"] == webhook_url]
        active = next((one for one in found if one["status"] == "Active"), None)
        if active:
            identifier: str = active["id"]
            return identifier
        if time.monotonic() > deadline:
            raise StackError(f"Rollcall has not subscribed to RingCentral's notifications within {within:.0f} s")
        time.sleep(_LOOK_SECONDS)


def _subscriptions(ringcentral_url: str) -> list[dict[str, Any]]:
    try:
        answer = httpx.get(f"{ringcentral_url}/simulator/subscriptions", timeout=_SECONDS, trust_env=False)
        subscriptions: list[dict[str, Any]] = answer.raise_for_status().json()
    except httpx.HTTPError as error:
        raise StackError(f"no word of subscriptions from {ringcentral_url}: {type(error).__name__}") from error
    return subscriptions
