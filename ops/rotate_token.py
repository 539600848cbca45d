"""Rotating the webhook's verification token without losing an event.

At every moment each function accepts the token of every subscription that is alive: the next token is announced first
and given to a subscription only when all functions know it; the old one is dropped only when its subscription is gone.
Each step is written down in the secret itself, so a rotation that was interrupted goes on where it stopped.
"""

import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from ops.errors import OpsError
from ops.verification_secret import VerificationSecret, VerificationTokens

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

SETTLE_SECONDS = 75.0
"""Longer than a function believes what it knows of the secret (60 s), and than any notification is under way."""

ATTEMPTS = 10
AGAIN_SECONDS = 7.0
TOKEN_BYTES = 32


class Rotation:
    """One rotation, or the rest of one."""

    def __init__(
        self,
        secret: "SecretsManagerClient",
        functions: "LambdaClient",
        *,
        secret_id: str,
        function_name: str,
        say: Callable[[str], None] = print,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        """`function_name`: the subscription function's."""
        self._secret = VerificationSecret(secret, secret_id)
        self._functions = functions
        self._function_name = function_name
        self._say = say
        self._wait = wait

    def run(self) -> None:
        """Rotate. Takes two and a half minutes. Raises an `OpsError` if the subscription can't be made anew; then both
        tokens stay accepted, and running this again goes on.
        """
        tokens = self._secret.read()
        if not tokens.previous and not tokens.next:
            tokens = self._write(tokens.current, next_one=secrets.token_urlsafe(TOKEN_BYTES))
        if tokens.next:
            self._say(f"A new token is announced. Waiting {SETTLE_SECONDS:.0f} s until every function knows it.")
            self._wait(SETTLE_SECONDS)
            tokens = self._write(tokens.next, previous=tokens.current)
        self._say("Making a subscription with the new token.")
        self._subscribe()
        self._say(f"Waiting {SETTLE_SECONDS:.0f} s for what RingCentral still sends with the old token.")
        self._wait(SETTLE_SECONDS)
        self._subscribe()  # deletes the subscription with the old token, which has nothing left to send
        self._write(tokens.current)
        self._say("The old token is no longer accepted.")

    def _subscribe(self) -> None:
        for _ in range(ATTEMPTS):
            answer = self._functions.invoke(FunctionName=self._function_name, Payload=b"{}")
            if not answer.get("FunctionError") and msgspec.json.decode(answer["Payload"].read()) == {"kept": True}:
                return
            self._wait(AGAIN_SECONDS)
        raise OpsError("the subscription was not made anew; the subscription function's log says why")

    def _write(self, current: str, *, previous: str = "", next_one: str = "") -> VerificationTokens:
        """Put these tokens in the place of those that are there, and leave what else stands in the secret."""

        def changed(there: VerificationTokens) -> VerificationTokens:
            return msgspec.structs.replace(there, current=current, previous=previous, next=next_one)

        return self._secret.change(changed)
