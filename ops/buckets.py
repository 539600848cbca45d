"""Emptying a bucket, which CloudFormation does not: it fails to delete one that holds anything."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from ops.errors import OpsError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef


def empty(s3: "S3Client", bucket: str) -> int:
    """Delete every object, and every version of one. Returns how many. A bucket that is gone is empty.

    Raises an `OpsError` if S3 does not delete one of them.
    """
    deleted = 0
    try:
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            found: list[ObjectIdentifierTypeDef] = [
                {"Key": one["Key"], "VersionId": one["VersionId"]}
                for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            ]
            if not found:
                continue
            answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
            for failure in answer.get("Errors", []):
                raise OpsError(f"{bucket}: {failure.get('Key')} can't be deleted: {failure.get('Message')}")
            deleted += len(found)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("NoSuchBucket", "404"):
            raise
    return deleted
