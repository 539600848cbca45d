"""One value in Secrets Manager, as a struct in JSON."""

from typing import Generic, TypeVar

import msgspec

from rollcall.adapters.aws import JsonService

_T = TypeVar("_T", bound=msgspec.Struct)


class Secret(Generic[_T]):
    """Reads and writes the value. Raises `StorageFailed`."""

    def __init__(self, service: JsonService, arn: str, shape: type[_T]) -> None:
        self._service = service
        self._arn = arn
        self._shape = shape

    def read(self) -> _T:
        """The value as it stands."""
        answer = self._service.call("GetSecretValue", {"SecretId": self._arn})
        return msgspec.json.decode(answer["SecretString"], type=self._shape)

    def write(self, value: _T) -> None:
        """Replace the value."""
        text = msgspec.json.encode(value).decode()
        self._service.call("PutSecretValue", {"SecretId": self._arn, "SecretString": text})
