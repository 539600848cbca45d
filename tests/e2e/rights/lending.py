"""Sending requests with the role of a function: another function gets the same role for a moment."""

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.rights import probe
from tests.e2e.rights.attempt import Attempt
from tests.e2e.rights.deployed import Deployed

Outcomes = dict[tuple[str, str], str]
"""`allowed` or `denied`, by action and resource."""


def outcomes_by_function(deployed: Deployed, tried: Mapping[str, Sequence[Attempt]]) -> dict[str, Outcomes]:
    """What becomes of each function's attempts."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda function: _with_role_of(function, deployed, tried[function]), tried)
        return dict(zip(tried, found, strict=True))


def outcomes_here(deployed: Deployed, tried: Sequence[Attempt]) -> Outcomes:
    """What becomes of attempts with the credentials that this process has in its environment."""
    return _outcomes(tried, probe.handler(_event(deployed, tried), None))


def _with_role_of(function: str, deployed: Deployed, tried: Sequence[Attempt]) -> Outcomes:
    with _borrowed_role(deployed, function) as name:
        payload = json.dumps(_event(deployed, tried)).encode()
        answer = deployed.functions.invoke(FunctionName=name, Payload=payload)
        content = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, content
    return _outcomes(tried, content)


def _event(deployed: Deployed, tried: Sequence[Attempt]) -> dict[str, object]:
    return {"endpoint": deployed.endpoint_url, "requests": [attempt.request for attempt in tried]}


def _outcomes(tried: Sequence[Attempt], answers: Sequence[tuple[int, str]]) -> Outcomes:
    found = zip(tried, answers, strict=True)
    return {(attempt.action, attempt.resource): attempt.outcome(*answer) for attempt, answer in found}


@contextmanager
def _borrowed_role(deployed: Deployed, function: str) -> Iterator[str]:
    """The name of a probe with the function's role and runtime, which is there as long as the context lasts."""
    name = f"{deployed.stack_name}-probe-{function}"
    own = deployed.configuration(function)
    deployed.functions.create_function(
        FunctionName=name,
        Role=own["Role"],
        Runtime=own["Runtime"],
        Handler="probe.handler",
        Code={"ZipFile": _zipped(Path(probe.__file__))},
        Timeout=60,
        MemorySize=512,
    )
    try:
        deployed.functions.get_waiter("function_active_v2").wait(FunctionName=name)
        yield name
    finally:
        deployed.functions.delete_function(FunctionName=name)
        for group in deployed.logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]:
            deployed.logs.delete_log_group(logGroupName=group["logGroupName"])


def _zipped(source: Path) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.write(source, source.name)
    return archive.getvalue()
