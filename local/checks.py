"""Everything that is checked before a change is good: python -m local.checks lint | test."""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

from local.outcome import REASON_FILE, SKIPPED
from local.scan import SCANNERS
from local.stack.environments import REGION, of_tools
from local.stack.places import DEFAULT_STATE_DIR, ROOT

JAVASCRIPT_TOOLS = ROOT / "node_modules" / ".bin"
JAVASCRIPT = ["client", "functions/console/page", "biome.json", "package.json", "tsconfig.json"]
"""What biome looks at. Left to itself it walks through everything, the changing folders of a stack too."""


class Check(NamedTuple):
    """A command that succeeds if all is well."""

    name: str
    command: list[str]


State = Literal["ok", "SKIPPED", "FAILED"]


class Result(NamedTuple):
    """The outcome of a check. `reason` says why it was skipped."""

    name: str
    state: State
    seconds: float
    reason: str = ""


_PYTEST = ["-m", "pytest", "--quiet"]
_OF_VALUES = ["tests/unit/core", "tests/unit/services"]
_WITHOUT_A_STACK = ["tests", "--ignore=tests/e2e", *(f"--ignore={tests}" for tests in _OF_VALUES)]

LINT = [
    Check("ruff check", ["ruff", "check", "."]),
    Check("ruff format", ["ruff", "format", "--check", "."]),
    Check("mypy", ["mypy"]),
    Check("biome", [f"{JAVASCRIPT_TOOLS}/biome", "check", "--error-on-warnings", *JAVASCRIPT]),
    Check("tsc", [f"{JAVASCRIPT_TOOLS}/tsc"]),
    Check("tsc, the client's tests", [f"{JAVASCRIPT_TOOLS}/tsc", "--project", "client/test"]),
    Check("interface documents", ["python", "-m", "local.interface", "check"]),
    Check("sam validate", ["sam", "validate", "--lint", "--region", REGION]),
    Check("cfn-lint, serverless", [f"{SCANNERS}/cfn-lint", "-a", "cfn_lint_serverless.rules", "-t", "template.yaml"]),
    Check("preflight", ["python", "-m", "local.preflight"]),
    Check("checkov", [f"{SCANNERS}/checkov"]),
    Check("secrets", ["python", "-m", "local.scan", "secrets"]),
    Check("known vulnerabilities", ["python", "-m", "local.scan", "vulnerabilities"]),
]
TEST = [
    *LINT,
    # Before the tests, which find it built: SAM may have to fetch packages, and the tests use no network.
    Check("sam build", ["python", "-m", "local.stack", "build"]),
    Check("build, default target", ["python", "-m", "local.artefacts", "default"]),
    Check("build, another target", ["python", "-m", "local.artefacts", "other"]),
    Check("core and services", ["coverage", "run", *_PYTEST, *_OF_VALUES]),
    Check("coverage of the core", ["coverage", "report"]),
    Check("tests without a stack", ["python", *_PYTEST, "-n", "2", *_WITHOUT_A_STACK]),
    Check("client in Node", ["node", "--test", "--test-reporter=dot", "client/test/*.test.js"]),
    Check("a browser", ["python", "-m", "local.browser"]),
    # One after another, and nothing beside them: some measure how long an answer takes.
    Check("tests on the stack", ["python", *_PYTEST, "tests/e2e"]),
]


def main() -> int:
    """Run the checks of the command, all of them even if one fails. Returns the exit status."""
    checks = {"lint": LINT, "test": TEST}[sys.argv[1]]
    environment = of_tools(os.environ) | {
        "COVERAGE_FILE": str(DEFAULT_STATE_DIR / "coverage"),
        "SAM_CLI_TELEMETRY": "0",
    }
    results = [run(check, environment) for check in checks]
    print("\n".join(["", *summary(results)]), flush=True)
    return 1 if any(result.state == "FAILED" for result in results) else 0


def summary(results: list[Result]) -> list[str]:
    """A line for each check, and one for all of them. A skipped check is never called well."""
    lines = [f"{state:<8}{name:<24}{seconds:6.1f} s  {reason}".rstrip() for name, state, seconds, reason in results]
    failed = [result.name for result in results if result.state == "FAILED"]
    skipped = [result.name for result in results if result.state == "SKIPPED"]
    verdict = f"Failed: {', '.join(failed)}" if failed else "Nothing failed" if skipped else "All is well"
    if skipped:
        verdict += f"; skipped and therefore unknown: {', '.join(skipped)}"
    return [*lines, f"{verdict}, after {sum(result.seconds for result in results):.0f} s"]


def run(check: Check, environment: dict[str, str]) -> Result:
    """Run one check. It counts as skipped only if it gives a reason (local/outcome.py)."""
    print(f"\n== {check.name}", flush=True)
    started = time.monotonic()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "reason"
        status = subprocess.run(
            check.command,
            cwd=ROOT,
            env=environment | {REASON_FILE: str(file)},
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode
        reason = file.read_text() if file.exists() else ""
    state: State = "ok" if status == 0 else "SKIPPED" if status == SKIPPED and reason else "FAILED"
    return Result(check.name, state, time.monotonic() - started, reason)


if __name__ == "__main__":
    sys.exit(main())
