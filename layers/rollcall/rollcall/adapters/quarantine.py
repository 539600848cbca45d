"""Requests that were authentic but could not be decoded, kept in S3 as they came, for somebody to look at."""

import time
import uuid

from rollcall.adapters.bucket import Bucket
from rollcall.core.errors import UndecodableNotification


class Quarantine(Bucket):
    """A bucket whose lifecycle deletes everything after 14 days."""

    def put(self, body: bytes, error: UndecodableNotification) -> str:
        """Keep the body with the reason. Returns the object's key: `<date>/<reason>/<uuid>`. Raises `StorageFailed`."""
        key = f"{time.strftime('%Y-%m-%d', time.gmtime())}/{error.reason}/{uuid.uuid4()}"
        # A header holds no line breaks and nothing but ASCII.
        detail = " ".join(error.detail.split()).encode("ascii", "backslashreplace").decode()[:512]
        detail = "".join(letter for letter in detail if letter.isprintable())
        self._put(key, body, {"reason": error.reason, "detail": detail})
        return key
