"""The alarms: whether each watches this stack's own metrics, and whether somebody is told."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from ops.check.finding import Finding, error, ok, warning
from ops.check.installation import Installation

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

ALARMS, SUBSCRIBERS = "alarms", "alarm-subscribers"

_NAMESPACE = "Rollcall"
_DIMENSION = "service"
"""Namespace and dimension of Rollcall's own metrics (docs/metrics.md). The dimension's value is the name that the
functions are given for their logs and metrics."""

_AT_ONCE = 100
"""How many alarms CloudWatch describes at once (API reference, DescribeAlarms)."""

Alarms: TypeAlias = "Mapping[str, MetricAlarmTypeDef]"
"""Alarms as CloudWatch describes them, by their names in the template."""


def described(installation: Installation) -> Alarms:
    """The stack's alarms."""
    names = {alarm.physical_id: alarm.logical_id for alarm in installation.of_type("AWS::CloudWatch::Alarm")}
    pages = installation.stack.cloudwatch.get_paginator("describe_alarms")
    return {
        names[alarm["AlarmName"]]: alarm
        for start in range(0, len(names), _AT_ONCE)
        for page in pages.paginate(AlarmNames=list(names)[start : start + _AT_ONCE])
        for alarm in page["MetricAlarms"]
    }


def alarms(installation: Installation, found: Alarms) -> Iterator[Finding]:
    """Whether the stack's alarms watch its own metrics, tell somebody, and are silent."""
    wrong = [*_gone(installation, found), *_dimension(installation, found), *_actions(installation, found)]
    firing = [name for name, alarm in found.items() if alarm.get("StateValue") == "ALARM"]
    if firing:
        wrong.append(error("alarm-firing", f"In state ALARM: {', '.join(firing)}"))
    yield from wrong or [ok(ALARMS, f"{len(found)} alarms watch this stack and are silent")]


def subscribers(installation: Installation, found: Alarms) -> Iterator[Finding]:
    """Whether an alarm's topic has a subscriber who has confirmed. One who has not is listed without a real ARN (SNS
    API reference, ListSubscriptionsByTopic). Without a topic there is nothing to say; `alarms` says that.
    """
    topics = {action for alarm in found.values() for action in alarm.get("AlarmActions", []) if ":sns:" in action}
    wrong = list[Finding]()
    for topic in sorted(topics):
        pages = installation.stack.sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        arns = [subscription["SubscriptionArn"] for page in pages for subscription in page["Subscriptions"]]
        if not any(arn.startswith("arn:") for arn in arns):
            pending = "nobody has confirmed the subscription" if arns else "nobody is subscribed"
            wrong.append(error("alarm-subscriber-unconfirmed", f"Alarms go to {topic}, and {pending}"))
    if topics:
        yield from wrong or [ok(SUBSCRIBERS, f"somebody is subscribed to {', '.join(sorted(topics))}")]


def _gone(installation: Installation, found: Alarms) -> Iterator[Finding]:
    wanted = [alarm.logical_id for alarm in installation.of_type("AWS::CloudWatch::Alarm")]
    gone = [name for name in wanted if name not in found]
    if gone:
        yield error("alarm-missing", f"The stack has these alarms, and CloudWatch does not: {', '.join(gone)}")


def _dimension(installation: Installation, found: Alarms) -> Iterator[Finding]:
    """Each alarm on Rollcall's metrics must watch the value under which this stack's functions write them."""
    name = installation.physical_id("SubscriptionFunction")
    environment = installation.stack.functions.get_function_configuration(FunctionName=name).get("Environment", {})
    written = environment.get("Variables", {}).get("POWERTOOLS_SERVICE_NAME", "")
    own = {name: alarm for name, alarm in found.items() if alarm.get("Namespace") == _NAMESPACE}
    elsewhere = [name for name, alarm in own.items() if _watched(alarm) != written]
    if elsewhere:
        message = f"The functions write metrics as {_DIMENSION}={written}, which is not watched by"
        yield error("alarm-dimension", f"{message} {', '.join(elsewhere)}")
    elif own and written != installation.stack.name:
        yield warning("alarm-shared", f"Metrics are written as {_DIMENSION}={written}, as they may be by other stacks")


def _watched(alarm: "MetricAlarmTypeDef") -> str:
    return next((one["Value"] for one in alarm.get("Dimensions", []) if one["Name"] == _DIMENSION), "")


def _actions(installation: Installation, found: Alarms) -> Iterator[Finding]:
    mute = [name for name, alarm in found.items() if not (alarm.get("AlarmActions") and alarm.get("ActionsEnabled"))]
    if installation.is_local and len(mute) == len(found):
        return  # a stack on this machine has nobody to tell
    if mute:
        yield warning("alarm-without-action", f"{len(mute)} of {len(found)} alarms tell nobody: {', '.join(mute)}")
