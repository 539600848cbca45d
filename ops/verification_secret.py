"""The secret with the verification tokens, changed by one command without undoing what another does at the same time.

Secrets Manager has no conditional write. But it moves the label `AWSCURRENT` only away from a version that is named:
so a new value is written without the label, and then takes it over from the very version from which it was made.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import ClientError

from ops.errors import OpsError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

ATTEMPTS = 10
CURRENT = "AWSCURRENT"
NEW = "ROLLCALL-NEW"
"""The label of a value on its way. Whoever else writes takes it away, and one of both then has to try again."""

_OVERTAKEN = frozenset({"InvalidParameterException", "ResourceNotFoundException"})


class VerificationTokens(msgspec.Struct, frozen=True, omit_defaults=True):
    """The secret. `next` and `previous` are "" except during a rotation; `record_until` is in epoch seconds, 0: off."""

    current: str
    previous: str = ""
    next: str = ""
    record_until: int = msgspec.field(default=0, name="recordUntil")


class VerificationSecret:
    """Reads and changes the secret."""

    def __init__(self, secretsmanager: "SecretsManagerClient", secret_id: str) -> None:
        self._secretsmanager = secretsmanager
        self._secret_id = secret_id

    def read(self) -> VerificationTokens:
        """The value as it stands."""
        return self._read()[0]

    def change(self, changed: Callable[[VerificationTokens], VerificationTokens]) -> VerificationTokens:
        """Put what `changed` makes of the value in its place, and return it. Made anew if somebody else was faster.

        Raises an `OpsError` if somebody else always was.
        """
        for _ in range(ATTEMPTS):
            tokens, version_id = self._read()
            new = changed(tokens)
            if self._replace(version_id, new):
                return new
        raise OpsError(f"the verification secret was changed by somebody else {ATTEMPTS} times in a row; try again")

    def _read(self) -> tuple[VerificationTokens, str]:
        answer = self._secretsmanager.get_secret_value(SecretId=self._secret_id, VersionStage=CURRENT)
        return msgspec.json.decode(answer["SecretString"], type=VerificationTokens), answer["VersionId"]

    def _replace(self, version_id: str, tokens: VerificationTokens) -> bool:
        """Whether this version was still the current one, so that the value stands in its place now."""
        text = msgspec.json.encode(tokens).decode()
        written = self._secretsmanager.put_secret_value(
            SecretId=self._secret_id, SecretString=text, VersionStages=[NEW]
        )
        try:
            self._secretsmanager.update_secret_version_stage(
                SecretId=self._secret_id,
                VersionStage=CURRENT,
                MoveToVersionId=written["VersionId"],
                RemoveFromVersionId=version_id,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] not in _OVERTAKEN:
                raise
            return False
        return True
