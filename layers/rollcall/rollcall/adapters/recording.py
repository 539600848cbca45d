"""Notifications as they came, kept in S3 while an operator wants them."""

import uuid

import msgspec

from rollcall.adapters.bucket import Bucket
from rollcall.core.recording import Recorded


class Recordings(Bucket):
    """A bucket whose lifecycle deletes everything after 7 days."""

    def put(self, recorded: Recorded) -> None:
        """Keep it under a key that sorts by time: `<receivedAt>-<uuid>`. Raises `StorageFailed`."""
        self._put(f"{recorded.received_at}-{uuid.uuid4()}", msgspec.json.encode(recorded), {})
