"""Requests that were authentic but could not be decoded, kept in S3 as they came, for somebody to look at."""

import functools
import time
import uuid
from typing import TYPE_CHECKING, cast

from rollcall.adapters.aws import Patience
from rollcall.core.errors import StorageFailed, UndecodableNotification

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Quarantine:
    """A bucket whose lifecycle deletes everything after 14 days."""

    def __init__(self, bucket: str, patience: Patience) -> None:
        self._bucket = bucket
        self._patience = patience

    def put(self, body: bytes, error: UndecodableNotification) -> str:
        """Keep the body with the reason. Returns the object's key: `<date>/<reason>/<uuid>`."""
        # S3 speaks another protocol than the rest, and is hardly ever needed: so botocore, and not before it is.
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        key = f"{time.strftime('%Y-%m-%d', time.gmtime())}/{error.reason}/{uuid.uuid4()}"
        # A header holds no line breaks and nothing but ASCII.
        detail = " ".join(error.detail.split()).encode("ascii", "backslashreplace").decode()[:512]
        detail = "".join(letter for letter in detail if letter.isprintable())
        metadata = {"reason": error.reason, "detail": detail}
        try:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, Metadata=metadata)
        except ClientError as refusal:
            raise StorageFailed(refusal.response["Error"]["Code"]) from refusal
        except BotoCoreError as failure:
            raise StorageFailed(type(failure).__name__) from failure
        return key

    @functools.cached_property
    def _s3(self) -> "S3Client":
        import botocore.session  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415

        patience = Config(
            connect_timeout=self._patience.seconds,
            read_timeout=self._patience.seconds,
            retries={"mode": "standard", "total_max_attempts": self._patience.attempts},
        )
        return cast("S3Client", botocore.session.get_session().create_client("s3", config=patience))
