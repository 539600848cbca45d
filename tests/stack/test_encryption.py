"""Stored data is encrypted and protected, and AWS can generate the secrets."""

import string
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.template import Deployment, read_template

READ = read_template()
KEY = {"Fn::GetAtt": ["DataKey", "Arn"]}

CLASSES = {
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}
"""The classes of characters of GetRandomPassword, each by the setting that leaves it out (its API reference)."""


def test_tables_are_encrypted_and_protected_in_production(chosen: tuple[Deployment, bool, bool]) -> None:
    deployment, production, key = chosen
    tables = dict(deployment.of_type("AWS::DynamoDB::Table"))
    assert len(tables) == 2
    for name, table in tables.items():
        encryption = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
        assert table.get("SSESpecification") == (encryption if key else None), name
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
    assert services == {"dynamodb", "s3", "secretsmanager", "sns", "sqs"}
    # KMS is not told on whose behalf EventBridge acts. The policies of the queues limit the senders.
    assert {sid for sid, it in statements.items() if "Condition" not in it} == {
        "AdministeredByIam",
        "UsedByEventBridge",
    }
    assert statements["UsedByEventBridge"]["Principal"] == {"Service": "events.amazonaws.com"}
    assert statements["UsedByEventBridge"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_logs_of_every_group_may_be_encrypted_with_the_key() -> None:
    deployment = Deployment(READ, CustomerKey="true", ConsoleClientId="sample")
    ((_, key),) = deployment.of_type("AWS::KMS::Key")
    (statement,) = [it for it in key["KeyPolicy"]["Statement"] if it["Sid"] == "UsedByLogs"]
    patterns = statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
    prefixes = tuple(it["Fn::Sub"].partition(":log-group:")[2].removesuffix("*") for it in patterns)
    names = [log["LogGroupName"]["Fn::Sub"] for _, log in deployment.of_type("AWS::Logs::LogGroup")]
    assert len(names) == 13
    assert [name for name in names if not name.startswith(prefixes)] == []
    assert all(prefix.endswith("/${AWS::StackName}/") for prefix in prefixes)


def _generated() -> Iterator[tuple[str, dict[str, Any]]]:
    """What every generated secret asks of GetRandomPassword."""
    for name, secret in Deployment(READ).of_type("AWS::SecretsManager::Secret"):
        if "GenerateSecretString" in secret:
            yield name, secret["GenerateSecretString"]


def is_refused(settings: dict[str, Any]) -> bool:
    """Whether GetRandomPassword refuses the settings: "All characters of the desired type have been excluded".

    By default it wants a character of each class that was not left out, and ExcludeCharacters leaves out no class.
    """
    excluded = set(settings.get("ExcludeCharacters", ""))
    desired = [characters for setting, characters in CLASSES.items() if not settings.get(setting, False)]
    each = settings.get("RequireEachIncludedType", True)
    possible = [bool(set(characters) - excluded) for characters in desired]
    return not (all(possible) if each else any(possible)) or settings.get("PasswordLength", 32) < len(desired)


def test_every_generated_secret_can_be_generated() -> None:
    settings = dict(_generated())
    assert list(settings) == ["VerificationSecret"]
    assert [name for name, asked in settings.items() if is_refused(asked)] == []


def test_a_class_that_is_excluded_character_by_character_is_refused() -> None:
    settings = dict(_generated())["VerificationSecret"]
    assert is_refused(settings | {"ExcludePunctuation": False})
    assert not is_refused(settings | {"ExcludePunctuation": False, "RequireEachIncludedType": False})


@pytest.mark.parametrize("leaves_out", ["class", "list"])
def test_a_verification_token_is_letters_and_digits_on_every_aws(leaves_out: str) -> None:
    """AWS leaves out the class, a local AWS may know the list alone."""
    settings = dict(_generated())["VerificationSecret"]
    characters = "".join(CLASSES.values())
    if leaves_out == "class":
        assert settings["ExcludePunctuation"] is True
        left = set(characters) - set(string.punctuation)
    else:
        left = set(characters) - set(settings["ExcludeCharacters"])
    assert left == set(string.ascii_letters + string.digits)
