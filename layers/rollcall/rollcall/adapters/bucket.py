"""Objects into S3."""

from collections.abc import Mapping

from rollcall.adapters.aws import AwsService


class Bucket:
    """Base of the buckets."""

    def __init__(self, s3: AwsService, name: str) -> None:
        self._s3 = s3
        self._name = name

    def _put(self, key: str, body: bytes, metadata: Mapping[str, str]) -> None:
        """Write an object. Raises `StorageFailed`."""
        self._s3.call("put_object", Bucket=self._name, Key=key, Body=body, Metadata=metadata)
