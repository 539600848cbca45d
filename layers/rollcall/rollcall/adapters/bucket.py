"""Objects into S3, which speaks another protocol than the rest and is hardly ever needed: so botocore, but not before.

Importing botocore and making the client takes longer than a cold start otherwise, so a function's buckets share one.
"""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from rollcall.adapters.aws import Patience
from rollcall.core.errors import StorageFailed

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3:
    """S3's client, made at the first use."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience

    @functools.cached_property
    def client(self) -> "S3Client":
        """The client."""
        import botocore.session  # noqa: PLC0415
        from botocore.config import Config  # noqa: PLC0415
        from botocore.handlers import add_expect_header  # noqa: PLC0415

        patience = Config(
            connect_timeout=self._patience.seconds,
            read_timeout=self._patience.seconds,
            retries={"mode": "standard", "total_max_attempts": self._patience.attempts},
        )
        client = botocore.session.get_session().create_client("s3", config=patience)
        # Otherwise botocore asks before it sends an object's content, and waits a second for S3 to say yes. That is
        # outside of all patience, and for objects as small as these of no use.
        client.meta.events.unregister("before-call.s3", add_expect_header)
        return cast("S3Client", client)


class Bucket:
    """What the buckets derive from."""

    def __init__(self, s3: S3, name: str) -> None:
        self._shared = s3
        self._name = name

    def _put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        """Write an object. Raises `StorageFailed`."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            self._s3.put_object(Bucket=self._name, Key=key, Body=body, Metadata=metadata)
        except ClientError as refusal:
            raise StorageFailed(refusal.response["Error"]["Code"]) from refusal
        except BotoCoreError as failure:
            raise StorageFailed(type(failure).__name__) from failure

    @property
    def _s3(self) -> "S3Client":
        return self._shared.client
