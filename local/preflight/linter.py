"""Runs cfn-lint on the expanded template, which includes the resources that SAM adds."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from local.preflight.findings import Finding
from local.preflight.template import REGION
from local.scan import SCANNERS

_SECONDS = 120.0


def lint(templates: Iterable[dict[str, Any]]) -> list[list[Finding]]:
    """cfn-lint's findings for each template, warnings included.

    The templates may have conditions; cfn-lint follows both sides of them. Raises a `RuntimeError` if it does not run.
    """
    with TemporaryDirectory() as folder:
        # Outside the repository, because its .cfnlintrc is for the SAM template.
        return [_lint(template, Path(folder)) for template in templates]


def _lint(template: dict[str, Any], folder: Path) -> list[Finding]:
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    # Some properties have different allowed values in different regions.
    command = [str(SCANNERS / "cfn-lint"), "--template", str(file), "--regions", REGION, "--format", "json"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS)
    try:
        matches = json.loads(ran.stdout)
    except json.JSONDecodeError as error:
        raise RuntimeError(f"cfn-lint failed: {(ran.stderr or ran.stdout).strip()[-500:]}") from error
    return [Finding(match["Rule"]["Id"], _place(match), match["Message"]) for match in matches]


def _place(match: dict[str, Any]) -> str:
    path = match["Location"]["Path"] or ["(template)"]
    return str(path[1] if len(path) > 1 else path[0])
