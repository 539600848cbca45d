"""The stack's own state comes first: without one there is nothing else to check."""

from types import SimpleNamespace
from typing import Any

import pytest

from ops.check import deployed
from ops.stack import Stack
from tests.ops.installed import STACK, refusing, secrets


def stack_that(answer: Any) -> Stack:
    stack = Stack(STACK)
    stack._clients |= {
        "cloudformation": SimpleNamespace(describe_stacks=answer),
        "sts": SimpleNamespace(
            meta=SimpleNamespace(endpoint_url="http://127.0.0.1:9"), get_caller_identity=refusing("ExpiredToken")
        ),
        "secretsmanager": secrets(),
        "s3": SimpleNamespace(list_objects_v2=refusing("NoSuchBucket")),
    }
    stack.resources = refusing("Throttling")  # type: ignore[method-assign]
    return stack


def described(status: str, *outputs: str) -> Any:
    values = [{"OutputKey": key, "OutputValue": "x"} for key in outputs]
    return lambda **_request: {"Stacks": [{"StackName": STACK, "StackStatus": status, "Outputs": values}]}


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        (described("UPDATE_COMPLETE", *deployed.OUTPUTS), "stack", "ok"),
        (described("UPDATE_IN_PROGRESS", *deployed.OUTPUTS), "stack-unfinished", "warning"),
        (described("UPDATE_ROLLBACK_FAILED", *deployed.OUTPUTS), "stack-failed", "error"),
        (described("CREATE_COMPLETE", "ApiUrl"), "outputs-missing", "error"),
        (described("DELETE_COMPLETE"), "stack-missing", "error"),
        (refusing("ValidationError", f"Stack with id {STACK} does not exist"), "stack-missing", "error"),
        (refusing("AccessDenied"), "stack", "not-run"),
    ],
)
def test_the_stacks_own_state_comes_first(answer: Any, code: str, status: str) -> None:
    found = deployed.check(stack_that(answer))
    assert (found[0].code, found[0].status) == (code, status)
    assert not any(finding.status == "ok" for finding in found[1:])


def test_without_a_stack_only_credentials_and_clock_are_looked_at() -> None:
    found = deployed.check(stack_that(refusing("ExpiredToken")))
    assert [finding.code for finding in found] == ["stack", "credentials-refused", "clock"]
