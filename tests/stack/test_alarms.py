"""Alarms: each watches a metric that exists, notifies somebody, and says what it means."""

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest

from rollcall.telemetry import count, instrumented
from tests.support.template import TEMPLATE, Deployment, read_template

READ = read_template()
ROOT = TEMPLATE.parent
ALARMS = dict(Deployment(READ, RingCentralClientId="sample").of_type("AWS::CloudWatch::Alarm"))
STACK = {"Ref": "AWS::StackName"}

AWS_METRICS = {
    ("AWS/Lambda", "Errors"): ("FunctionName", "AWS::Serverless::Function", "Ref"),
    ("AWS/Lambda", "Throttles"): ("FunctionName", "AWS::Serverless::Function", "Ref"),
    ("AWS/Lambda", "IteratorAge"): ("FunctionName", "AWS::Serverless::Function", "Ref"),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible"): ("QueueName", "AWS::SQS::Queue", "QueueName"),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible"): ("QueueName", "AWS::SQS::Queue", "QueueName"),
    ("AWS/ApiGateway", "5xx"): ("ApiId", "AWS::ApiGatewayV2::Api", "Ref"),
}
"""AWS's own metrics as its guides list them ("Types of metrics for Lambda functions", "Available CloudWatch metrics for
Amazon SQS", "Monitoring metrics for HTTP APIs"): the one dimension, and the kind of resource whose name it takes.
"""

LOST_FOR_GOOD = {
    "NotificationsLostAlarm",
    "RequestsNotJudgedAlarm",
    "IngestErrorsAlarm",
    "StreamRecordsNotUnderstoodAlarm",
}
"""Alarms that do not tell when they are over: nothing has been mended then."""


