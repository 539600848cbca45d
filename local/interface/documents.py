"""Which documents there are, and their text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from local.interface.openapi import openapi
from local.stack.places import ROOT

DOCUMENTS: dict[Path, Callable[[], dict[str, Any]]] = {ROOT / "docs/openapi.yaml": openapi}
"""Each document's file, and what makes its content."""

_HEADING = "# Generated from the code by `make docs`. Changes belong there.\n"


class _Dumper(yaml.SafeDumper):
    """YAML in which everything is written out where it stands: a reader can't follow anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  # the library's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def text_of(content: dict[str, Any]) -> str:
    """The document's YAML."""
    return _HEADING + yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


def write() -> None:
    """Write every document."""
    for path, content in DOCUMENTS.items():
        path.write_text(text_of(content()), encoding="utf-8")


def stale() -> list[Path]:
    """The documents whose file is not what would be written."""
    return [
        path
        for path, content in DOCUMENTS.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text_of(content())
    ]
