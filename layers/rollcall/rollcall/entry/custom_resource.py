"""CloudFormation's custom resources: a request comes as an event, the response is PUT to the URL that it names.

Request and response objects: CloudFormation User Guide, Custom resource reference.
"""

import random
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

PUT_SECONDS = 5.0
PUT_ATTEMPTS = 3
_BACKOFF_SECONDS = 0.5

RESPONSE_SECONDS = 20.0
"""What the response may take, with every attempt and every pause. A function stops waiting for its own work so long
before its time is over."""


def is_request(event: Mapping[str, Any]) -> bool:
    """Whether CloudFormation waits for a response."""
    return "RequestType" in event and "ResponseURL" in event


def succeed(event: Mapping[str, Any], log_stream: str) -> None:
    """Respond that all went well. Raises `OSError` if no attempt is taken; CloudFormation then waits until its timeout.

    An update keeps the resource's physical id. A new id would be a replacement, and CloudFormation would send a Delete
    request for the old one.
    """
    response = {
        "Status": "SUCCESS",
        "Reason": f"See the log stream {log_stream}",
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    # The URL is presigned for S3. An empty content type, as in AWS's own cfn-response module, keeps urllib from adding
    # one that is not part of the signature.
    request = urllib.request.Request(  # noqa: S310  # the URL is CloudFormation's own
        event["ResponseURL"], msgspec.json.encode(response), {"Content-Type": ""}, method="PUT"
    )
    for attempt in range(1, PUT_ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=PUT_SECONDS):  # noqa: S310  # see above
                return
        except OSError:
            if attempt == PUT_ATTEMPTS:
                raise
            time.sleep(_BACKOFF_SECONDS * 2**attempt * random.random())  # noqa: S311  # not a secret


def work_for(seconds: float, work: Callable[[], None]) -> bool:
    """Do the work, but wait for its end no longer than so many seconds. Returns whether it has ended.

    A function whose time runs out responds nothing at all, and CloudFormation then holds up the whole stack. Work that
    hangs is left behind on its thread, which Lambda ends with the sandbox.
    """
    thread = threading.Thread(target=work, name="custom-resource", daemon=True)
    thread.start()
    thread.join(max(seconds, 0))
    return not thread.is_alive()
