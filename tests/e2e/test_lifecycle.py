"""A stack is updated with data in it, deleted, and deployed again under the same name.

What the local AWS can't show: it deletes buckets that are not empty and tables that are protected, where CloudFormation
fails; and on its own it makes a log group again for a function that logs late, whatever the function's role allows.
"""

import json
from collections.abc import Iterator

import httpx
import pytest

from local.stack.stack import Stack
from tests.e2e.actors import Agent, people
from tests.e2e.aws import Aws
from tests.e2e.lifecycle import (
    client,
    deploy,
    deploy_another_version,
    everything,
    physical_ids,
    separate_stack,
    uninstall,
)
from tests.e2e.waiting import eventually, settled

STORES = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SecretsManager::Secret")
ALL_OF_THE_ACCOUNT = "/restapi/v1.0/account/~/telephony/sessions"
OWN = "/restapi/v1.0/account/~/extension/~/telephony/sessions"


@pytest.fixture(autouse=True)
def _no_faults() -> None:
    """Nothing to mend: the stack that the other tests share is not used here."""


@pytest.fixture(scope="module")
def separate() -> Iterator[Stack]:
    with separate_stack() as stack:
        yield stack


class Stored:
    """What a stack has stored, and where."""

    def __init__(self, stack: Stack) -> None:
        self.places = physical_ids(stack, *STORES)
        dynamodb, s3 = client(stack, "dynamodb"), client(stack, "s3")
        self.parties = dynamodb.scan(TableName=self.places["PartyTable"])["Items"]
        self.connections = {
            (item["pk"]["S"], item["sk"]["S"])
            for item in dynamodb.scan(TableName=self.places["ConnectionTable"])["Items"]
        }
        secrets = client(stack, "secretsmanager")
        self.secrets = {
            name: json.loads(secrets.get_secret_value(SecretId=self.places[name])["SecretString"])
            for name in ("VerificationSecret", "RingCentralSecret")
        }
        listed = s3.list_objects_v2(Bucket=self.places["QuarantineBucket"]).get("Contents", [])
        self.quarantine = [item["Key"] for item in listed]


def keep_something_in_each_store(stack: Stack) -> None:
    places = physical_ids(stack, *STORES)
    for bucket in ("QuarantineBucket", "RecordingBucket"):
        client(stack, "s3").put_object(Bucket=places[bucket], Key="2026-03-04/not-json/sample", Body=b"{")
    client(stack, "sqs").send_message(QueueUrl=places["DeferredDeadLetters"], MessageBody="{}")


def shown(agent: Agent, conference: str) -> list[str]:
    answer = agent.get(f"/conferences/{conference}")
    return people(answer.json()) if answer.status_code == httpx.codes.OK else []


def filters(stack: Stack) -> list[list[str]]:
    """Those of each active subscription for this stack's webhook, without the account's number."""
    answer = httpx.get(f"{stack.ringcentral_url}/simulator/subscriptions", trust_env=False).raise_for_status()
    return [
        [name for name in one["eventFilters"] if "/telephony/" in name]
        for one in answer.json()
        if one["address"] == stack.webhook_url and one["status"] == "Active"
    ]


def another_version(template: str) -> str:
    """Other settings of what keeps data, of a function and of an alarm."""
    replaced = {
        "RetentionInDays: 30": "RetentionInDays: 14",
        "MemorySize: 1024": "MemorySize: 2048",
        "The RingCentral app's credentials and the user's JWT.": "The app's credentials.",
        "Verification tokens that the webhook": "The tokens that the webhook",
    }
    for old, new in replaced.items():
        assert old in template
        template = template.replace(old, new)
    return template


def test_an_update_and_one_back_change_what_they_should_and_lose_nothing(separate: Stack) -> None:
    agent = Agent(separate, "700100001", "700290001")
    conference = agent.open_conference()
    agent.bring_in_somebody(conference, "Anna")
    keep_something_in_each_store(separate)
    with agent.socket() as socket:
        socket.subscribe(conference)
        eventually(lambda: shown(agent, conference) == sorted([agent.name, "Anna"]), "Anna is in")
        before = Stored(separate)

        deploy_another_version(
            separate, another_version, ConsoleClientId="", Production="true", EventFilters=f"{ALL_OF_THE_ACCOUNT},{OWN}"
        )
        updated = Stored(separate)
        for name in ("places", "secrets", "quarantine"):
            assert getattr(updated, name) == getattr(before, name), name
        assert before.connections <= updated.connections
        assert {item["sk"]["S"] for item in before.parties} <= {item["sk"]["S"] for item in updated.parties}
        groups = client(separate, "logs").describe_log_groups()["logGroups"]
        assert {group["retentionInDays"] for group in groups} == {14}
        function = physical_ids(separate, "AWS::Lambda::Function")["IngestFunction"]
        ingest = client(separate, "lambda").get_function_configuration(FunctionName=function)
        assert ingest["MemorySize"] == 2048
        assert httpx.get(str(separate.console_url), trust_env=False).status_code == httpx.codes.NOT_FOUND
        assert any(len(one) == 2 for one in filters(separate))

        agent.bring_in_somebody(conference, "Bert")
        socket.roster_of(agent.name, "Anna", "Bert")

        again = deploy(separate)
        assert again.webhook_url == separate.webhook_url
        assert Stored(separate).places == before.places
        assert Stored(separate).secrets == before.secrets
        assert httpx.get(str(separate.console_url), trust_env=False).status_code == httpx.codes.OK
        agent.bring_in_somebody(conference, "Carla")
        socket.roster_of(agent.name, "Anna", "Bert", "Carla")
    agent.close()


def test_after_a_deletion_nothing_is_left_and_the_same_name_can_be_used_again(separate: Stack) -> None:
    agent = Agent(separate, "700100001", "700290002")
    conference = agent.open_conference()
    eventually(lambda: shown(agent, conference) == [agent.name], "the host is in")
    keep_something_in_each_store(separate)
    agent.close()
    assert all(names for kind, names in everything(separate).items() if kind != "sns")
    # A notification on its way would be logged after the log groups are gone, and so make one again.
    settled(lambda: Aws(separate).runs_of("ingest"))

    uninstall(separate)
    left = everything(separate)
    assert {kind: names for kind, names in left.items() if names} == {
        # SAM's own, for the code of all stacks.
        "cloudformation": ["aws-sam-cli-managed-default"],
        "s3": [name for name in left["s3"] if name.startswith("aws-sam-cli-managed-default-")],
    }
    assert filters(separate) == []

    again = deploy(separate)
    assert [len(one) for one in filters(again)] == [1]
    caller = Agent(again, "700100001", "700290003")
    assert caller.get(f"/conferences/{conference}").status_code == httpx.codes.NOT_FOUND
    conference = caller.open_conference()
    caller.bring_in_somebody(conference, "Dora")
    eventually(lambda: shown(caller, conference) == sorted([caller.name, "Dora"]), "the new stack works")
    caller.close()
