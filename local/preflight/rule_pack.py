"""Rules for AWS's validation engine about what services refuse at a deployment, although its schemas allow it.

They come from the package cdk-preflight, of which nothing else is used: its code would run them within the AWS CDK,
which Rollcall is not written in. Its maintainers have reproduced each failure on AWS (its README, "Bundled rules").
"""

import io
import json
import re
import tarfile
from collections.abc import Collection
from importlib import metadata
from typing import Any

_PACKAGE = "cdk-preflight"
_HEADER = "package cdk_preflight\n\nimport rego.v1\n"


class RulePack:
    """The rules of the installed package. Raises an `ImportError` if the package is missing or has changed."""

    def __init__(self) -> None:
        source = _source()
        self._rules: list[dict[str, Any]] = _listed(source, "BUNDLED_RULES")
        self._libraries: list[dict[str, Any]] = _listed(source, "BUNDLED_LIBS")

    def rules_for(self, types: Collection[str]) -> list[dict[str, Any]]:
        """The rules for these types of resources, without those that the engine now enforces itself."""
        kinds = {"*", *types}
        return [rule for rule in self._rules if "supersededBy" not in rule and kinds & set(rule["resourceTypes"])]

    def modules(self, types: Collection[str], region: str, account: str) -> dict[str, str]:
        """Name and Rego text of each module with the rules for a deployment to this region and account.

        As in the package itself, a service's rules are one module: the engine compiles few modules faster.
        """
        modules = {library["name"]: library["rego"] for library in self._libraries}
        for rule in self.rules_for(types):
            body = re.sub(r"^(?:package|import)\s.*\n", "", rule["rego"], flags=re.MULTILINE)
            module = f"service_{rule['service']}"
            modules[module] = modules.get(module, _HEADER) + body + "\n"
        # Rules about certain regions read these.
        place = f"\ndeploy_region := {json.dumps(region)}\ndeploy_account := {json.dumps(account)}\n"
        return modules | {"place_of_deployment": _HEADER + place}


def _source() -> str:
    files = metadata.files(_PACKAGE) or []
    archives = [file for file in files if file.name.endswith(".jsii.tgz")]
    if len(archives) != 1:
        raise ImportError(f"{_PACKAGE} has {len(archives)} archives instead of one")
    with tarfile.open(fileobj=io.BytesIO(archives[0].read_binary())) as archive:
        rules = archive.extractfile("package/lib/rules.generated.js")
        if rules is None:
            raise ImportError(f"{_PACKAGE} has no rules")
        return rules.read().decode()


def _listed(source: str, name: str) -> list[dict[str, Any]]:
    """A list that the JavaScript source assigns, which is written as JSON."""
    assignment = f"exports.{name} = ["
    listed: list[dict[str, Any]]
    listed, _ = json.JSONDecoder().raw_decode(source, source.index(assignment) + len(assignment) - 1)
    if not listed:
        raise ImportError(f"{_PACKAGE} has no rules in {name}")
    return listed
