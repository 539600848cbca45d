"""Operators who may do just what the documentation says that a command needs. The local AWS enforces IAM."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from local.stack.places import ROOT
from local.stack.stack import Stack

MISNAMED = {
    "lambda:GetEventSourceMapping": "lambda:ListEventSourceMappings",
    "lambda:GetFunctionConcurrency": "lambda:PutFunctionConcurrency",
}
"""What the local AWS asks for instead of AWS's own action (service authorization reference, AWS Lambda)."""


def documented(command: str) -> list[str]:
    """The actions that docs/operations.md says a command needs."""
    text = (ROOT / "docs/operations.md").read_text()
    (line,) = [line for line in text.splitlines() if line.startswith(f"| `{command}` | `")]
    return re.findall("`([a-z0-9]+:[A-Za-z]+)`", line)


@contextmanager
def an_operator_who_may(stack: Stack, actions: Iterable[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Within it, commands run with the rights of a user who may do just this."""
    iam = stack.session.client("iam", endpoint_url=stack.aws_endpoint_url)
    allowed = [MISNAMED.get(action, action) for action in actions]
    statement = {"Effect": "Allow", "Action": allowed, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.create_user(UserName="operator")
    iam.put_user_policy(UserName="operator", PolicyName="documented", PolicyDocument=policy)
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    with monkeypatch.context() as patched:
        patched.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patched.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        try:
            yield
        finally:
            iam.delete_access_key(UserName="operator", AccessKeyId=key["AccessKeyId"])
            iam.delete_user_policy(UserName="operator", PolicyName="documented")
            iam.delete_user(UserName="operator")
