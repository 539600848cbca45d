"""What AWS says of alarms, functions, queues and protection, in the cases that a local AWS can't show."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from ops.check import alarms, clock, failures, protection, wiring
from ops.check.finding import Finding
from ops.check.runner import findings_of
from ops.stack import Resource
from tests.ops.installed import STACK, installed, paged, refusal, resource
from tests.ops.server import Answer, serving

TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
LOCAL = {"LocalEndpoint": "http://127.0.0.1:4566"}


def codes(found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.code, finding.status) for finding in found]


def alarm(name: str, **changed: Any) -> dict[str, Any]:
    return {
        "AlarmName": f"{STACK}-{name}",
        "Namespace": "Rollcall",
        "Dimensions": [{"Name": "service", "Value": STACK}],
        "AlarmActions": [TOPIC],
        "ActionsEnabled": True,
        "StateValue": "OK",
    } | changed


def told(
    *found: dict[str, Any],
    subscribers: tuple[str, ...] = ("arn:aws:sns:1",),
    parameters: Mapping[str, str] | None = None,
) -> list[Finding]:
    resources = [resource(one["AlarmName"].removeprefix(f"{STACK}-"), "AWS::CloudWatch::Alarm") for one in found]
    subscriptions = {"Subscriptions": [{"SubscriptionArn": arn} for arn in subscribers]}
    installation = installed(
        *resources,
        parameters=parameters,
        cloudwatch=SimpleNamespace(get_paginator=paged(describe_alarms=[{"MetricAlarms": found}])),
        sns=SimpleNamespace(get_paginator=paged(list_subscriptions_by_topic=[subscriptions])),
    )
    described = alarms.described(installation)
    return [*alarms.alarms(installation, described), *alarms.subscribers(installation, described)]


def test_alarms_that_watch_and_tell_are_ok() -> None:
    assert codes(told(alarm("One"), alarm("Two"))) == [("alarms", "ok"), ("alarm-subscribers", "ok")]


def test_an_alarm_without_an_action_is_named() -> None:
    (found, _) = told(alarm("One"), alarm("Two", AlarmActions=[]), alarm("Three", ActionsEnabled=False))
    assert (found.code, found.status, found.message) == (
        "alarm-without-action", "warning", "2 of 3 alarms tell nobody: Two, Three"
    )  # fmt: skip


def test_on_aws_alarms_that_all_tell_nobody_are_told_and_on_this_machine_they_are_not() -> None:
    assert codes(told(alarm("One", AlarmActions=[]))) == [("alarm-without-action", "warning")]
    assert codes(told(alarm("One", AlarmActions=[]), parameters=LOCAL)) == [("alarms", "ok")]


@pytest.mark.parametrize(
    ("subscribers", "said"), [(("PendingConfirmation",), "nobody has confirmed"), ((), "nobody is subscribed")]
)
def test_a_topic_nobody_listens_to_is_an_error(subscribers: tuple[str, ...], said: str) -> None:
    (_, found) = told(alarm("One"), subscribers=subscribers)
    assert (found.code, found.status) == ("alarm-subscriber-unconfirmed", "error")
    assert said in found.message


def test_one_confirmed_subscriber_among_others_is_enough() -> None:
    assert codes(told(alarm("One"), subscribers=("PendingConfirmation", "arn:aws:sns:2")))[1][1] == "ok"


def test_an_alarm_on_what_another_stack_writes_is_an_error() -> None:
    (found, _) = told(alarm("One"), alarm("Two", Dimensions=[{"Name": "service", "Value": "rollcall"}]))
    assert (found.code, found.status) == ("alarm-dimension", "error")
    assert found.message.endswith("which is not watched by Two")


def test_alarms_of_aws_s_own_metrics_have_dimensions_of_their_own() -> None:
    queue = alarm("Queue", Namespace="AWS/SQS", Dimensions=[{"Name": "QueueName", "Value": "q"}])
    assert codes(told(alarm("One"), queue))[0] == ("alarms", "ok")


def test_a_name_that_other_stacks_write_under_too_is_a_warning() -> None:
    installation = installed(
        resource("One", "AWS::CloudWatch::Alarm"), environment={"POWERTOOLS_SERVICE_NAME": "rollcall"}
    )
    found: Any = {"One": alarm("One", Dimensions=[{"Name": "service", "Value": "rollcall"}])}
    assert codes(list(alarms.alarms(installation, found))) == [("alarm-shared", "warning")]


def test_an_alarm_that_somebody_deleted_is_an_error() -> None:
    cloudwatch = SimpleNamespace(get_paginator=paged(describe_alarms=[{"MetricAlarms": [alarm("One")]}]))
    alarm_type = "AWS::CloudWatch::Alarm"
    installation = installed(resource("One", alarm_type), resource("Two", alarm_type), cloudwatch=cloudwatch)
    (found,) = alarms.alarms(installation, alarms.described(installation))
    assert (found.code, found.status, found.message[-5:]) == ("alarm-missing", "error", ": Two")


def test_a_firing_alarm_is_an_error() -> None:
    assert codes(told(alarm("One", StateValue="ALARM")))[0] == ("alarm-firing", "error")
    assert codes(told(alarm("One", StateValue="INSUFFICIENT_DATA")))[0] == ("alarms", "ok")


def test_more_alarms_than_cloudwatch_describes_at_once() -> None:
    asked = list[int]()

    def paginate(AlarmNames: list[str]) -> list[dict[str, Any]]:  # noqa: N803  # AWS's own name
        asked.append(len(AlarmNames))
        return [{"MetricAlarms": [alarm(name.removeprefix(f"{STACK}-")) for name in AlarmNames]}]

    resources = [resource(f"Alarm{number}", "AWS::CloudWatch::Alarm") for number in range(150)]
    cloudwatch = SimpleNamespace(get_paginator=lambda _operation: SimpleNamespace(paginate=paginate))
    assert len(alarms.described(installed(*resources, cloudwatch=cloudwatch))) == 150
    assert asked == [100, 50]


def test_without_alarms_nothing_is_ok() -> None:
    (found,) = findings_of("alarms", lambda: alarms.alarms(installed(), alarms.described(installed())))
    assert found.status == "not-run"


@pytest.mark.parametrize(
    ("state", "concurrency", "code"),
    [
        ({"State": "Active", "LastUpdateStatus": "Successful"}, {}, "functions"),
        ({"State": "Inactive"}, {"ReservedConcurrentExecutions": 5}, "functions"),
        ({"State": "Failed", "StateReason": "no layer"}, {}, "function-broken"),
        ({"State": "Active", "LastUpdateStatus": "Failed"}, {}, "function-broken"),
        ({"State": "Active"}, {"ReservedConcurrentExecutions": 0}, "function-throttled"),
    ],
)
def test_a_function_that_may_not_run_is_found(state: dict[str, Any], concurrency: dict[str, int], code: str) -> None:
    client = SimpleNamespace(
        get_function_configuration=lambda **_request: state, get_function_concurrency=lambda **_request: concurrency
    )
    (found,) = wiring.functions(installed(functions=client))
    assert (found.code, found.status) == (code, "ok" if code == "functions" else "error")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ({"State": "Enabled", "LastProcessingResult": "OK"}, "event-sources"),
        ({"State": "Enabled", "LastProcessingResult": "PROBLEM: Function call failed"}, "event-source-failing"),
        ({"State": "Disabled"}, "event-source-disabled"),
        ({"State": "Disabling"}, "event-source-disabled"),
    ],
)
def test_an_event_source_that_does_not_run_its_function_is_found(state: dict[str, str], code: str) -> None:
    client = SimpleNamespace(get_event_source_mapping=lambda **_request: state)
    (found,) = wiring.event_sources(installed(resource("M", "AWS::Lambda::EventSourceMapping"), functions=client))
    assert (found.code, found.status) == (code, "ok" if code == "event-sources" else "error")


def queues(**counts: tuple[str, str]) -> list[Finding]:
    def get_queue_attributes(QueueUrl: str, **_request: Any) -> dict[str, Any]:  # noqa: N803  # AWS's own name
        visible, hidden = counts[QueueUrl.removeprefix(f"{STACK}-")]
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": visible, "ApproximateNumberOfMessagesNotVisible": hidden
            }
        }  # fmt: skip

    resources = [resource(name, "AWS::SQS::Queue") for name in counts]
    sqs = SimpleNamespace(get_queue_attributes=get_queue_attributes)
    return list(failures.failures(installed(*resources, sqs=sqs)))


def test_what_waits_in_a_queue_is_found_also_while_somebody_looks_at_it() -> None:
    assert codes(queues(DeferredQueue=("0", "0"), StreamFailures=("0", "0"))) == [("failures", "ok")]
    assert codes(queues(StreamFailures=("0", "2"))) == [("stream-failures", "error")]
    assert codes(queues(DeferredQueue=("1", "0"))) == [("deferred-waiting", "warning")]
    assert codes(queues(SomethingNew=("1", "0"))) == [("failures-waiting", "error")]


@pytest.mark.parametrize(
    ("parameters", "enabled", "code"),
    [
        ({"Production": "true"}, True, "protection"),
        ({"Production": "true"}, False, "termination-protection-off"),
        ({"Production": "false"}, True, "production-off"),
        ({"Production": "false"} | LOCAL, False, "protection"),
    ],
)
def test_protection_is_asked_for_where_people_rely_on_it(parameters: dict[str, str], enabled: bool, code: str) -> None:
    installation = installed(parameters=parameters, described={"EnableTerminationProtection": enabled})
    (found,) = protection.protection(installation)
    assert (found.code, found.status) == (code, "ok" if code == "protection" else "warning")


def test_a_clock_is_held_against_each_server_that_tells_the_time() -> None:
    with serving(lambda _request: Answer(403)) as url:
        (found,) = findings_of(
            "clock", lambda: clock.clock({"AWS": url, "RingCentral": "http://127.0.0.1:9"}, clock.utc_now)
        )
        assert (found.status, found.message) == ("not-run", "no time was told by RingCentral")
        (found,) = findings_of("clock", lambda: clock.clock({"AWS": url}, clock.utc_now))
        assert found.status == "ok"


def test_a_resource_without_a_physical_id_was_never_made() -> None:
    cloudwatch = SimpleNamespace(get_paginator=paged(describe_alarms=[{"MetricAlarms": []}]))
    never_made = Resource("One", "AWS::CloudWatch::Alarm", "", "CREATE_FAILED")
    installation = installed(never_made, cloudwatch=cloudwatch)
    (found,) = findings_of("alarms", lambda: alarms.alarms(installation, alarms.described(installation)))
    assert found.status == "not-run"


def test_what_an_operator_may_not_read_is_not_run() -> None:
    def denied(**_request: Any) -> Any:
        raise refusal("AccessDeniedException", "no", "ListObjectsV2")

    installation = installed(outputs={"QuarantineBucketName": "q"}, s3=SimpleNamespace(list_objects_v2=denied))
    (found,) = findings_of("quarantine", lambda: failures.quarantine(installation))
    assert (found.status, found.message) == ("not-run", "you may not call ListObjectsV2: no")
