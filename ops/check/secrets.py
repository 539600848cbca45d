"""Reading the stack's secrets, and what is wrong if they can't be read."""

from typing import TypeVar

import msgspec
from botocore.exceptions import ClientError

from ops.check.finding import Finding, error
from ops.check.installation import Installation

_T = TypeVar("_T", bound=msgspec.Struct)

# A secret that is marked for deletion is refused as an invalid request (API reference, GetSecretValue).
_MISSING = frozenset({"ResourceNotFoundException", "InvalidRequestException"})


def read_secret(installation: Installation, secret_id: str, shape: type[_T]) -> _T | Finding:
    """The secret's value, or why it can't be used."""
    try:
        value = installation.stack.secretsmanager.get_secret_value(SecretId=secret_id)["SecretString"]
    except ClientError as refused:
        if refused.response["Error"]["Code"] not in _MISSING:
            raise
        return error("secret-missing", f"The secret {secret_id} is gone, or marked for deletion")
    try:
        return msgspec.json.decode(value, type=shape)
    except msgspec.DecodeError as fault:
        return error("secret-malformed", f"The secret {secret_id} holds no JSON of the right shape: {fault}")
