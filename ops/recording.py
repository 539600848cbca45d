"""Recording what RingCentral posts: turning it on for a while, and what was kept."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec

from ops.errors import OpsError
from ops.verification_secret import VerificationSecret
from rollcall.core.recording import Recorded

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MINUTES = 1440
"""A recording ends after a day at the latest."""

_AT_ONCE = 8
_IN_ONE_REQUEST = 1000


class Recording:
    """Whether it is on."""

    def __init__(self, secret: VerificationSecret, clock: Callable[[], float] = time.time) -> None:
        self._secret = secret
        self._clock = clock

    def start(self, minutes: int) -> int:
        """Record for so long from now on, whatever was said before. Returns until when, epoch seconds."""
        return self._set(int(self._clock()) + minutes * 60)

    def stop(self) -> None:
        """Record no more."""
        self._set(0)

    def until(self) -> int | None:
        """Until when, epoch seconds; None: nothing is recorded."""
        until = self._secret.read().record_until
        return until if until > self._clock() else None

    def _set(self, until: int) -> int:
        return self._secret.change(lambda there: msgspec.structs.replace(there, record_until=until)).record_until


class Recordings:
    """What was kept."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def keys(self, since: str = "") -> list[str]:
        """Oldest first. `since`: a time as the keys begin with it, in UTC."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, StartAfter=since)
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def read(self, since: str = "") -> list[Recorded]:
        """All that was received since, oldest first. Raises an `OpsError` for an object that is none of Rollcall's."""
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(self._read, self.keys(since)))

    def delete(self) -> int:
        """Delete all for good. Returns how many."""
        keys = self.keys()
        for start in range(0, len(keys), _IN_ONE_REQUEST):
            some = [{"Key": key} for key in keys[start : start + _IN_ONE_REQUEST]]
            answer = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": some, "Quiet": True})  # type: ignore[typeddict-item]
            if errors := answer.get("Errors"):
                raise OpsError(f"{len(errors)} recordings could not be deleted: {errors[0].get('Code')}")
        return len(keys)

    def _read(self, key: str) -> Recorded:
        found = self._s3.get_object(Bucket=self._bucket, Key=key)
        try:
            return msgspec.json.decode(found["Body"].read(), type=Recorded)
        except msgspec.DecodeError as error:
            raise OpsError(f"{key} is no recording: {error}") from error
