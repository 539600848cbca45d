"""Ending the webhook subscription at RingCentral before the installation goes.

The subscription function does it: it also leaves a note, so that no run of its own makes the subscription again. Where
it can't be run, the subscription is deleted with the service's login.
"""

import random
import time
from collections.abc import Callable

import httpx
import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from ops import text
from ops.errors import OpsError
from ops.ringcentral import RingCentralApi
from ops.stack import Stack
from rollcall.core.service_token import Credentials
from rollcall.core.subscription import Subscription

ATTEMPTS = 3
BACKOFF_SECONDS = 5.0
_EVENT = b'{"RequestType": "Delete"}'


class _List(msgspec.Struct, frozen=True):
    records: list[Subscription] = []


class SubscriptionEnd:
    """Ends the subscription of one installation. May be repeated."""

    def __init__(
        self, stack: Stack, *, say: Callable[[str], None] = print, wait: Callable[[float], None] = time.sleep
    ) -> None:
        self._stack = stack
        self._say = say
        self._wait = wait

    def run(self, physical_ids: dict[str, str]) -> str | None:
        """End it. `physical_ids`: of the stack's resources, by their names in the template.

        Returns None, or what stays at RingCentral and why.
        """
        credentials = self._credentials(physical_ids.get("RingCentralSecret"))
        if credentials is None or not credentials.complete:
            self._say("There is no login at RingCentral, so there is no subscription of the service to end.")
            return None
        function = physical_ids.get("SubscriptionFunction")
        if function and self._by_function(function):
            self._say("The webhook subscription at RingCentral is ended.")
            return None
        try:
            self._by_login(credentials)
        except OpsError as failure:
            return f"the webhook subscription at RingCentral, which could not be ended: {failure}"
        self._say("The webhook subscription at RingCentral is ended, with the service's login.")
        return None

    def _credentials(self, secret_id: str | None) -> Credentials | None:
        if secret_id is None:
            return None
        try:
            value = self._stack.secretsmanager.get_secret_value(SecretId=secret_id)["SecretString"]
            return msgspec.json.decode(value, type=Credentials)
        except ClientError as refused:
            if refused.response["Error"]["Code"] not in ("ResourceNotFoundException", "InvalidRequestException"):
                raise
            return None
        except msgspec.DecodeError:
            return None

    def _by_function(self, name: str) -> bool:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._stack.functions.invoke(FunctionName=name, Payload=_EVENT)
            except self._stack.functions.exceptions.ResourceNotFoundException:
                return False
            except (ClientError, BotoCoreError) as failure:
                self._say(f"The subscription function can't be run: {text.one_line(failure)}")
                return False
            if msgspec.json.decode(answer["Payload"].read()) == {"ended": True}:
                return True
            if attempt < ATTEMPTS:
                self._say("The subscription function did not end the subscription; trying again.")
                self._wait(BACKOFF_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1))  # noqa: S311  # no secret
        return False

    def _by_login(self, credentials: Credentials) -> None:
        described = self._stack.describe()
        parameters = {one.get("ParameterKey"): one.get("ParameterValue") for one in described.get("Parameters", [])}
        outputs = {one.get("OutputKey"): one.get("OutputValue") for one in described.get("Outputs", [])}
        with RingCentralApi(parameters.get("RingCentralServer") or "") as api:
            login = api.log_in(credentials)
            try:
                reply = api.get("/subscription", login.access_token)
                if reply.status != httpx.codes.OK:
                    raise OpsError(f"RingCentral does not list it: {reply.status} {reply.error().reason}")
                for found in msgspec.json.decode(reply.body, type=_List).records:
                    if found.delivery_mode.address == outputs.get("WebhookUrl"):
                        self._delete(api, found.id, login.access_token)
            finally:
                api.log_out(credentials, login)

    @staticmethod
    def _delete(api: RingCentralApi, subscription_id: str, access_token: str) -> None:
        reply = api.delete(f"/subscription/{subscription_id}", access_token)
        if reply.status not in (httpx.codes.NO_CONTENT, httpx.codes.OK, httpx.codes.NOT_FOUND):
            raise OpsError(f"RingCentral does not delete it: {reply.status} {reply.error().reason}")
