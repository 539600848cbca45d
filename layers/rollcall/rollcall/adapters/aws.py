"""AWS through botocore, on which boto3's clients are built: one session, a client for each use, and typed errors.

A client takes milliseconds to create and its first request a TLS handshake. A function therefore creates a client at
its start only if every event needs it (see `AwsService`).
"""

import functools
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import msgspec
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import add_expect_header

from rollcall.adapters.service_models import ServiceModels
from rollcall.adapters.signing import Credentials
from rollcall.core.errors import StorageFailed

if TYPE_CHECKING:
    from botocore.client import BaseClient

IDLE_SECONDS = 20.0
"""A connection that was idle for longer is not used again. While a sandbox is frozen, the network may drop the flow
without a word; the next request would then wait in vain and use up an attempt.
"""


class RetryPolicy(msgspec.Struct, frozen=True):
    """How long one attempt may take and how many attempts there may be.

    `seconds` limits connecting and, separately, the wait for each part of the response. botocore's standard mode
    retries passing failures: timeouts, broken connections, throttling and the statuses 500, 502, 503 and 504. Its pause
    before retry n is a random part of 2^(n-1) seconds, at most 20.
    """

    seconds: float
    attempts: int


WEBHOOK = RetryPolicy(seconds=0.6, attempts=1)
"""RingCentral waits three seconds. What DynamoDB does not take at once goes to a queue, which retries."""

SECRET = RetryPolicy(seconds=0.6, attempts=2)
"""For the verification tokens. The webhook can do nothing without them and reads them once a minute at most."""

INTERACTIVE = RetryPolicy(seconds=1.0, attempts=3)
"""A client waits for the response. API Gateway gives a function 30 seconds."""

BACKGROUND = RetryPolicy(seconds=2.0, attempts=3)
"""Nobody waits: a failure is repeated by a stream, a queue or a schedule."""

AUTHORIZER = RetryPolicy(seconds=0.5, attempts=2)
"""API Gateway waits 10 seconds for an authorizer, which asks DynamoDB and RingCentral in turn."""

BEST_EFFORT = RetryPolicy(seconds=0.6, attempts=1)
"""For requests that only make something happen sooner."""


class AwsError(StorageFailed):
    """AWS refused a request. `code` is AWS's error code; `response` is botocore's `ClientError.response`."""

    def __init__(self, code: str, response: dict[str, Any]) -> None:
        super().__init__(code)
        self.response = response


class AwsService:
    """One client of one AWS service, with its retry policy and with AWS's errors as the project's own."""

    def __init__(
        self, name: str, policy: RetryPolicy, *, lazy: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        """`name` is botocore's, such as "dynamodb". A `lazy` service creates its client at the first call: that is for
        what only failures need. `clock` must go on while the sandbox is frozen, which the wall clock does.
        """
        self._name = name
        self._policy = policy
        self._clock = clock
        self._used_at = 0.0
        if not lazy:
            _ = self.client

    @functools.cached_property
    def client(self) -> "BaseClient":
        """botocore's client."""
        return create_client(self._name, self._policy)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:  # noqa: ANN401  # botocore checks the request
        """The response to one operation, named as botocore names its methods.

        Raises `AwsError` if AWS refuses the request. Raises `StorageFailed` with botocore's name of the failure, such
        as "ReadTimeoutError", if there is no response.
        """
        now = self._clock()
        if now - self._used_at > IDLE_SECONDS:
            self.client.close()  # closes the pooled connections; the client opens new ones
        try:
            response: dict[str, Any] = getattr(self.client, operation)(**request)
        except ClientError as error:
            raise AwsError(error.response["Error"]["Code"], dict(error.response)) from error
        except BotoCoreError as error:
            raise StorageFailed(type(error).__name__) from error
        finally:
            self._used_at = self._clock()
        return response

    def close(self) -> None:
        """Close the connections."""
        self.client.close()


def create_client(name: str, policy: RetryPolicy) -> "BaseClient":
    """A client with this policy. Credentials, region and endpoint come from the environment that Lambda sets."""
    config = Config(
        connect_timeout=policy.seconds,
        read_timeout=policy.seconds,
        retries={"mode": "standard", "total_max_attempts": policy.attempts},
    )
    make = cast("Callable[..., BaseClient]", session().create_client)  # its stubs have an overload for each service
    client = make(name, config=config)
    if name == "s3":
        # Otherwise botocore asks S3's leave before it sends an object, and waits a second for it, whatever the policy.
        client.meta.events.unregister("before-call.s3", add_expect_header)
    return client


def credentials() -> Credentials:
    """The function's credentials, for the requests that botocore does not send."""
    found = session().get_credentials()
    if found is None:
        raise StorageFailed("NoCredentialsError")
    frozen = found.get_frozen_credentials()
    return Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token)


@functools.cache
def session() -> botocore.session.Session:
    """The one session of the process."""
    shared = botocore.session.get_session()
    shared.register_component("data_loader", ServiceModels())
    return shared
