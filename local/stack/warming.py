"""Running every function once: on this machine a first run takes seconds, and RingCentral waits three."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import connect

from local.stack.errors import StackError
from local.stack.stack_file import StackInfo

_SECONDS = 60.0
_QUICK = 1.0
_NOBODY = {"Authorization": "Bearer nobody"}


def warm(info: StackInfo, session: boto3.Session) -> None:
    """Ask each function something harmless until it has started, all at once.

    Raises a `StackError` if the webhook does not come to answer as RingCentral demands.
    """
    with ThreadPoolExecutor() as pool, httpx.Client(timeout=_SECONDS, trust_env=False) as client:
        requests: list[Callable[[], object]] = [
            lambda: _warm_webhook(client, info.webhook_url),
            lambda: client.get(f"{info.api_url}/conferences", headers=_NOBODY),
            lambda: client.post(f"{info.api_url}/tickets", headers=_NOBODY),
            lambda: client.post(f"{info.api_url}/conferences/none/participants/none/remove", headers=_NOBODY),
            lambda: client.get(info.console_url),
            lambda: _knock(info.web_socket_url),
            lambda: _invoke(session, info, "RosterFunction"),
        ]
        try:
            for running in [pool.submit(request) for request in requests]:
                running.result()
        except (httpx.HTTPError, WebSocketException, BotoCoreError, ClientError, OSError) as error:
            raise StackError(f"Rollcall does not answer: {type(error).__name__}: {error}") from error


def _warm_webhook(client: httpx.Client, url: str) -> None:
    token = "warming-up"  # noqa: S105 - RingCentral's name for a word that is to be echoed
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline:
        started = time.monotonic()
        response = client.post(url, headers={"Validation-Token": token})
        if response.is_success and response.headers.get("Validation-Token") != token:
            break
        if response.is_success and time.monotonic() - started < _QUICK:
            return
        time.sleep(0.1)
    raise StackError(f"the webhook does not pass RingCentral's test: {response.status_code} {response.text[:200]}")


def _knock(url: str) -> None:
    try:
        with connect(f"{url}?ticket=none", open_timeout=_SECONDS, proxy=None):
            pass
    except InvalidStatus:
        pass


def _invoke(session: boto3.Session, info: StackInfo, function: str) -> None:
    """For the function that nobody can ask: it follows the party table."""
    nothing = json.dumps({"Records": [{"dynamodb": {"SequenceNumber": "0"}}]})
    cloudformation = session.client("cloudformation", endpoint_url=info.aws_endpoint_url)
    described = cloudformation.describe_stack_resource(StackName=info.stack_name, LogicalResourceId=function)
    name = described["StackResourceDetail"]["PhysicalResourceId"]
    session.client("lambda", endpoint_url=info.aws_endpoint_url).invoke(FunctionName=name, Payload=nothing)
