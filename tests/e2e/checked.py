"""A real local stack, an operator who checks it, and a hand in what it depends on."""

import json
from typing import Any, NamedTuple

import httpx
import pytest

from local.simulator import service_login
from local.stack.stack import Stack
from ops.__main__ import main
from tests.e2e.actors import Agent
from tests.e2e.aws import Aws


class Report(NamedTuple):
    """What the command said."""

    status: int
    ok: bool
    rows: dict[str, dict[str, Any]]

    def codes(self, *statuses: str) -> set[str]:
        return {code for code, row in self.rows.items() if row["status"] in statuses}


class World:
    """The stack, and an operator's hand in it."""

    def __init__(self, stack: Stack, aws: Aws, capture: pytest.CaptureFixture[str]) -> None:
        self.stack = stack
        self.aws = aws
        self._capture = capture

        def client(service: Any) -> Any:
            return stack.session.client(service, endpoint_url=stack.aws_endpoint_url)

        self.apis, self.events, self.alarms = client("apigatewayv2"), client("events"), client("cloudwatch")
        self.sns, self.lambdas, self.cloudformation = client("sns"), client("lambda"), client("cloudformation")

    def check(self, *arguments: str) -> Report:
        self._capture.readouterr()
        where = ["--stack", self.stack.stack_name, "--endpoint-url", self.stack.aws_endpoint_url]
        status = main([*where, "check", "--json", *arguments])
        said = json.loads(self._capture.readouterr().out)
        return Report(status, said["ok"], {row["code"]: row for row in said["checks"]})

    def function(self, name: str) -> str:
        return self.physical_id(f"{name.title()}Function")

    def physical_id(self, logical_id: str) -> str:
        found = self.cloudformation.describe_stack_resource(
            StackName=self.stack.stack_name, LogicalResourceId=logical_id
        )
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def subscriptions(self) -> list[dict[str, Any]]:
        """All there are, as the simulator knows them."""
        answer = httpx.get(f"{self.stack.ringcentral_url}/simulator/subscriptions", trust_env=False)
        return list(answer.raise_for_status().json())

    def subscription(self) -> dict[str, Any]:
        """The active one."""
        (one,) = [found for found in self.subscriptions() if found["status"] == "Active"]
        return one

    def harm(self, how: str) -> None:
        url = f"{self.stack.ringcentral_url}/simulator/subscriptions/{self.subscription()['id']}/{how}"
        httpx.post(url, trust_env=False).raise_for_status()

    def update_subscription(self, *filters: str) -> None:
        """As if somebody had changed it with the service's login."""
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": service_login.JWT}
        auth = (service_login.CLIENT_ID, service_login.CLIENT_SECRET)
        with httpx.Client(base_url=self.stack.ringcentral_url, trust_env=False) as client:
            token = client.post("/restapi/oauth/token", data=form, auth=auth).raise_for_status().json()["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            path = f"/restapi/v1.0/subscription/{self.subscription()['id']}"
            client.put(path, headers=headers, json={"eventFilters": list(filters)}).raise_for_status()
            client.post("/restapi/oauth/revoke", data={"token": token}, auth=auth).raise_for_status()

    def subscribe_anew(self) -> None:
        Agent.set_faults(self.stack)
        self.aws.forget_penalties()
        for found in self.subscriptions():
            url = f"{self.stack.ringcentral_url}/simulator/subscriptions/{found['id']}/remove"
            httpx.post(url, trust_env=False).raise_for_status()
        self.aws.run("subscription")
        self.subscription()
