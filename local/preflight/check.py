"""Runs every check on every deployment of a template."""

import json
import subprocess
from collections.abc import Mapping
from typing import Any, NamedTuple

from local.preflight import linter, roles, width
from local.preflight.findings import Finding
from local.preflight.intrinsics import ACCOUNT, resolved
from local.preflight.template import REGION, expanded
from local.preflight.variants import label, variants
from local.scan import SCANNERS
from local.stack.places import ROOT

_SECONDS = 120.0


class Report(NamedTuple):
    """The findings, each with the names of the deployments that have it, and how much was checked."""

    found: dict[Finding, list[str]]
    deployments: int
    rules: int
    policies: int


class _Found:
    """Collects findings, each with the names of the deployments that have it, in the order of arrival."""

    def __init__(self) -> None:
        self.deployments: dict[Finding, dict[str, None]] = {}

    def add(self, finding: Finding, deployment: str) -> None:
        self.deployments.setdefault(finding, {})[deployment] = None


def examine(template: Mapping[str, Any], chosen: list[dict[str, str]] | None = None) -> Report:
    """Check the deployments with these parameters, by default all that `variants` names.

    Raises a `RuntimeError` if a scanner does not run, and samtranslator's `InvalidDocumentException` for a template
    that SAM refuses.
    """
    chosen = variants(template) if chosen is None else chosen
    expansions = [(label(parameters, template), parameters, expanded(template, parameters)) for parameters in chosen]
    found = _Found()
    rules = _by_the_engine([(name, resolved(it, parameters)) for name, parameters, it in expansions], found)
    named = [(name, resolved(it, parameters, roles.names(it))) for name, parameters, it in expansions]
    policies = _of_roles(named, found)
    _by_cfn_lint([(name, it) for name, _, it in expansions], found)
    return Report({it: list(where) for it, where in found.deployments.items()}, len(chosen), rules, policies)


def _by_the_engine(deployments: list[tuple[str, dict[str, Any]]], found: _Found) -> int:
    """Run AWS's validation engine with its own rules and the rule pack. Return how many of the pack's apply."""
    scanned = _scan("templates", [template for _, template in deployments])
    for (name, _), of_template in zip(deployments, scanned["findings"], strict=True):
        for finding in of_template:
            found.add(Finding(*finding), name)
    return int(scanned["rules"])


def _of_roles(deployments: list[tuple[str, dict[str, Any]]], found: _Found) -> int:
    """Run the linter of policies and our own rule. Return the number of different policies."""
    holders: dict[str, list[tuple[str, str]]] = {}
    for name, deployment in deployments:
        for finding in width.findings(deployment):
            found.add(finding, name)
        for policy in roles.policies(deployment):
            holders.setdefault(json.dumps(policy.document, sort_keys=True), []).append((name, policy.where))
    scanned = _scan("policies", [json.loads(document) for document in holders])
    for of_document, of_policy in zip(holders.values(), scanned["findings"], strict=True):
        for rule, _, message in of_policy:
            for name, where in of_document:
                found.add(Finding(rule, where, message), name)
    return len(holders)


def _by_cfn_lint(deployments: list[tuple[str, dict[str, Any]]], found: _Found) -> None:
    # Many deployments share one expansion. cfn-lint evaluates its conditions itself.
    different = {json.dumps(expansion, sort_keys=True): name for name, expansion in reversed(deployments)}
    linted = linter.lint(json.loads(expansion) for expansion in different)
    for name, of_expansion in zip(different.values(), linted, strict=True):
        for finding in of_expansion:
            found.add(finding, name)


def _scan(kind: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    asked = {"kind": kind, "documents": documents, "region": REGION, "account": ACCOUNT}
    ran = subprocess.run(
        [str(SCANNERS / "python"), "-m", "local.preflight.scanners"],
        cwd=ROOT,
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    if ran.returncode != 0:
        raise RuntimeError(f"the scanners failed: {ran.stderr.strip()[-500:]}")
    scanned: dict[str, Any] = json.loads(ran.stdout)
    return scanned
