"""botocore's clients without their HTTP, for the many calls of a simulated world.

Retries, back-off and retry quotas are botocore's own objects. Requests are neither serialized nor validated, and
responses not parsed: that would be four fifths of a simulation's time. Every twentieth world takes the real clients
(tests/support/stand_in_aws.py), and test_quick_client.py holds one against the other.
"""

import functools
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import msgspec
from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import BotoCoreError, ClientError
from botocore.hooks import HierarchicalEmitter
from botocore.model import OperationModel, ServiceModel
from botocore.retries import standard

from rollcall.adapters import aws
from rollcall.adapters.aws import RetryPolicy
from tests.support.stand_in_aws import Handle, Refused, ServiceCall


class QuickClient:
    """Has what `AwsService` uses of a client: its operations as methods, and `close`."""

    def __init__(self, service: str, policy: RetryPolicy, handle: Handle) -> None:
        self.meta = SimpleNamespace(events=HierarchicalEmitter(), service_model=_service_model(service))
        self._service = service
        self._seconds = policy.seconds
        self._handle = handle
        self._retries = standard.register_retry_handler(cast("BaseClient", self), policy.attempts)

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        return functools.partial(self._call, _operations(self._service)[operation])

    def close(self) -> None:
        """There are no connections."""

    def _call(self, model: OperationModel, **request: Any) -> dict[str, Any]:
        if model.name == "PutSecretValue":
            request.setdefault("ClientRequestToken", str(uuid.uuid4()))
        call = ServiceCall(self._service, model.name, _copied(request), self._seconds)
        context: dict[str, Any] = {}
        for attempt in range(1, 100):
            http, parsed, error = self._attempt(call)
            response = None if error else (http, parsed)
            delay = self._retries.needs_retry(
                response=response,
                attempts=attempt,
                operation=model,
                caught_exception=error,
                request_dict={"context": context},
            )
            if delay is None:
                break
            time.sleep(delay)
        if error is not None:
            raise error
        event = f"after-call.{model.service_model.service_id.hyphenize()}.{model.name}"
        self.meta.events.emit(event, http_response=http, parsed=parsed, model=model, context=context)
        if "Error" in parsed:
            raise ClientError(cast("Any", parsed), model.name)
        return parsed

    def _attempt(self, call: ServiceCall) -> tuple[Any, dict[str, Any], BotoCoreError | None]:
        status, parsed = 200, dict[str, Any]()
        try:
            parsed = dict(self._handle(call))
        except Refused as refused:
            status = refused.status
            parsed = {"Error": {"Code": refused.code, "Message": ""}, **refused.content}
        except BotoCoreError as error:
            return None, parsed, error
        return SimpleNamespace(status_code=status, headers={}), parsed, None


@contextmanager
def quick_aws(handle: Handle) -> Iterator[None]:
    """Within it, every client that Rollcall creates is a `QuickClient`. All users of one policy share a client."""

    @functools.cache
    def create(name: str, policy: RetryPolicy) -> QuickClient:
        return QuickClient(name, policy, handle)

    with patch.object(aws, "create_client", create):
        yield


@functools.cache
def _service_model(service: str) -> ServiceModel:
    return aws.session().get_service_model(service)


@functools.cache
def _operations(service: str) -> dict[str, OperationModel]:
    model = _service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def _copied(request: dict[str, Any]) -> dict[str, Any]:
    """Nobody else holds what AWS stores."""
    copied: dict[str, Any] = msgspec.convert(msgspec.to_builtins(request, builtin_types=(bytes,)), dict[str, Any])
    return copied
