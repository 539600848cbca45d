"""An installation made of fakes: what AWS says is given, and nothing is asked of anybody."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from ops.check.installation import Installation
from ops.stack import Resource, Stack

STACK = "rollcall-test"
ENVIRONMENT = {
    "CONNECTION_TABLE": "connections",
    "RINGCENTRAL_SERVER": "http://127.0.0.1:9",
    "RINGCENTRAL_SECRET_ARN": "app",
    "VERIFICATION_SECRET_ARN": "tokens",
    "EVENT_FILTERS": "/restapi/v1.0/account/~/telephony/sessions",
    "WEBHOOK_URL": "https://example.com/webhook",
    "POWERTOOLS_SERVICE_NAME": STACK,
}


def refusal(code: str, message: str = "", operation: str = "Operation") -> ClientError:
    """What botocore raises when AWS refuses."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def refusing(code: str, message: str = "") -> Any:
    """A call that AWS refuses."""

    def call(**_request: Any) -> Any:
        raise refusal(code, message)

    return call


def paged(**pages: Sequence[Mapping[str, Any]]) -> Any:
    """`get_paginator` of a client, by the operation's name."""
    return lambda operation: SimpleNamespace(paginate=lambda **_request: pages[operation])


def resource(logical_id: str, of_type: str, physical_id: str | None = None) -> Resource:
    return Resource(logical_id, of_type, physical_id or f"{STACK}-{logical_id}", "CREATE_COMPLETE")


FUNCTION = resource("SubscriptionFunction", "AWS::Lambda::Function")


def installed(
    *resources: Resource,
    outputs: Mapping[str, str] | None = None,
    parameters: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    described: Mapping[str, Any] | None = None,
    functions: Any = None,
    **clients: Any,
) -> Installation:
    """An installation of these resources. `clients`: fakes by the names of boto3's clients; `functions`: Lambda's."""
    stack = Stack(STACK)
    variables = {"Environment": {"Variables": ENVIRONMENT | dict(environment or {})}}
    asked_for_environment = SimpleNamespace(get_function_configuration=lambda **_request: variables)
    stack._clients |= {"lambda": functions or asked_for_environment} | clients
    stack.resources = lambda stack_id=None: [FUNCTION, *resources]  # type: ignore[method-assign]
    described_as: Any = {
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in (outputs or {}).items()],
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in (parameters or {}).items()],
        **(described or {}),
    }
    return Installation(stack, described_as)


def secrets(**values: str) -> Any:
    """Secrets Manager with these secrets."""

    def get_secret_value(SecretId: str, **_request: Any) -> dict[str, str]:  # noqa: N803  # AWS's own name
        if SecretId not in values:
            raise refusal("ResourceNotFoundException")
        return {"SecretString": values[SecretId], "VersionId": "v"}

    return SimpleNamespace(get_secret_value=get_secret_value)
