"""Finishing a build of SAM's: bytecode for the functions' Python, and a template that takes no other target.

A function's code and its layer are read-only on Lambda. Without bytecode, Python would compile every source anew at
every cold start (docs/decisions.md has the figures).
"""

import subprocess
from pathlib import Path
from typing import Any

from samcli.yamlhelper import yaml_dump, yaml_parse

from local.artefacts.target import Target
from local.stack.errors import StackError

_SECONDS = 300.0


def compile_sources(build: Path, python: str | Path) -> None:
    """Put bytecode beside every source in a build folder, with a Python of the functions' version.

    The bytecode is never compared with its source: archives don't keep the times by which Python would. Raises
    `StackError` for a source that can't be compiled.
    """
    command = [str(python), "-m", "compileall", "-q", "-f", "--invalidation-mode", "unchecked-hash", str(build)]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if compiled.returncode != 0:
        raise StackError(f"a source can't be compiled: {compiled.stdout.strip() or compiled.stderr.strip()}")


def pin_target(template: Path, target: Target) -> None:
    """Let the built template take no other runtime and architecture than those of the build.

    CloudFormation then refuses a deployment for another target before it changes anything. Otherwise every function
    would fail to import the layer's compiled packages.
    """
    content: dict[str, Any] = yaml_parse(template.read_text("utf-8"))
    for name, value in (("Runtime", target.runtime), ("Architecture", target.architecture)):
        parameter = content["Parameters"][name]
        parameter |= {"Default": value, "AllowedValues": [value]}
        parameter["ConstraintDescription"] = (
            f"is {value}, for which this build was made; change samconfig.toml and build again"
        )
    template.write_text(yaml_dump(content), "utf-8")
