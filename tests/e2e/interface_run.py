"""One run of Schemathesis: the document against a running stack."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.stack.places import ROOT

CONFIG = ROOT / "tests/e2e/schemathesis.toml"
DOCUMENT = ROOT / "docs/openapi.yaml"
SECONDS = 600


@dataclass(frozen=True)
class Ran:
    """What came of a run: how many cases there were, each operation's answers by status, and what it printed."""

    passed: bool
    cases: int
    answers: Counter[tuple[str, int]]
    checks: frozenset[str]
    phases: frozenset[str]
    printed: str


def run(
    folder: Path, url: str, *, tokens: dict[str, str], verification_token: str, dictionaries: dict[str, list[str]]
) -> Ran:
    """Try everything that the document describes. `tokens`: access tokens by the names that the config mentions.

    Every operation has a process of its own, and so have the sequences of operations: of several operations in one
    process, tried in threads, one or the other was given up after a few cases.
    """
    users = [
        {
            "name": name,
            "fixedHeaders": [
                {"name": "Authorization", "value": f"Bearer {token}"},
                {"name": "Verification-Token", "value": verification_token},
            ],
        }
        for name, token in tokens.items()
    ]
    document = yaml.safe_load(DOCUMENT.read_text())
    words = "\n".join(f"{name} = {{ values = {json.dumps(values)} }}" for name, values in dictionaries.items())
    (folder / "users.json").write_text(json.dumps({"auth": users}))
    (folder / "schemathesis.toml").write_text(f"{CONFIG.read_text()}\n[dictionaries]\n{words}\n")
    (folder / "openapi.json").write_text(json.dumps(_closed(document)))
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    with ThreadPoolExecutor() as pool:
        one_by_one = [pool.submit(_run, folder, url, name, "examples,coverage,fuzzing", name) for name in names]
        together = pool.submit(_run, folder, url, "stateful", "stateful")
        return _all_of([part.result() for part in [*one_by_one, together]])


def _run(folder: Path, url: str, part: str, phases: str, *operations: str) -> Ran:
    """Run one process; of all operations, if none is named."""
    report, recorded = folder / f"{part}.json", folder / f"{part}.ndjson"
    command = [
        *(str(Path(sys.executable).with_name("st")), "--config-file", "schemathesis.toml", "run", "openapi.json"),
        *("--url", url, "--checks", "all", "--phases", phases, "--generation-database", "none", "--no-color"),
        *("--report", "json,ndjson", "--report-json-path", report.name, "--report-ndjson-path", recorded.name),
        *(argument for operation in operations for argument in ("--include-operation-id", operation)),
    ]
    variables = {"WFC_FILE": str(folder / "users.json")}
    ended = subprocess.run(
        command, cwd=folder, env=os.environ | variables, timeout=SECONDS, capture_output=True, text=True, check=False
    )
    printed = ended.stdout + ended.stderr
    if not report.exists():
        return Ran(False, 0, Counter(), frozenset(), frozenset(), printed)
    told = json.loads(report.read_text())
    recorders = list(_recorders(recorded))
    return Ran(
        passed=ended.returncode == 0,
        cases=told["test_cases"]["generated"],
        answers=Counter(
            (_operation(recorder["cases"][case]), interaction["response"]["status_code"])
            for recorder in recorders
            for case, interaction in recorder.get("interactions", {}).items()
            if interaction.get("response")
        ),
        checks=frozenset(
            check["name"] for recorder in recorders for found in recorder.get("checks", {}).values() for check in found
        ),
        phases=frozenset(name for name, phase in told["phases"].items() if phase["skip_reason"] is None),
        printed=printed,
    )


def _all_of(parts: list[Ran]) -> Ran:
    """What came of the parts together; of what they printed, that of those which did not pass."""
    return Ran(
        passed=all(part.passed for part in parts),
        cases=sum(part.cases for part in parts),
        answers=sum((part.answers for part in parts), Counter()),
        checks=frozenset().union(*(part.checks for part in parts)),
        phases=frozenset().union(*(part.phases for part in parts)),
        printed="\n".join(part.printed for part in parts if not part.passed),
    )


def _operation(case: dict[str, Any]) -> str:
    return f"{case['value']['method']} {case['value']['path']}"


def _closed(part: Any) -> Any:
    """The document, but with no further fields in any object: what is answered must be described to the last field."""
    match part:
        case {"type": "object", "properties": dict()}:
            return {key: _closed(value) for key, value in part.items()} | {"additionalProperties": False}
        case dict():
            return {key: _closed(value) for key, value in part.items()}
        case list():
            return [_closed(item) for item in part]
        case _:
            return part


def _recorders(path: Path) -> Iterator[dict[str, Any]]:
    """What each scenario of a run recorded."""
    with path.open() as lines:
        for line in lines:
            finished = json.loads(line).get("ScenarioFinished")
            if finished:
                yield finished["recorder"]
