"""One action that is tried with a function's role: the request for it, and how to tell what IAM said."""

import json
import re
from typing import Any, NamedTuple
from urllib.parse import urlencode

_DENIED = re.compile(r"not authorized to perform: ([a-z0-9-]+:\w+)")
_ERROR = re.compile(r"\"__type\"\s*:\s*\"(?:[^\"#]*#)?(\w+)|<Code>(\w+)")
# What only somebody is told whom IAM let through.
_BEYOND_IAM = frozenset({
    "BadDigest",
    "ConditionalCheckFailedException",
    "InvalidAttributeValue",
    "InvalidParameterValue",
    "InvalidParameterValueException",
    "MalformedPolicyDocument",
    "MissingParameter",
    "NoSuchKey",
    "ParameterNotFound",
    "ReceiptHandleIsInvalid",
    "ResourceAlreadyExistsException",
    "ResourceNotFoundException",
    "ValidationException",
})  # fmt: skip
_GONE = 410
_FIRST_ERROR = 300

_TARGETS = {
    "dynamodb": "DynamoDB_20120810",
    "events": "AWSEvents",
    "kms": "TrentService",
    "logs": "Logs_20140328",
    "secretsmanager": "secretsmanager",
    "sqs": "AmazonSQS",
    "ssm": "AmazonSSM",
}
_VERSIONS = {"cloudformation": "2010-05-15", "iam": "2010-05-08", "sts": "2011-06-15"}


class Attempt(NamedTuple):
    """`action` as IAM names it, on a `resource` named as in table.py; `request` as the probe takes it."""

    action: str
    resource: str
    request: dict[str, Any]

    def outcome(self, status: int, text: str) -> str:
        """`allowed` or `denied`, by IAM and for just this action; anything else as it came."""
        if denied := _DENIED.search(text):
            return "denied" if denied[1] == self.action else f"denied for {denied[1]}"
        error = _ERROR.search(text)
        if status < _FIRST_ERROR or status == _GONE or (error and (error[1] or error[2]) in _BEYOND_IAM):
            return "allowed"
        return f"{status} {text}"


def rest(
    action: str, resource: str, method: str, path: str, *, body: str = "", headers: dict[str, str] | None = None
) -> Attempt:
    """An attempt by method and path; the action's service is the one that the request is signed for."""
    service = action.partition(":")[0]
    request = {"service": service, "method": method, "path": path, "headers": headers or {}, "body": body}
    return Attempt(action, resource, request)


def json_call(action: str, resource: str, body: dict[str, Any], *, target: str | None = None) -> Attempt:
    """An attempt in AWS's JSON protocol; `target` where the service has several."""
    service, _, operation = action.partition(":")
    version = "1.0" if service in ("dynamodb", "sqs") else "1.1"
    headers = {
        "X-Amz-Target": f"{target or _TARGETS[service]}.{operation}",
        "Content-Type": f"application/x-amz-json-{version}",
    }
    return rest(action, resource, "POST", "/", body=json.dumps(body), headers=headers)


def form_call(action: str, resource: str, parameters: dict[str, str]) -> Attempt:
    """An attempt in AWS's older protocol of forms."""
    service, _, operation = action.partition(":")
    body = urlencode({"Action": operation, "Version": _VERSIONS[service]} | parameters)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return rest(action, resource, "POST", "/", body=body, headers=headers)