def _watched(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """The metrics of an alarm, each with its namespace, name and dimensions."""
    several = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
    return several or [alarm]


def _counted() -> set[str]:
    """The metrics that the code writes, as literals."""
    sources = [*(ROOT / "layers/rollcall/rollcall").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    return {name for path in sources for name in re.findall(r"\b(?:count|gauge)\(\"(\w+)\"", path.read_text())}


def _documented() -> dict[str, str]:
    """The metrics of docs/metrics.md, each with what the page says of it."""
    metrics, _, _alarms = (ROOT / "docs/metrics.md").read_text().partition("\n## Alarms\n")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (.+?) \|", metrics, re.MULTILINE)
    return {name: text for names, text in rows for name in re.findall(r"`(\w+)`", names)}


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=list(ALARMS))
def test_an_alarm_watches_a_metric_that_exists(alarm: dict[str, Any]) -> None:
    for metric in _watched(alarm):
        (dimension,) = metric["Dimensions"]
        if metric["Namespace"] == "Rollcall":
            assert metric["MetricName"] in _counted()
            assert dimension == {"Name": "service", "Value": STACK}
            continue
        name, kind, attribute = AWS_METRICS[metric["Namespace"], metric["MetricName"]]
        assert dimension["Name"] == name
        ((how, what),) = dimension["Value"].items()
        resource, said = (what, "Ref") if how == "Ref" else (what[0], what[1])
        assert (READ["Resources"][resource]["Type"], said) == (kind, attribute)


def test_metrics_of_the_code_have_the_dimension_of_the_alarms(capsys: pytest.CaptureFixture[str]) -> None:
    context: Any = SimpleNamespace(
        function_name="any", memory_limit_in_mb=128, invoked_function_arn="arn", aws_request_id="r"
    )
    instrumented(lambda _event, _context: count("Handshakes"))({}, context)
    written = json.loads(capsys.readouterr().out.splitlines()[-1])
    (metric,) = written["_aws"]["CloudWatchMetrics"]
    assert (metric["Namespace"], metric["Dimensions"]) == ("Rollcall", [["service"]])
    # The dimension's value is the variable's, which is the stack's name.
    assert written["service"] == "rollcall"
    assert READ["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] == STACK


@pytest.mark.parametrize("email", ["", "ops@phone.example"])
@pytest.mark.parametrize("topic", ["", "arn:aws:sns:eu-west-1:123456789012:ops"])
def test_every_alarm_notifies_the_topic_and_the_address_that_were_given(topic: str, email: str) -> None:
    deployment = Deployment(READ, RingCentralClientId="sample", AlarmTopicArn=topic, AlarmEmail=email)
    told = [{"Ref": "AlarmTopicArn"}] * bool(topic) + [{"Ref": "AlarmTopic"}] * bool(email)
    alarms = dict(deployment.of_type("AWS::CloudWatch::Alarm"))
    assert len(alarms) >= 17
    assert {name for name, alarm in alarms.items() if "OKActions" not in alarm} == LOST_FOR_GOOD
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == told, name
        assert alarm.get("OKActions", told) == told, name
    assert ("AlarmTopic" in deployment.resources) is bool(email)
    subscribed = {name: it["Endpoint"] for name, it in deployment.of_type("AWS::SNS::Subscription")}
    assert subscribed == ({"AlarmEmailSubscription": {"Ref": "AlarmEmail"}} if email else {})


@pytest.mark.parametrize("key", ["true", "false"])
def test_cloudwatch_may_publish_to_the_topic_and_use_its_key(key: str) -> None:
    deployment = Deployment(READ, AlarmEmail="ops@phone.example", CustomerKey=key)
    ((_, topic),) = deployment.of_type("AWS::SNS::Topic")
    assert topic.get("KmsMasterKeyId") == ({"Ref": "DataKey"} if key == "true" else None)
    ((_, policy),) = deployment.of_type("AWS::SNS::TopicPolicy")
    allowed, denied = policy["PolicyDocument"]["Statement"]
    assert (allowed["Principal"], allowed["Action"]) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    for _, its_key in deployment.of_type("AWS::KMS::Key"):
        (statement,) = [it for it in its_key["KeyPolicy"]["Statement"] if it["Sid"] == "UsedByAlarms"]
        assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
        assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize(("name", "alarm"), ALARMS.items(), ids=list(ALARMS))
def test_an_alarm_says_what_it_means_and_where_to_read_on(name: str, alarm: dict[str, Any]) -> None:
    anchor = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
    meaning, _, reference = alarm["AlarmDescription"].partition(" See ")
    assert reference == f"docs/operations.md#{anchor}."
    assert meaning.endswith(".")
    assert len(alarm["AlarmDescription"]) <= 1024


def test_every_metric_that_must_be_zero_has_an_alarm_at_one() -> None:
    must_be_zero = {name for name, text in _documented().items() if "Must be zero" in text}
    assert {"NotificationsLost", "RequestsNotJudged", "StreamRecordsNotUnderstood"} <= must_be_zero
    at_one = {it.get("MetricName") for it in ALARMS.values() if (it["Threshold"], it["EvaluationPeriods"]) == (1, 1)}
    assert must_be_zero - at_one == set()


def test_the_page_of_metrics_lists_the_metrics_of_the_code() -> None:
    by_group = {name for name in _documented() if name.startswith("RateLimitRemaining")}
    assert len(by_group) == 4
    assert set(_documented()) - by_group == _counted()


def test_the_page_of_metrics_lists_every_alarm() -> None:
    rows = re.findall(r"^\| `(\w+Alarm)`(\*?) \|", (ROOT / "docs/metrics.md").read_text(), re.MULTILINE)
    assert sorted(name for name, _ in rows) == sorted(ALARMS)
    assert {name for name, mark in rows if mark} == LOST_FOR_GOOD


def test_every_queue_in_which_failures_end_has_an_alarm() -> None:
    deployment = Deployment(READ)
    queues = {name for name, _ in deployment.of_type("AWS::SQS::Queue")} - {"DeferredQueue"}
    alarms = [alarm for alarm in ALARMS.values() if alarm.get("Namespace") == "AWS/SQS"]
    watched = {alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for alarm in alarms}
    assert watched == queues


def test_a_subscription_that_fails_once_an_hour_is_noticed() -> None:
    alarm = ALARMS["SubscriptionAlarm"]
    minutes = alarm["Period"] * alarm["EvaluationPeriods"] // 60
    for first in range(60):
        failures = range(first, minutes, 60)
        assert len(failures) >= alarm["DatapointsToAlarm"]


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=list(ALARMS))
def test_an_alarm_looks_back_a_day_at_most(alarm: dict[str, Any]) -> None:
    """CloudWatch takes no more: PutMetricAlarm, EvaluationPeriods."""
    period = alarm.get("Period") or max(
        each["MetricStat"]["Period"] for each in alarm["Metrics"] if "MetricStat" in each
    )
    assert period * alarm["EvaluationPeriods"] <= 86_400
    assert alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"]
    assert alarm["TreatMissingData"] == "notBreaching"


def test_a_stack_without_a_service_login_has_no_alarm_that_could_never_end() -> None:
    without = {alarm.get("MetricName") for _, alarm in Deployment(READ).of_type("AWS::CloudWatch::Alarm")}
    assert "CredentialsMissing" not in without
    assert {"LoginsRefused", "SubscriptionFailed"} <= without


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        ("AlarmTopicArn", "", True),
        ("AlarmTopicArn", "arn:aws-cn:sns:cn-north-1:123456789012:Ops_alarms-1", True),
        ("AlarmTopicArn", "ops", False),
        ("AlarmTopicArn", "arn:aws:sqs:eu-west-1:123456789012:ops", False),
        ("AlarmEmail", "", True),
        ("AlarmEmail", "ops+rollcall@phone.example", True),
        ("AlarmEmail", "ops", False),
        ("AlarmEmail", "ops@phone.example, others@phone.example", False),
    ],
)
def test_cloudformation_refuses_a_mistyped_topic_or_address(parameter: str, value: str, taken: bool) -> None:
    assert bool(re.fullmatch(READ["Parameters"][parameter]["AllowedPattern"], value)) is taken
