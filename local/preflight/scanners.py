"""Runs AWS's validation engine and the linter of policies, in the scanners' own environment.

`python -m local.preflight.scanners` reads {"kind", "documents", "region", "account"} from standard input and writes
{"rules", "findings"}: how many rules of the pack apply, and for each document, in the same order, a list of
[rule, logical id, message]. The kind is "templates", without parameters and conditions, or "policies". It fails if a
scanner is missing.
"""

import json
import sys
from typing import Any

from cloudformation_validate import (
    EngineConfig,
    ExternalRuleSource,
    PseudoParameterOverrides,
    RegoEngine,
    Severity,
    TemplateContent,
    ValidateConfig,
)
from parliament import analyze_policy_string

from local.preflight.rule_pack import RulePack

Documents = list[dict[str, Any]]
Findings = list[list[str]]


def main() -> int:
    """Scan what standard input holds."""
    asked = json.load(sys.stdin)
    if asked["kind"] == "templates":
        rules, findings = _of_templates(asked["documents"], asked["region"], asked["account"])
    else:
        rules, findings = 0, [_of_policy(policy) for policy in asked["documents"]]
    json.dump({"rules": rules, "findings": findings}, sys.stdout)
    return 0


def _of_templates(templates: Documents, region: str, account: str) -> tuple[int, list[Findings]]:
    pack = RulePack()
    types = {resource["Type"] for template in templates for resource in template["Resources"].values()}
    modules = pack.modules(types, region, account)
    sources = [ExternalRuleSource(name=name, content=content) for name, content in modules.items()]
    engine = RegoEngine(EngineConfig(custom_rules=sources))
    config = ValidateConfig(
        # Findings below a warning only describe the template ("create-only", "no tags").
        severity_level=Severity.WARN,
        pseudo_parameter_overrides=PseudoParameterOverrides(account_id=account, region=region),
    )
    reports = [engine.validate_template(TemplateContent(json.dumps(template)), config) for template in templates]
    findings = [
        [
            [found.rule_id, found.entity.logical_id if found.entity else "(template)", found.message]
            for found in report.diagnostics
        ]
        for report in reports
    ]
    return len(pack.rules_for(types)), findings


def _of_policy(policy: dict[str, Any]) -> Findings:
    # SAM writes some policies without a version. IAM then assumes the older one, which only lacks variables.
    analyzed = analyze_policy_string(json.dumps({"Version": "2012-10-17"} | policy), ignore_private_auditors=True)
    return [[found.issue, "", str(found.detail or found.title)] for found in analyzed.findings]


if __name__ == "__main__":
    sys.exit(main())
