"""CloudFormation's custom resources: a request comes as an event, the answer is PUT to the URL that it names."""

import urllib.request
from collections.abc import Mapping
from typing import Any

import msgspec

SECONDS = 10


def is_request(event: Mapping[str, Any]) -> bool:
    """Whether CloudFormation waits for an answer."""
    return "RequestType" in event and "ResponseURL" in event


def succeed(event: Mapping[str, Any], log_stream: str) -> None:
    """Answer that all went well. Raises `OSError` if nobody takes the answer; CloudFormation gives up in time."""
    answer = {
        "Status": "SUCCESS",
        "Reason": f"See the log stream {log_stream}",
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(event["ResponseURL"], msgspec.json.encode(answer), method="PUT")  # noqa: S310
    with urllib.request.urlopen(request, timeout=SECONDS):  # noqa: S310  # the URL is CloudFormation's own
        pass
