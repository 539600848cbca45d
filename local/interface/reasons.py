"""When each error of the WebSocket is told and each bye is said."""

from rollcall.core.errors import ByeReason, ErrorCode
from rollcall.core.identity import CONNECTION_EXPIRES_SOON_SECONDS, CONNECTION_GOOD_FOR_SECONDS
from rollcall.core.limits import (
    CONNECTIONS_PER_USER,
    FRAMES_AT_ONCE,
    LARGEST_FRAME_BYTES,
    MS_PER_FRAME,
    WATCHES_PER_CONNECTION,
)

ERRORS: dict[ErrorCode, str] = {
    "message-too-large": f"The frame has more than {LARGEST_FRAME_BYTES:,} bytes.",
    "invalid-json": "The frame is not JSON.",
    "unknown-action": "There is no such action, or the frame names none.",
    "invalid-message": "A field is missing, or not what it should be.",
    "too-many-subscriptions": f"The connection has {WATCHES_PER_CONNECTION} subscriptions.",
    "storage-failed": "DynamoDB could not be reached. The client may try again.",
}

BYES: dict[ByeReason, str] = {
    "expiring": f"The last {CONNECTION_EXPIRES_SOON_SECONDS // 60} minutes have begun. Said after each answer; the "
    "connection stays open, so the client can move over to another without a gap.",
    "expired": f"{CONNECTION_GOOD_FOR_SECONDS // 3600} hours have passed since it was opened. The connection ends.",
    "too-many-messages": f"More than {FRAMES_AT_ONCE} frames came at once, or in the long run more than "
    f"{60_000 // MS_PER_FRAME} a minute. The connection ends.",
    "too-many-connections": f"The user opened one more than {CONNECTIONS_PER_USER}; this one is the oldest. "
    "The connection ends.",
}

RETRIES = {
    "now": "At once.",
    "later": "After a while.",
    "never": "Not at all. No reason has this yet.",
}
