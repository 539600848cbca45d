"""What the authorizer found out, carried through API Gateway to the function that answers.

An HTTP API's authorizer can only refuse with a bare 403, and API Gateway would cache a passing failure as if it were an
answer. So the authorizer identifies and lets through, and each function refuses with a proper problem: `identity_from`
gives an identity or raises, and no function gets at one in any other way.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from rollcall.core.errors import (
    RingCentralFailed,
    RingCentralForbidden,
    RingCentralRateLimited,
    RingCentralUnavailable,
    RollcallError,
    StorageFailed,
    Unauthenticated,
)
from rollcall.core.identity import Identity

_RETRY_AFTER_SECONDS = 5


def context_of(identity: Identity) -> dict[str, str]:
    """The authorizer's context for a caller whom it knows."""
    return {"accountId": identity.account_id, "extensionId": identity.extension_id}


def context_of_error(error: RollcallError) -> dict[str, str]:
    """The authorizer's context for a caller whom it could not identify."""
    match error:
        case RingCentralRateLimited():
            return {"error": "rate-limited", "retryAfter": str(error.retry_after)}
        case RingCentralUnavailable():
            return {"error": "unavailable", "retryAfter": str(error.retry_after)}
        case RingCentralForbidden():
            return {"error": "forbidden"}
        case RingCentralFailed():
            return {"error": "unavailable", "retryAfter": str(_RETRY_AFTER_SECONDS)}
        case StorageFailed():
            return {"error": "storage"}
        case _:
            return {"error": "unauthenticated"}


def identity_from(context: Mapping[str, Any]) -> Identity:
    """The caller, or the error that kept the authorizer from knowing. Without a context nobody is known."""
    match context.get("error"):
        case None if context:
            return msgspec.convert(dict(context), Identity)
        case "rate-limited":
            raise RingCentralRateLimited(int(context["retryAfter"]))
        case "unavailable":
            raise RingCentralUnavailable(None, int(context["retryAfter"]))
        case "forbidden":
            raise RingCentralForbidden(403)
        case "storage":
            raise StorageFailed("authorizer")
        case _:
            raise Unauthenticated
