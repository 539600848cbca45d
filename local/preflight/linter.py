"""cfn-lint on templates that SAM has expanded. On the SAM template alone it does not see what SAM writes."""

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
    """The findings of cfn-lint, warnings included, for each template.

    The templates may have conditions; cfn-lint follows both sides of them. Raises a `RuntimeError` if it does not run.
    """
    with TemporaryDirectory() as folder:
        # Elsewhere than in the repository, whose configuration file is for the SAM template.
        return [_lint(template, Path(folder)) for template in templates]


def _lint(template: dict[str, Any], folder: Path) -> list[Finding]:
    file = folder / "template.json"
    file.write_text(json.dumps(template))
    # Its schemas know which values a resource has in which region.
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
