"""What a deployment needs, in the cases that a local AWS can't show, and held against the project's own template."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from ops.check import account, before
from ops.check.finding import Finding
from ops.check.runner import findings_of
from ops.check.template import Template, chosen, read_template
from ops.stack import Stack
from tests.ops.installed import paged, refusal, refusing
from tests.support.template import Deployment
from tests.support.template import read_template as sam_template

TEMPLATE = Template(
    suffixes=("-ingest", "-subscription"), reserved=635, types=frozenset({"AWS::SQS::Queue", "AWS::KMS::Key"}),
    defaults={},
)  # fmt: skip
MISSING = refusing("ValidationError", "Stack with id rollcall does not exist")


def stack_with(name: str = "rollcall", status: str = "", **clients: Any) -> Stack:
    stack = Stack(name)

    def describe_stacks(**_request: Any) -> Any:
        return {"Stacks": [{"StackName": name, "StackStatus": status}]} if status else MISSING()

    stack._clients |= {"cloudformation": SimpleNamespace(describe_stacks=describe_stacks), **clients}
    return stack


def only(check: Callable[[], Any]) -> Finding:
    (found,) = findings_of("check", check)
    return found


# ---- the account


def with_limit(most: int, free: int, status: str = "") -> Stack:
    limit = {"ConcurrentExecutions": most, "UnreservedConcurrentExecutions": free}
    client = SimpleNamespace(get_account_settings=lambda: {"AccountLimit": limit})
    stack = stack_with(status=status)
    stack._clients["lambda"] = client
    return stack


@pytest.mark.parametrize(
    ("most", "free", "production", "status", "code"),
    [
        (1000, 1000, True, "", "concurrency"),
        (735, 735, True, "", "concurrency"),
        (734, 734, True, "", "concurrency-too-low"),
        (1000, 700, True, "", "concurrency-too-low"),  # others have reserved the rest
        (1000, 365, True, "UPDATE_COMPLETE", "concurrency"),  # the stack itself has
        (10, 10, True, "", "concurrency-too-low"),
        (10, 10, False, "", "concurrency-low"),
        (1000, 1000, False, "", "concurrency"),
    ],
)
def test_the_accounts_concurrency_is_held_against_what_production_reserves(
    most: int, free: int, production: bool, status: str, code: str
) -> None:
    found = only(lambda: account.concurrency(with_limit(most, free, status), TEMPLATE, production=production))
    assert found.code == code
    assert found.status == {"concurrency": "ok", "concurrency-low": "warning"}.get(code, "error")


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("", "stack", "ok"),
        ("UPDATE_ROLLBACK_COMPLETE", "stack", "ok"),
        ("ROLLBACK_COMPLETE", "stack-failed", "error"),
        ("DELETE_FAILED", "stack-failed", "error"),
        ("REVIEW_IN_PROGRESS", "stack-unfinished", "error"),
        ("DELETE_COMPLETE", "stack", "ok"),
    ],
)
def test_a_stack_in_the_way_is_found(status: str, code: str, expected: str) -> None:
    found = only(lambda: account.stack_state(stack_with(status=status)))
    assert (found.code, found.status) == (code, expected)


def logs_with(*names: str) -> Any:
    def paginate(logGroupNamePrefix: str) -> list[dict[str, Any]]:  # noqa: N803  # AWS's own name
        found = [{"logGroupName": name} for name in names if name.startswith(logGroupNamePrefix)]
        return [{"logGroups": found[:1]}, {"logGroups": found[1:]}]

    return SimpleNamespace(get_paginator=lambda _operation: SimpleNamespace(paginate=paginate))


def test_log_groups_that_an_earlier_stack_left_are_found_and_no_other_stacks() -> None:
    left = ("/rollcall/rollcall/roster", "/aws/vendedlogs/rollcall/rollcall/http-access", "/rollcall/rollcall/ingest")
    others = ("/rollcall/rollcall-dev/ingest", "/aws/lambda/rollcall-ingest")
    found = only(lambda: account.left_log_groups(stack_with(logs=logs_with(*left, *others))))
    assert (found.code, found.status) == ("log-groups-left", "error")
    assert all(name in found.message for name in left)
    assert not any(name in found.message for name in others)
    assert only(lambda: account.left_log_groups(stack_with(logs=logs_with(*others)))).status == "ok"
    there = stack_with(status="CREATE_COMPLETE", logs=logs_with(*left))
    assert only(lambda: account.left_log_groups(there)).status == "not-run"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("rollcall", "name"),
        ("r" * 51, "name"),
        ("r" * 52, "name-too-long"),
        ("roll_call", "name-not-allowed"),
        ("1rollcall", "name-not-allowed"),
    ],
)
def test_a_name_that_makes_no_functions_name_is_found(name: str, code: str) -> None:
    found = only(lambda: account.name_length(name, TEMPLATE))
    assert (found.code, found.status) == (code, "ok" if code == "name" else "error")


def types_but(*lacking: str) -> Any:
    def describe_type(TypeName: str, **_request: Any) -> dict[str, str]:  # noqa: N803  # AWS's own name
        if TypeName in lacking:
            raise refusal("TypeNotFoundException")
        return {"TypeName": TypeName}

    return SimpleNamespace(describe_type=describe_type)


def test_types_that_a_region_does_not_make_are_named() -> None:
    assert only(lambda: account.region(stack_with(cloudformation=types_but()), TEMPLATE)).status == "ok"
    found = only(lambda: account.region(stack_with(cloudformation=types_but("AWS::KMS::Key")), TEMPLATE))
    assert (found.code, found.message) == ("region-lacks-types", "CloudFormation does not make here: AWS::KMS::Key")
    denied = SimpleNamespace(describe_type=refusing("AccessDenied"))
    assert only(lambda: account.region(stack_with(cloudformation=denied), TEMPLATE)).status == "not-run"


def test_the_runtime_is_looked_up_where_aws_publishes_it() -> None:
    asked = list[str]()

    def get_parameter(Name: str) -> dict[str, str]:  # noqa: N803  # AWS's own name
        asked.append(Name)
        return {}

    with_it = stack_with(ssm=SimpleNamespace(get_parameter=get_parameter))
    assert only(lambda: account.runtime(with_it, "python3.13", "arm64")).status == "ok"
    assert asked == ["/aws/service/powertools/python/arm64/python3.13/latest"]
    without = stack_with(ssm=SimpleNamespace(get_parameter=refusing("ParameterNotFound")))
    found = only(lambda: account.runtime(without, "python3.13", "arm64"))
    assert (found.code, found.status) == ("runtime-unconfirmed", "warning")


def no_credentials() -> None:
    raise NoCredentialsError


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        (lambda: {"Arn": "arn:aws:iam::1:user/me", "Account": "1"}, "aws-credentials", "ok"),
        (no_credentials, "credentials-missing", "error"),
        (refusing("ExpiredToken"), "credentials-refused", "error"),
        (refusing("SignatureDoesNotMatch"), "credentials-refused", "error"),
        (refusing("Throttling"), "check", "not-run"),
    ],
)
def test_credentials_are_tried(answer: Any, code: str, status: str) -> None:
    found = only(lambda: account.credentials(stack_with(sts=SimpleNamespace(get_caller_identity=answer))))
    assert (found.code, found.status) == (code, status)


def test_without_a_region_or_credentials_aws_is_asked_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name)
    found = before.check(Stack("rollcall"))
    assert (found[0].code, found[0].status) == ("region-missing", "error")
    assert {finding.code for finding in found[1:]} == {"sam-cli", "build-python", "name"}


# ---- what the template and samconfig.toml say


def test_the_templates_facts_are_those_of_a_production_deployment() -> None:
    template = read_template()
    production = Deployment(sam_template(), Production="true", ConsoleClientId="x", CustomerKey="true")
    functions = [properties for _, properties in production.of_type("AWS::Serverless::Function")]
    names = [one["FunctionName"]["Fn::Sub"] for one in functions if "FunctionName" in one]
    assert sorted(template.suffixes) == sorted(f"-{name.rpartition('-')[2]}" for name in names)
    assert template.reserved == sum(one.get("ReservedConcurrentExecutions", 0) for one in functions)
    assert template.reserved > 0
    assert template.defaults["Runtime"].startswith("python3.")


def test_cloudformation_knows_each_type_by_the_name_that_it_is_asked_about() -> None:
    """In its registry as cfn-lint has it, so DescribeType finds them where they are."""
    types = read_template().types
    assert len(types) > 15
    for resource_type in types:
        assert PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type)


def test_samconfig_chooses_by_the_stacks_name(tmp_path: Path) -> None:
    config = tmp_path / "samconfig.toml"
    config.write_text(
        'version = 0.1\n[default.global.parameters]\nstack_name = "dev"\n'
        '[prod.global.parameters]\nstack_name = "rollcall"\nparameter_overrides = "Runtime=python3.12"\n'
        '[prod.deploy.parameters]\nparameter_overrides = ["Production=true", "ParameterKey=Stage,ParameterValue=a=b"]\n'
    )
    assert chosen("rollcall", config) == {"Runtime": "python3.12", "Production": "true", "Stage": "a=b"}
    assert chosen("dev", config) == {}
    assert chosen("another", config) == {}
    assert chosen("rollcall", tmp_path / "nothing") == {}


def test_the_projects_own_samconfig_is_understood() -> None:
    assert chosen("rollcall")["Production"] == "true"


def test_paginated_answers_are_read_to_the_end() -> None:
    logs = SimpleNamespace(get_paginator=paged(describe_log_groups=[{"logGroups": []}, {"logGroups": []}]))
    assert only(lambda: account.left_log_groups(stack_with(logs=logs))).status == "ok"
