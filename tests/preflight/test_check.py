"""Faults are planted in the template, and each is found where it was planted; nothing else is found."""

import copy
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from local.preflight import __main__ as main_module
from local.preflight import check, linter
from local.preflight.__main__ import main
from local.preflight.check import examine
from local.preflight.template import read
from local.stack.places import TEMPLATE, TOOLS

Properties = dict[str, Any]


def _statements(function: Properties) -> list[Properties]:
    """The statements of the function's own policy. Before it stands the policy that all functions share."""
    statements: list[Properties] = function["Policies"][1]["Statement"]
    return statements


def required_but_excluded(secret: Properties) -> None:
    """Excludes every punctuation character and still requires one."""
    del secret["GenerateSecretString"]["ExcludePunctuation"]


def filter_without_a_list(mapping: Properties) -> None:
    mapping["FilterCriteria"]["Filters"][0]["Pattern"] = '{"eventName": "INSERT"}'


def more_than_reserved(mapping: Properties) -> None:
    mapping["ScalingConfig"]["MaximumConcurrency"] = 5


def simple_responses_of_the_old_format(authorizer: Properties) -> None:
    authorizer["AuthorizerPayloadFormatVersion"] = "1.0"


def a_month_of_31_days(log: Properties) -> None:
    log["RetentionInDays"] = 31


def reference_to_what_is_not_there(route: Properties) -> None:
    route["Target"] = {"Fn::Sub": "integrations/${ConsoleIntegration}"}


def every_action(function: Properties) -> None:
    _statements(function)[0]["Action"] = "dynamodb:*"


def every_table(function: Properties) -> None:
    _statements(function)[0]["Resource"] = "*"


def every_table_of_the_account(function: Properties) -> None:
    tables = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"}
    _statements(function)[0]["Resource"] = tables


def managed_by_aws(function: Properties) -> None:
    function["Policies"] = ["AmazonDynamoDBFullAccess"]


def no_such_action(function: Properties) -> None:
    _statements(function)[0]["Action"] = "dynamodb:GetItems"


def action_on_another_kind_of_resource(function: Properties) -> None:
    _statements(function)[-1]["Action"] = "sqs:SendMessage"


PLANTED: list[tuple[str, Callable[[Properties], None], str]] = [
    ("VerificationSecret", required_but_excluded, "pf-secretsmanager-generate-secret-string VerificationSecret"),
    ("PartyRecordsMapping", filter_without_a_list, "pf-lambda-esm-filter-pattern-leaf-array PartyRecordsMapping"),
    ("DeferredMapping", more_than_reserved, "pf-lambda-esm-max-concurrency-vs-reserved DeferredMapping"),
    (
        "HttpAuthorizer",
        simple_responses_of_the_old_format,
        "pf-apigwv2-simple-responses-payload-version HttpAuthorizer",
    ),
    ("RosterLog", a_month_of_31_days, "E3030 RosterLog"),
    ("UnroutedRoute", reference_to_what_is_not_there, "F1018 UnroutedRoute"),
    ("TicketsFunction", every_action, "too-wide TicketsFunctionRole/TicketsFunctionRolePolicy1"),
    ("RemoveFunction", every_table, "too-wide RemoveFunctionRole/RemoveFunctionRolePolicy1"),
    ("RosterFunction", every_table_of_the_account, "too-wide RosterFunctionRole/RosterFunctionRolePolicy1"),
    ("ConferencesFunction", managed_by_aws, "too-wide ConferencesFunctionRole"),
    ("AuthorizerFunction", no_such_action, "UNKNOWN_ACTION AuthorizerFunctionRole/AuthorizerFunctionRolePolicy1"),
    (
        "SubscriptionFunction",
        action_on_another_kind_of_resource,
        "RESOURCE_MISMATCH SubscriptionFunctionRole/SubscriptionFunctionRolePolicy1",
    ),
]
"""A resource of the template, what is done to its properties, and the finding: its rule and its place."""


def test_each_planted_fault_is_found_and_nothing_else() -> None:
    template = copy.deepcopy(read(TEMPLATE))
    for name, plant, _ in PLANTED:
        plant(template["Resources"][name]["Properties"])
    report = examine(template, [{"Production": "true"}])
    expected = {finding for _, _, finding in PLANTED}
    assert expected - {f"{finding.rule} {finding.where}" for finding in report.found} == set()
    # Several rules may report one fault, but none reports anything at another place.
    places = {finding.partition(" ")[2].partition("/")[0] for finding in expected}
    assert {finding.where.partition("/")[0] for finding in report.found} == places


def test_a_fault_of_one_deployment_is_found_in_that_one() -> None:
    template = copy.deepcopy(read(TEMPLATE))
    more_than_reserved(template["Resources"]["DeferredMapping"]["Properties"])
    ((finding, deployments),) = examine(template, [{}, {"Production": "true"}]).found.items()
    assert (finding.where, deployments) == ("DeferredMapping", ["Production=true"])


@pytest.mark.parametrize(
    ("module", "scanners", "reason"),
    [
        (check, TOOLS, "No module named 'cloudformation_validate'"),
        (check, Path("/nowhere"), "/nowhere/python"),
        (linter, Path("/nowhere"), "/nowhere/cfn-lint"),
    ],
    ids=["no engine", "no environment", "no cfn-lint"],
)
def test_a_check_that_can_not_run_fails(
    module: ModuleType, scanners: Path, reason: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "SCANNERS", scanners)
    monkeypatch.setattr(check, "variants", lambda template: [{}])
    assert main() == 1
    told = capsys.readouterr().out
    assert told.startswith("The template was not checked: ")
    assert reason in told


def test_a_template_that_sam_refuses_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    template = copy.deepcopy(read(TEMPLATE))
    del template["Resources"]["IngestFunction"]["Properties"]["CodeUri"]
    template["Resources"]["IngestFunction"]["Properties"]["Tracing"] = "Sometimes"
    monkeypatch.setattr(main_module, "read", lambda path: template)
    assert main() == 1
    assert "IngestFunction" in capsys.readouterr().out
