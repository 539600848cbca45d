"""The quarantine: objects in a bucket, each with its reason in the key and its details in the metadata."""

from collections.abc import Collection, Generator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.pile import Contents, Entry

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_KEY_PARTS = 3


class Quarantined:
    """An object of the bucket."""

    def __init__(self, s3: "S3Client", bucket: str, entry: Entry) -> None:
        self._s3 = s3
        self._bucket = bucket
        self.entry = entry

    def read(self) -> Contents:
        """The body as it was posted."""
        found = self._s3.get_object(Bucket=self._bucket, Key=self.entry.id)
        about = {name: found["Metadata"].get(name, "") for name in ("reason", "detail")}
        return Contents(found["Body"].read(), about)

    def delete(self) -> None:
        """Delete the object."""
        self._s3.delete_object(Bucket=self._bucket, Key=self.entry.id)


class Quarantine:
    """A pile in a bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def find(self, ids: Collection[str] | None = None) -> Generator[Quarantined]:
        """Those of these keys that there are; without keys all."""
        for entry in self._all() if ids is None else self._these(ids):
            yield Quarantined(self._s3, self._bucket, entry)

    def _all(self) -> list[Entry]:
        # The whole list first: what a replay puts into quarantine anew is not replayed again.
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        return [
            Entry(found["Key"], _reason(found["Key"]), found["Size"], found["LastModified"])
            for page in pages
            for found in page.get("Contents", [])
        ]

    def _these(self, keys: Collection[str]) -> Generator[Entry]:
        for key in keys:
            try:
                found = self._s3.head_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] not in _ABSENT:
                    raise
            else:
                yield Entry(key, _reason(key), found["ContentLength"], found["LastModified"])


def _reason(key: str) -> str:
    """The reason in `<date>/<reason>/<uuid>`."""
    parts = key.split("/")
    return parts[1] if len(parts) == _KEY_PARTS else ""
