"""Requests that were authentic but could not be decoded, kept in S3 as they came, for somebody to look at."""

import functools
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from rollcall.adapters.aws import storage_errors
from rollcall.core.errors import UndecodableNotification

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Quarantine:
    """A bucket whose lifecycle deletes everything after 14 days."""

    def __init__(self, client: Callable[[], "S3Client"], bucket: str) -> None:
        """`client` makes the client when it is needed, which is hardly ever: making one takes time at a cold start."""
        self._client = functools.cache(client)
        self._bucket = bucket

    def put(self, body: bytes, error: UndecodableNotification) -> str:
        """Keep the body with the reason. Returns the object's key: `<date>/<reason>/<uuid>`."""
        key = f"{time.strftime('%Y-%m-%d', time.gmtime())}/{error.reason}/{uuid.uuid4()}"
        detail = error.detail.encode("ascii", "backslashreplace").decode()[:512]
        metadata = {"reason": error.reason, "detail": detail}
        with storage_errors():
            self._client().put_object(Bucket=self._bucket, Key=key, Body=body, Metadata=metadata)
        return key
