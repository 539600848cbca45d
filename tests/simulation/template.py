"""What template.yaml says: tables, functions, event source mappings, environments."""

import functools
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.simulation.tables import Index, Schema
from tests.support.stand_in_aws import ENDPOINT

ROOT = Path(__file__).parents[2]
GATEWAY = "http://gateway.test/dev"
RINGCENTRAL = "http://ringcentral.test"
ORIGIN = "http://localhost:3000"

_CHOSEN = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_ENDPOINT_URL": ENDPOINT,
    "POWERTOOLS_SERVICE_NAME": "rollcall",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_METRICS_NAMESPACE": "Rollcall",
    "STACK_NAME": "rollcall",
    "WEBSOCKET_ENDPOINT": GATEWAY,
    "WEBSOCKET_URL": "wss://gateway.test/dev",
    "WEBSOCKET_ORIGIN": "wss://gateway.test",
    "SIMULATED": "false",
    "RINGCENTRAL_SERVER": RINGCENTRAL,
    "WEBHOOK_URL": "https://api.test/webhook",
    "ALLOWED_ORIGINS": ORIGIN,
}
"""Variables that are made of more than one name in the template, or that Lambda sets itself."""


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms: `!Ref X` as {"Ref": "X"}."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            return {suffix: loader.construct_scalar(node)}
        case yaml.SequenceNode():
            return {suffix: loader.construct_sequence(node, deep=True)}
        case _:
            return {suffix: None}


_Loader.add_multi_constructor("!", _short_form)


class Queue(NamedTuple):
    """The deferred queue and its mapping to the function."""

    batch_size: int
    visibility_timeout: float
    max_receive_count: int
    concurrency: int


@functools.cache
def content() -> dict[str, Any]:
    """The whole template."""
    loaded: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), _Loader)  # a SafeLoader
    return loaded


def resource(name: str) -> dict[str, Any]:
    """A resource's properties."""
    properties: dict[str, Any] = content()["Resources"][name]["Properties"]
    return properties


def schema(name: str) -> Schema:
    """A table's keys and indexes."""
    properties = resource(name)
    hash_key, range_key = _keys(properties)
    indexes = {}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for index in properties.get(kind, ()):
            own_hash, own_range = _keys(index)
            keys_only = index["Projection"]["ProjectionType"] == "KEYS_ONLY"
            indexes[index["IndexName"]] = Index(own_hash, own_range or range_key, keys_only, kind.startswith("Global"))
    ttl = properties.get("TimeToLiveSpecification", {}).get("AttributeName")
    return Schema(hash_key, range_key, indexes, ttl, "StreamSpecification" in properties)


def _keys(properties: dict[str, Any]) -> tuple[str, str]:
    """Hash and range key of a table or an index; "" for none."""
    by_type = {key["KeyType"]: key["AttributeName"] for key in properties["KeySchema"]}
    return by_type["HASH"], by_type.get("RANGE", "")


@functools.cache
def tables() -> dict[str, Schema]:
    """All tables, by logical id, which serves as their name."""
    resources = content()["Resources"]
    return {name: schema(name) for name in resources if resources[name]["Type"] == "AWS::DynamoDB::Table"}


def stream_mapping() -> dict[str, Any]:
    """The event source mapping of the party table's stream, in production: more batches at once are the harder case."""
    mapping = _mapping("RosterFunction", "DynamoDB")
    _condition, in_production, _otherwise = mapping["ParallelizationFactor"]["If"]
    return mapping | {"ParallelizationFactor": in_production}


@functools.cache
def deferred_queue() -> Queue:
    """The queue of deferred notifications."""
    mapping = _mapping("DeferredFunction", "SQS")
    queue = resource("DeferredQueue")
    return Queue(
        mapping["BatchSize"],
        queue["VisibilityTimeout"],
        queue["RedrivePolicy"]["maxReceiveCount"],
        mapping["ScalingConfig"]["MaximumConcurrency"],
    )


def _mapping(function: str, kind: str) -> dict[str, Any]:
    """A function's event source mapping: an event of the function, or a resource of its own."""
    events = [each["Properties"] for each in resource(function).get("Events", {}).values() if each["Type"] == kind]
    resources = [
        each["Properties"]
        for each in content()["Resources"].values()
        if each["Type"] == "AWS::Lambda::EventSourceMapping"
        and each["Properties"]["FunctionName"] in ({"GetAtt": f"{function}.Arn"}, {"Ref": function})
    ]
    (found,) = events + resources
    return dict(found)


@functools.cache
def timeout(function: str) -> float:
    """How long an invocation of `functions/<function>` may take, seconds."""
    return float(_function(function).get("Timeout", content()["Globals"]["Function"]["Timeout"]))


@functools.cache
def environment() -> dict[str, str]:
    """The environment of all functions together: names of resources stand for themselves, parameters for defaults.

    Each name means the same in every function, so one environment serves them all.
    """
    merged: dict[str, str] = {}
    globals_ = content()["Globals"]["Function"]
    for properties in [globals_, *map(_function, _functions())]:
        for name, value in properties.get("Environment", {}).get("Variables", {}).items():
            text = _value(name, value)
            if merged.setdefault(name, text) != text:
                raise NotImplementedError(f"{name} differs from function to function")
    return merged | _CHOSEN


def _functions() -> list[str]:
    """The functions that take part: those with an `app.py` of their own."""
    names = [r.get("Properties", {}).get("CodeUri", "") for r in content()["Resources"].values()]
    return [
        name.removeprefix("functions/") for name in names if isinstance(name, str) and name.startswith("functions/")
    ]


def _function(function: str) -> dict[str, Any]:
    resources = content()["Resources"].values()
    (found,) = [r["Properties"] for r in resources if r.get("Properties", {}).get("CodeUri") == f"functions/{function}"]
    return dict(found)


def _value(name: str, value: Any) -> str:
    if name in _CHOSEN:
        return _CHOSEN[name]
    parameters = content()["Parameters"]
    match value:
        case str() | int():
            return str(value)
        case {"Ref": ref} if ref in parameters:
            return str(parameters[ref]["Default"])
        case {"Ref": ref}:
            return str(ref)
        case {"GetAtt": text}:
            return str(text).partition(".")[0]
        case {"Join": [separator, {"Ref": ref}]} if ref in parameters:
            return str(separator).join(str(parameters[ref]["Default"]).split(","))
        case _:
            raise NotImplementedError(f"{name}: {value}")
