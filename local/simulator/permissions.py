"""The permissions of apps, which RingCentral gives in its developer console: what needs which. No I/O."""

import re
from collections.abc import Collection, Sequence

PERMISSIONS = ("CallControl", "ReadAccounts", "SubscriptionWebhook")
"""Those that the simulated part of the API needs (documentation, Application permissions)."""

# By method and path (documentation, the reference of each call: App Permission).
_NEEDED = (
    ("", re.compile("/telephony/"), "CallControl"),
    ("", re.compile("/extension/[^/]+$"), "ReadAccounts"),
    ("POST", re.compile("/subscription$"), "SubscriptionWebhook"),
)


def needed(method: str, path: str) -> str | None:
    """The permission that an app needs for this request; None if it needs none."""
    for for_method, pattern, permission in _NEEDED:
        if for_method in ("", method) and pattern.search(path):
            return permission
    return None


def scope(missing: Collection[str]) -> str:
    """What an app without some of the permissions is told with its token (SDK: TokenInfo)."""
    return " ".join(permission for permission in PERMISSIONS if permission not in missing)


def unknown(names: Sequence[str]) -> list[str]:
    """Those of these names that are no permission."""
    return [name for name in names if name not in PERMISSIONS]
