"""What the template says under each of its conditions. Linters take every !If for granted."""

import itertools
import re
from typing import Any

import pytest

from rollcall.services.roster import NEWCOMER_MS
from tests.support.template import TEMPLATE, Deployment, read_template

READ = read_template()
KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}
CHOICES = list(itertools.product(["true", "false"], repeat=2))


@pytest.fixture(params=CHOICES, ids=lambda choice: f"production={choice[0]},key={choice[1]}")
def chosen(request: pytest.FixtureRequest) -> tuple[Deployment, bool, bool]:
    production, key = request.param
    return Deployment(READ, Production=production, CustomerKey=key), production == "true", key == "true"


def test_tables_are_encrypted_and_protected_in_production(chosen: tuple[Deployment, bool, bool]) -> None:
    deployment, production, key = chosen
    tables = dict(deployment.of_type("AWS::DynamoDB::Table"))
    assert len(tables) == 2
    for name, table in tables.items():
        encryption = {"SSEEnabled": True, "SSEType": "KMS"} | ({"KMSMasterKeyId": KEY} if key else {})
        assert table["SSESpecification"] == encryption, name
        assert table["DeletionProtectionEnabled"] is production, name
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is production, name


def test_queues_are_encrypted_by_one_or_the_other(chosen: tuple[Deployment, bool, bool]) -> None:
    deployment, _, key = chosen
    queues = dict(deployment.of_type("AWS::SQS::Queue"))
    assert len(queues) >= 4
    for name, queue in queues.items():
        encryption = {setting: queue.get(setting) for setting in ("KmsMasterKeyId", "SqsManagedSseEnabled")}
        assert encryption == {"KmsMasterKeyId": KEY if key else None, "SqsManagedSseEnabled": None if key else True}, (
            name
        )


def test_the_buckets_are_encrypted_and_closed_and_keep_nothing_for_long(
    chosen: tuple[Deployment, bool, bool],
) -> None:
    deployment, _, key = chosen
    buckets = dict(deployment.of_type("AWS::S3::Bucket"))
    for name, bucket in buckets.items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        by_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
        assert rule["ServerSideEncryptionByDefault"] == (by_key if key else {"SSEAlgorithm": "AES256"}), name
        assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4, name
    days = {name: it["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] for name, it in buckets.items()}
    assert days == {"QuarantineBucket": 14, "RecordingBucket": 7}


def test_secrets_and_logs_are_encrypted_by_the_key(chosen: tuple[Deployment, bool, bool]) -> None:
    deployment, _, key = chosen
    secrets, logs = (
        dict(deployment.of_type("AWS::SecretsManager::Secret")),
        dict(deployment.of_type("AWS::Logs::LogGroup")),
    )
    assert len(secrets) == 3
    for name, properties in (secrets | logs).items():
        assert properties.get("KmsKeyId") == (KEY if key else None), name
    assert {log["RetentionInDays"] for log in logs.values()} == {30}


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


def test_a_watch_counts_as_new_for_longer_than_it_may_take_to_be_written() -> None:
    functions = dict(Deployment(READ).of_type("AWS::Serverless::Function"))
    assert functions["ConnectionsFunction"]["Timeout"] * 1000 < NEWCOMER_MS


def test_the_console_is_there_only_if_its_app_is_named() -> None:
    without, having = Deployment(READ), Deployment(READ, ConsoleClientId="sample")
    more = set(having.resources) - set(without.resources)
    assert more == {f"Console{part}" for part in ("Function", "Log", "Route", "FileRoute", "Integration", "Permission")}
    assert "Policies" not in having.resources["ConsoleFunction"]["Properties"]


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


def test_the_key_is_there_only_if_it_was_asked_for(chosen: tuple[Deployment, bool, bool]) -> None:
    deployment, _, key = chosen
    assert ("DataKey" in deployment.resources) is key
    assert ("DataKey" in str(deployment.resources)) is key


def test_the_key_turns_and_opens_to_this_account_alone() -> None:
    ((_, key),) = Deployment(READ, CustomerKey="true").of_type("AWS::KMS::Key")
    assert key["EnableKeyRotation"] is True
    statements = {it["Sid"]: it for it in key["KeyPolicy"]["Statement"]}
    conditions = statements["UsedThroughStores"]["Condition"]["StringEquals"]
    assert conditions["kms:CallerAccount"] == {"Ref": "AWS::AccountId"}
    services = {via["Fn::Sub"].partition(".")[0] for via in conditions["kms:ViaService"]}
    assert services == {"dynamodb", "s3", "secretsmanager", "sqs"}
    for sid, statement in statements.items():
        assert "Condition" in statement or sid == "AdministeredByIam"
    of_logs = statements["UsedByLogs"]["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]["Fn::Sub"]
    assert of_logs.endswith(":log-group:/rollcall/${AWS::StackName}/*")


def test_nothing_but_the_tables_outlives_or_holds_up_a_deletion() -> None:
    stores = ("DynamoDB::Table", "KMS::Key", "Logs::LogGroup", "S3::Bucket", "SecretsManager::Secret", "SQS::Queue")
    for name, resource in Deployment(READ, Production="true", CustomerKey="true").resources.items():
        if resource["Type"].removeprefix("AWS::") in stores:
            assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Delete", "Delete"), name


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
