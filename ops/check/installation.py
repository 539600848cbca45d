"""What is known of a deployed installation before anything is tried: its stack, and what its functions are told."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from ops.check.finding import NotRun
from ops.check.once import Once
from ops.stack import Resource, Stack

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef


class Settings(msgspec.Struct, frozen=True, rename=str.upper):
    """The subscription function's environment, which says what there should be at RingCentral."""

    connection_table: str
    ringcentral_server: str
    ringcentral_secret_arn: str
    verification_secret_arn: str
    event_filters: str
    webhook_url: str


class Installation:
    """One stack's facts, read once."""

    def __init__(self, stack: Stack, described: "StackTypeDef") -> None:
        self.stack = stack
        self.described = described
        self.outputs: Mapping[str, str] = {
            output["OutputKey"]: output["OutputValue"]
            for output in described.get("Outputs", [])
            if "OutputKey" in output and "OutputValue" in output
        }
        self.parameters: Mapping[str, str] = {
            parameter["ParameterKey"]: parameter.get("ParameterValue", "")
            for parameter in described.get("Parameters", [])
            if "ParameterKey" in parameter
        }
        self.resources = Once(stack.resources)
        self.settings = Once(self._settings)

    @property
    def is_local(self) -> bool:
        """Whether it runs on an AWS on this machine, with a simulator in RingCentral's place."""
        return bool(self.parameters.get("LocalEndpoint"))

    @property
    def in_production(self) -> bool:
        """Whether it was deployed with Production=true."""
        return self.parameters.get("Production") == "true"

    def output(self, key: str) -> str:
        """An output of the stack. Raises `NotRun` if there is none."""
        if key not in self.outputs:
            raise NotRun(f"the stack has no output {key}")
        return self.outputs[key]

    def of_type(self, resource_type: str) -> list[Resource]:
        """The stack's resources of one type. Raises `NotRun` if there is none: then nothing was looked at."""
        found = [resource for resource in self.resources() if resource.type == resource_type and resource.physical_id]
        if not found:
            raise NotRun(f"the stack has no resource of type {resource_type}")
        return found

    def physical_id(self, logical_id: str) -> str:
        """What a resource is really called. Raises `NotRun` if the stack has none."""
        for resource in self.resources():
            if resource.logical_id == logical_id and resource.physical_id:
                return resource.physical_id
        raise NotRun(f"the stack has no resource {logical_id}")

    def _settings(self) -> Settings:
        name = self.physical_id("SubscriptionFunction")
        environment = self.stack.functions.get_function_configuration(FunctionName=name).get("Environment", {})
        try:
            return msgspec.convert(environment.get("Variables", {}), Settings)
        except msgspec.ValidationError as error:
            raise NotRun(f"the environment of {name} can't be used: {error}") from None
