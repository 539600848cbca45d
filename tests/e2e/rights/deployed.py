"""The deployed stack as IAM sees it: the ARNs of its resources, and the policies of its roles and functions."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import boto3

ACCOUNT = "000000000000"
_REGION_AND_ACCOUNT = "{region}:" + ACCOUNT
_ARNS = {
    "AWS::ApiGatewayV2::Api": f"arn:aws:execute-api:{_REGION_AND_ACCOUNT}:{{id}}",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_REGION_AND_ACCOUNT}:table/{{id}}",
    "AWS::Events::Rule": f"arn:aws:events:{_REGION_AND_ACCOUNT}:rule/{{id}}",
    "AWS::IAM::ManagedPolicy": f"arn:aws:iam::{ACCOUNT}:policy/{{id}}",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{id}}",
    "AWS::Lambda::Function": f"arn:aws:lambda:{_REGION_AND_ACCOUNT}:function:{{id}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{_REGION_AND_ACCOUNT}:log-group:{{id}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{id}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{_REGION_AND_ACCOUNT}:{{id}}",
}


class Right(NamedTuple):
    """One action on one resource, as a policy grants it; `condition` as JSON."""

    action: str
    arn: str
    condition: str = "{}"


class Deployed:
    """Reads as the administrator."""

    def __init__(self, session: boto3.Session, endpoint_url: str, region: str, stack_name: str) -> None:
        def client(service: Any) -> Any:
            return session.client(service, endpoint_url=endpoint_url)

        self.endpoint_url, self.region, self.stack_name = endpoint_url, region, stack_name
        self._iam, self.functions, self.logs = client("iam"), client("lambda"), client("logs")
        pages = client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack_name)
        found = [resource for page in pages for resource in page["StackResourceSummaries"]]
        self.ids: dict[str, str] = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in found}
        self._types = {resource["LogicalResourceId"]: resource["ResourceType"] for resource in found}
        secrets = client("secretsmanager").list_secrets()["SecretList"]
        self._secrets: dict[str, str] = {secret["Name"]: secret["ARN"] for secret in secrets}

    def of_type(self, resource_type: str) -> set[str]:
        """The logical ids of all resources of a type."""
        return {name for name, its_type in self._types.items() if its_type == resource_type}

    def arn(self, resource: str) -> str:
        """The ARN of a resource as table.py names it; `*` stays."""
        if resource == "*":
            return resource
        if resource.startswith("event-bus/"):
            return f"arn:aws:events:{self.region}:{ACCOUNT}:{resource}"
        name, slash, rest = resource.partition("/")
        if self._types[name] == "AWS::SecretsManager::Secret":
            return next(arn for known, arn in self._secrets.items() if self.ids[name] in (known, arn))
        base = _ARNS[self._types[name]].format(region=self.region, id=self.ids[name].rsplit("/", 1)[-1])
        return base + slash + rest.format(stage=self.ids["WebSocketApiStage"])

    def name(self, physical: str) -> str:
        """The logical id of what AWS calls so: by a name, or by a secret's ARN."""
        names = {arn: name for name, arn in self._secrets.items()}
        known = names.get(physical, physical)
        (found,) = [name for name, its_id in self.ids.items() if known in (its_id, its_id.rsplit("/", 1)[-1])]
        return found

    # ---- what roles are told

    def configuration(self, function: str) -> dict[str, Any]:
        """What Lambda knows of a function, its role and runtime for two."""
        found: dict[str, Any] = self.functions.get_function_configuration(FunctionName=self._function(function))
        return found

    def role(self, function: str) -> str:
        """The name of the role with which a function runs."""
        return str(self.configuration(function)["Role"]).rsplit("/", 1)[-1]

    def trusted(self, function: str) -> Any:
        """The statements that say who may take on the function's role."""
        return self._iam.get_role(RoleName=self.role(function))["Role"]["AssumeRolePolicyDocument"]["Statement"]

    def attached(self, function: str) -> set[str]:
        """The ARNs of the policies that the role shares with others."""
        pages = self._iam.get_paginator("list_attached_role_policies").paginate(RoleName=self.role(function))
        return {policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}

    def statements_of(self, policy_arn: str) -> list[dict[str, Any]]:
        """The statements of a policy that roles share."""
        version = self._iam.get_policy(PolicyArn=policy_arn)["Policy"]["DefaultVersionId"]
        document = self._iam.get_policy_version(PolicyArn=policy_arn, VersionId=version)["PolicyVersion"]["Document"]
        statements: list[dict[str, Any]] = document["Statement"]
        return statements

    def granted(self, function: str) -> tuple[list[Right], list[Right]]:
        """What the role's own policies grant, each time that they do: template.yaml's, and those that SAM added."""
        role, of_template, of_sam = self.role(function), list[Right](), list[Right]()
        pages = self._iam.get_paginator("list_role_policies").paginate(RoleName=role)
        for name in [name for page in pages for name in page["PolicyNames"]]:
            document = self._iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            (of_template if "FunctionRolePolicy" in name else of_sam).extend(_rights(document))
        return of_template, of_sam

    def simulate(self, function: str, arn: str, actions: Sequence[str]) -> dict[str, str]:
        """What IAM would decide for each action, without anything being done."""
        answer = self._iam.simulate_principal_policy(
            PolicySourceArn=self.configuration(function)["Role"], ActionNames=actions, ResourceArns=[arn]
        )
        return {one["EvalActionName"]: one["EvalDecision"] for one in answer["EvaluationResults"]}

    # ---- what functions are told

    def permissions(self, function: str) -> list[dict[str, Any]]:
        """The statements of the function's own policy: who may run it."""
        try:
            text = self.functions.get_policy(FunctionName=self._function(function))["Policy"]
        except self.functions.exceptions.ResourceNotFoundException:
            return []
        statements: list[dict[str, Any]] = json.loads(text)["Statement"]
        return statements

    def _function(self, name: str) -> str:
        return self.ids[f"{name.title()}Function"]


def _rights(document: dict[str, Any]) -> Iterator[Right]:
    """One by one. Fails for statements that say what is not granted instead of what is."""
    for statement in document["Statement"]:
        assert statement["Effect"] == "Allow"
        assert statement.keys() <= {"Sid", "Effect", "Action", "Resource", "Condition"}
        condition = json.dumps(statement.get("Condition", {}), sort_keys=True)
        for action in _listed(statement["Action"]):
            for arn in _listed(statement["Resource"]):
                yield Right(action, arn, condition)


def _listed(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more
