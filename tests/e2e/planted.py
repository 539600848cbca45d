"""Faults that are planted in a real local stack, each put right again at the end."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import httpx

from tests.e2e.actors import Agent
from tests.e2e.checked import World
from tests.e2e.waiting import eventually

Rule = AbstractContextManager[None]
Plant = Callable[[World], Rule]


@contextmanager
def no_webhook_route(world: World) -> Iterator[None]:
    (api,) = [api["ApiId"] for api in world.apis.get_apis()["Items"] if api["ProtocolType"] == "HTTP"]
    (route,) = [one for one in world.apis.get_routes(ApiId=api)["Items"] if one["RouteKey"] == "POST /webhook"]
    world.apis.delete_route(ApiId=api, RouteId=route["RouteId"])
    yield
    world.apis.create_route(ApiId=api, RouteKey=route["RouteKey"], Target=route["Target"])


def throttled(function: str) -> Plant:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        world.lambdas.put_function_concurrency(FunctionName=world.function(function), ReservedConcurrentExecutions=0)
        yield
        world.lambdas.delete_function_concurrency(FunctionName=world.function(function))

    return plant


def broken(function: str, **environment: str) -> Plant:
    return lambda world: world.aws.changed_environment(function, **environment)


@contextmanager
def no_verification_secret(world: World) -> Iterator[None]:
    secret = world.aws.secret("VerificationSecret")
    world.aws.secrets.delete_secret(SecretId=secret)
    yield
    world.aws.secrets.restore_secret(SecretId=secret)


def secret_with(logical_id: str, value: object) -> Plant:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        secret = world.aws.secret(logical_id)
        good = world.aws.secrets.get_secret_value(SecretId=secret)["SecretString"]
        world.aws.secrets.put_secret_value(SecretId=secret, SecretString=json.dumps(value))
        yield
        world.aws.secrets.put_secret_value(SecretId=secret, SecretString=good)

    return plant


@contextmanager
def unfinished_rotation(world: World) -> Iterator[None]:
    # With the token that is in force: a function that reads another one believes it for a minute.
    with secret_with("VerificationSecret", {"current": world.aws.verification_token(), "next": "later"})(world):
        yield


@contextmanager
def disabled_rule(world: World, logical_id: str = "ReconcileFunctionEvery") -> Iterator[None]:
    rule = world.physical_id(logical_id)
    world.events.disable_rule(Name=rule)
    yield
    world.events.enable_rule(Name=rule)


def subscription_that(harmed: Callable[[World], None]) -> Plant:
    """Without the schedule, which would put it right within a minute."""

    @contextmanager
    def plant(world: World) -> Iterator[None]:
        with disabled_rule(world, "SubscriptionFunctionEvery"):
            harmed(world)
            yield
            world.subscribe_anew()

    return plant


def with_filters_disabled(world: World) -> None:
    Agent.set_faults(world.stack, disableFilters=["telephony"])
    with suppress(httpx.HTTPStatusError):
        world.update_subscription(*service_filters())
    Agent.set_faults(world.stack, disableFilters=["subscription/~"])
    world.update_subscription(*service_filters())


def service_filters() -> tuple[str, str]:
    reminder = "/restapi/v1.0/subscription/~?threshold=864000&interval=86400"
    return "/restapi/v1.0/account/~/telephony/sessions", reminder


@contextmanager
def ended_subscription(world: World) -> Iterator[None]:
    function = world.function("subscription")
    world.lambdas.invoke(FunctionName=function, Payload=b'{"RequestType": "Delete"}')
    yield
    world.lambdas.invoke(FunctionName=function, Payload=b'{"RequestType": "Update"}')


def without_permission(name: str, *, with_subscription: bool = True) -> Plant:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        with disabled_rule(world, "SubscriptionFunctionEvery"):
            if not with_subscription:
                world.harm("remove")
            Agent.set_faults(world.stack, missingPermissions=[name])
            yield
            world.subscribe_anew()

    return plant


@contextmanager
def disabled_mapping(world: World) -> Iterator[None]:
    mapping = world.physical_id("PartyRecordsMapping")
    world.lambdas.update_event_source_mapping(UUID=mapping, Enabled=False)
    yield
    world.lambdas.update_event_source_mapping(UUID=mapping, Enabled=True)

    def enabled() -> bool:
        return bool(world.lambdas.get_event_source_mapping(UUID=mapping)["State"] == "Enabled")

    eventually(enabled, "the mapping is enabled again")


def message_in(logical_id: str) -> Plant:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        url = world.physical_id(logical_id)
        world.aws.sqs.send_message(QueueUrl=url, MessageBody="{}")
        yield
        world.aws.sqs.purge_queue(QueueUrl=url)

    return plant


@contextmanager
def quarantined(world: World) -> Iterator[None]:
    bucket, key = world.aws.outputs["QuarantineBucketName"], "2026-03-04/malformed/1"
    world.aws.s3.put_object(Bucket=bucket, Key=key, Body=b"{}")
    yield
    world.aws.s3.delete_object(Bucket=bucket, Key=key)


def changed_alarm(change: Callable[[World, dict[str, Any]], None]) -> Plant:
    @contextmanager
    def plant(world: World) -> Iterator[None]:
        name = world.physical_id("LoginAlarm")
        (found,) = world.alarms.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        kept = {key: value for key, value in found.items() if not key.startswith(("State", "AlarmArn", "AlarmConf"))}
        changed = json.loads(json.dumps(kept))
        change(world, changed)
        world.alarms.put_metric_alarm(**changed)
        yield
        world.alarms.put_metric_alarm(**kept)

    return plant


def watching_another_stack(_world: World, alarm: dict[str, Any]) -> None:
    alarm["Dimensions"] = [{"Name": "service", "Value": "another-stack"}]


def telling_a_topic_without_subscribers(world: World, alarm: dict[str, Any]) -> None:
    alarm["AlarmActions"] = [world.sns.create_topic(Name="alarms")["TopicArn"]]


@contextmanager
def firing_alarm(world: World) -> Iterator[None]:
    name = world.physical_id("LoginAlarm")
    world.alarms.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="planted")
    yield
    world.alarms.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")
