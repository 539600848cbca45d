"""What the template says under each of its conditions. Linters take every !If for granted."""

import re
from typing import Any

import pytest

from rollcall.services.roster import NEWCOMER_MS
from tests.support.template import TEMPLATE, Deployment, read_template

READ = read_template()


def test_every_function_has_its_log_group_and_in_production_its_concurrency(
    chosen: tuple[Deployment, bool, bool],
) -> None:
    deployment, production, _ = chosen
    functions = dict(deployment.of_type("AWS::Serverless::Function"))
    logs = dict(deployment.of_type("AWS::Logs::LogGroup"))
    assert len(functions) >= 9
    for name, function in functions.items():
        assert (function.get("ReservedConcurrentExecutions", 0) > 0) is production, name
        log = function["LoggingConfig"]["LogGroup"]["Ref"]
        folder = function["CodeUri"].removeprefix("functions/")
        assert logs[log]["LogGroupName"] == {"Fn::Sub": f"/rollcall/${{AWS::StackName}}/{folder}"}


def test_the_shares_leave_what_aws_wants_free_and_are_those_that_the_table_tells() -> None:
    everything = Deployment(READ, Production="true", ConsoleClientId="sample")
    functions = everything.of_type("AWS::Serverless::Function")
    shares = {it["CodeUri"].removeprefix("functions/"): it["ReservedConcurrentExecutions"] for _, it in functions}
    text = TEMPLATE.read_text()
    told = dict(re.findall(r"^#   ([a-z]+) (\d+) ", text, re.MULTILINE))
    assert {name: str(share) for name, share in shares.items()} == told
    assert sum(shares.values()) <= 1000 - 100
    assert f"{sum(shares.values())} of the usual 1,000" in text


def test_no_name_is_too_long_for_the_longest_name_of_a_stack() -> None:
    """A stack's name has 128 characters at most. What has no name here gets one that fits from CloudFormation."""
    limits = {"LogGroupName": 512, "LayerName": 140, "Name": 128, "FunctionName": 64, "QueueName": 80, "RoleName": 64}
    named = [
        (property_, value["Fn::Sub"].replace("${AWS::StackName}", "s" * 128) if "Fn::Sub" in value else "s" * 128)
        for resource in Deployment(READ, ConsoleClientId="sample").resources.values()
        for property_, value in resource.get("Properties", {}).items()
        if property_ in limits and "AWS::StackName" in str(value)
    ]
    assert len(named) >= 16
    assert [name for property_, name in named if len(name) > limits[property_]] == []


def test_the_roster_function_leaves_the_webhook_room_in_an_account_of_ten_executions(
    chosen: tuple[Deployment, bool, bool],
) -> None:
    deployment, production, _ = chosen
    mapping = deployment.resources["PartyRecordsMapping"]["Properties"]
    # A new table's stream has four shards.
    assert mapping["ParallelizationFactor"] * 4 <= (50 if production else 4)


def test_the_authorizer_gives_up_before_api_gateway_does() -> None:
    """An HTTP API waits 10 s for it, the start of a sandbox included."""
    functions = dict(Deployment(READ).of_type("AWS::Serverless::Function"))
    assert functions["AuthorizerFunction"]["Timeout"] == 8


