"""One value in Secrets Manager, as a struct in JSON."""

from typing import Generic, TypeVar

import msgspec

from rollcall.adapters.aws import AwsService

_T = TypeVar("_T", bound=msgspec.Struct)


class Secret(Generic[_T]):
    """Reads and writes the value. Raises `StorageFailed`."""

    def __init__(self, secretsmanager: AwsService, arn: str, shape: type[_T]) -> None:
        self._secretsmanager = secretsmanager
        self._arn = arn
        self._shape = shape

    def read(self) -> _T:
        """The current value."""
        response = self._secretsmanager.call("get_secret_value", SecretId=self._arn)
        return msgspec.json.decode(response["SecretString"], type=self._shape)

    def write(self, value: _T) -> None:
        """Replace the value. botocore adds the ClientRequestToken, which makes a retry of the same write idempotent."""
        self._secretsmanager.call(
            "put_secret_value", SecretId=self._arn, SecretString=msgspec.json.encode(value).decode()
        )
