"""Scans that need more than a command's exit status: python -m local.scan secrets | vulnerabilities."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from local.outcome import skipped
from local.stack.places import DEFAULT_STATE_DIR, ROOT

SCANNERS = DEFAULT_STATE_DIR / "scan" / "bin"

LOCKS = ["layers/rollcall/requirements.txt", "requirements-dev.txt", "requirements-local-aws.txt"]
"""What is shipped, and what it is tested with. The scanners' own lock touches neither."""

NO_SECRETS = {
    "SecretsManagerClient": "a type, beside the word secret",
    "WzE3NzI2MTg0MDEwMDQsInMtYTBkN2JmYTJkZDE5OHoxOGRlYjRmY2M3MnoxODQ1MzZjMDAwMCJd": "the next page in an example",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk": "the standard's own example of a code verifier",
    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM": "and of its challenge",
    "rollcall-dev-subscription": "a function's name, which CloudFormation calls a service token",
    "RingCentralSecret": "the logical id of a secret",
    "PutSecretValue": "an operation, beside the word secret",
    "InvalidRequestException": "an error code, beside the word secret",
    "sample-verification-token": "of the sample events",
    "verification-token-of-the-tests": "of the simulator's tests",
}
"""What looks like a secret and is none, and what it is."""

_NOT_OF_THE_REPOSITORY = (
    r"(^|/)(\.git|\.local|\.venv|\.aws-sam|\.hypothesis|node_modules|__pycache__|\.[a-z]+_cache)(/|$)"
)
_UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ProxyError", "SSLError", "Could not connect")


def main() -> int:
    """Run a scan. Returns the exit status."""
    return {"secrets": _secrets, "vulnerabilities": _vulnerabilities}[sys.argv[1]]()


def _secrets() -> int:
    found = found_secrets(ROOT)
    for place in found:
        print(f"{place} (if it is none: NO_SECRETS in local/scan.py, or checkov:skip=… in a comment beside it)")
    print(f"{len(found)} secrets found")
    return 1 if found else 0


def found_secrets(folder: Path) -> list[str]:
    """Where in the folder something looks like a secret and is not known to be none: `file:line: what`."""
    arguments = [
        "--directory",
        str(folder),
        "--framework",
        "secrets",
        "--enable-secret-scan-all-files",
        "--output",
        "json",
    ]
    # Another folder's configuration file, which there is none of, so that the template's is left out.
    scanned = _run("checkov", *arguments, "--skip-download", "--skip-path", _NOT_OF_THE_REPOSITORY, cwd=SCANNERS)
    report = json.loads(scanned.stdout)
    known = {hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest() for value in NO_SECRETS}
    return [
        f"{check['file_path'].lstrip('/')}:{check['file_line_range'][0]}: {check['check_name']}"
        for check in report.get("results", {}).get("failed_checks", [])
        if check["resource"] not in known
    ]


def _vulnerabilities() -> int:
    audits = [_audit(lock) for lock in LOCKS]
    print("\n".join(line for audit in audits for line in audit.lines))
    return verdict(audits, in_ci=os.environ.get("CI") == "true")


class Audit(NamedTuple):
    """What came of auditing a lock: lines to print, and how it ended.

    `failed`: a vulnerability was found, or the scanner did not work. `unreachable`: no index answered. `skipped`: why
    not everything was audited; empty if it was.
    """

    lines: list[str]
    failed: bool = False
    unreachable: bool = False
    skipped: str = ""


def verdict(audits: list[Audit], *, in_ci: bool) -> int:
    """The exit status for all locks.

    Without an index nothing can be said. A developer may be offline; CI never is, so there it is a failure. An index
    that answers but knows nothing of vulnerabilities is no fault of the project's: it is said, and does not fail.
    """
    if any(audit.failed or (audit.unreachable and in_ci) for audit in audits):
        return 1
    reasons = dict.fromkeys(audit.skipped for audit in audits if audit.skipped)
    return skipped("; ".join(reasons)) if reasons else 0


def _audit(lock: str) -> Audit:
    arguments = ["--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off"]
    audited = _run(
        "pip-audit", *arguments, "--cache-dir", str(DEFAULT_STATE_DIR / "audit-cache"), "--requirement", lock
    )
    if audited.stdout.strip():
        return judged(lock, json.loads(audited.stdout)["dependencies"])
    told = (audited.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
    if any(word in audited.stderr for word in _UNREACHABLE):
        reason = f"no index could be reached ({told.partition(':')[0]})"
        return Audit([f"{lock}: nothing was audited: {reason}"], unreachable=True, skipped=reason)
    return Audit([f"{lock}: pip-audit failed: {told}"], failed=True)


def judged(lock: str, dependencies: list[dict[str, Any]]) -> Audit:
    """What pip-audit's findings mean: a line for every vulnerability, and one for how much was audited."""
    audited = [dependency for dependency in dependencies if "skip_reason" not in dependency]
    unknown = [dependency["name"] for dependency in dependencies if "skip_reason" in dependency]
    found = [
        f"{lock}: {dependency['name']} {dependency['version']}: {vulnerability['id']}, mended in "
        f"{', '.join(vulnerability['fix_versions']) or 'no version'}"
        for dependency in audited
        for vulnerability in dependency["vulns"]
    ]
    line, reason = f"{lock}: {len(audited)} packages audited", ""
    if unknown and not audited:
        reason = "the index in use tells nothing of vulnerabilities"
        line = f"{lock}: nothing was audited: {reason}"
    elif unknown:
        reason = f"unknown to the index: {', '.join(unknown)}"
        line += f", {reason}"
    return Audit([*found, line], failed=bool(found), skipped=reason)


def _run(tool: str, *arguments: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    command = [str(SCANNERS / tool), *arguments]
    return subprocess.run(command, cwd=cwd, env=dict(os.environ), capture_output=True, text=True, check=False)


if __name__ == "__main__":
    sys.exit(main())