def test_a_queue_takes_undelivered_events_of_its_own_rules_alone() -> None:
    deployment = Deployment(READ)
    rules: dict[str, list[str]] = {}
    for name, function in deployment.of_type("AWS::Serverless::Function"):
        for event, it in function.get("Events", {}).items():
            queue = it["Properties"]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
            rules.setdefault(queue, []).append(f"{name}{event}")  # SAM calls the rule so
    for name, rule in deployment.of_type("AWS::Events::Rule"):
        rules.setdefault(rule["Targets"][0]["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0], []).append(name)
    allowed = {}
    for _, policy in deployment.of_type("AWS::SQS::QueuePolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Allow":
                ((queue,),) = [it.values() for it in policy["Queues"]]
                sources = statement["Condition"]["ArnEquals"]["aws:SourceArn"]
                listed = sources if isinstance(sources, list) else [sources]
                allowed[queue] = [source["Fn::GetAtt"] for source in listed]
    assert allowed == {queue: [[rule, "Arn"] for rule in its] for queue, its in rules.items()}
    assert set(allowed) == {"ReconcileFailures", "SubscriptionFailures"}


def test_the_access_log_takes_no_room_in_the_resource_policy_of_the_account() -> None:
    (name,) = [
        log["LogGroupName"]["Fn::Sub"]
        for logical_id, log in Deployment(READ).of_type("AWS::Logs::LogGroup")
        if logical_id == "HttpAccessLog"
    ]
    assert name == "/aws/vendedlogs/rollcall/${AWS::StackName}/http-access"


def test_a_watch_counts_as_new_for_longer_than_it_may_take_to_be_written() -> None:
    functions = dict(Deployment(READ).of_type("AWS::Serverless::Function"))
    assert functions["ConnectionsFunction"]["Timeout"] * 1000 < NEWCOMER_MS


def test_the_console_is_there_only_if_its_app_is_named() -> None:
    without, having = Deployment(READ), Deployment(READ, ConsoleClientId="sample")
    more = set(having.resources) - set(without.resources)
    assert more == {f"Console{part}" for part in ("Function", "Log", "Route", "FileRoute", "Integration", "Permission")}
    # It may do nothing but log.
    assert having.resources["ConsoleFunction"]["Properties"]["Policies"] == [{"Ref": "NoLogGroups"}]


def test_the_console_may_use_what_pages_may_and_without_it_no_page_more_may() -> None:
    own = {"Fn::Sub": "https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"}
    listed = {"Ref": "AllowedOrigins"}
    with_console = {"Fn::Join": [",", [{"Fn::Join": [",", listed]}, own]]}
    for client, origins in {"": {"Fn::Join": [",", listed]}, "sample": with_console}.items():
        functions = Deployment(READ, ConsoleClientId=client).of_type("AWS::Serverless::Function")
        told = {name: it.get("Environment", {}).get("Variables", {}).get("ALLOWED_ORIGINS") for name, it in functions}
        asked = {name for name, value in told.items() if value}
        assert asked == {f"{name}Function" for name in ("Connections", "Tickets", "Conferences", "Remove")}
        assert [told[name] for name in sorted(asked)] == [origins] * 4


def test_every_queue_and_the_bucket_take_tls_only_on_aws() -> None:
    deployment = Deployment(READ)
    policies = [*deployment.of_type("AWS::SQS::QueuePolicy"), *deployment.of_type("AWS::S3::BucketPolicy")]
    closed = set()
    for _, policy in policies:
        (denied,) = [it for it in policy["PolicyDocument"]["Statement"] if it["Effect"] == "Deny"]
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert denied["Principal"] == "*"
        closed |= {it["Ref"] for it in policy.get("Queues", [policy.get("Bucket")])}
    kinds = ("AWS::SQS::Queue", "AWS::S3::Bucket")
    assert closed == {name for kind in kinds for name, _ in deployment.of_type(kind)}
    on_this_machine = Deployment(READ, LocalEndpoint="http://127.0.0.1:4566")
    assert "SecureTransport" not in str(on_this_machine.resources)


def _routes(deployment: Deployment) -> dict[str, str]:
    return {route["RouteKey"]: name for name, route in deployment.of_type("AWS::ApiGatewayV2::Route")}


def test_every_route_but_the_default_one_has_a_throttle_of_its_own() -> None:
    deployment = Deployment(READ)
    stage = deployment.resources["HttpStage"]
    routes = _routes(deployment)
    throttled: dict[str, Any] = stage["Properties"]["RouteSettings"]
    assert throttled.keys() == routes.keys() - {"$default"}
    assert {routes[key] for key in throttled} <= set(stage["DependsOn"])
    for settings in [*throttled.values(), stage["Properties"]["DefaultRouteSettings"]]:
        assert 0 < settings["ThrottlingRateLimit"] <= settings["ThrottlingBurstLimit"]


@pytest.mark.parametrize(
    "origin",
    ["https://phone.example", "https://phone.example:8443", "http://localhost:3000", "http://127.0.0.1", "https://a"],
)
def test_an_origin_is_admitted(origin: str) -> None:
    assert re.fullmatch(READ["Parameters"]["AllowedOrigins"]["AllowedPattern"], origin)


@pytest.mark.parametrize(
    "origin",
    [
        *("*", "https://*", "https://*.example", "http://phone.example", "https://phone.example/", "null", ""),
        *(
            "https://phone.example/path",
            "https://user@phone.example",
            "HTTPS://phone.example",
            "https://",
            "ws://localhost",
        ),
        *("http://localhost.example", "http://127.0.0.1.example", "http://127x0x0x1", "https://phone.example:port"),
        *("https://phone.example https://other.example", "https://-"),
    ],
)
def test_an_origin_is_refused(origin: str) -> None:
    assert not re.fullmatch(READ["Parameters"]["AllowedOrigins"]["AllowedPattern"], origin)


def test_the_default_origins_are_admitted() -> None:
    assert re.fullmatch(*(READ["Parameters"]["AllowedOrigins"][key] for key in ("AllowedPattern", "Default")))
