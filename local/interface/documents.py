"""Which documents there are, and their text."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from local.interface.asyncapi import asyncapi
from local.interface.client_types import client_types
from local.interface.openapi import openapi
from local.interface.reference_http import reference_http
from local.interface.reference_websocket import reference_websocket
from local.stack.places import ROOT

_HEADING = "Generated from the code by `make docs`. Changes belong there."


class _Dumper(yaml.SafeDumper):
    """YAML in which everything is written out where it stands: a reader can't follow anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002  # the library's signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def yaml_of(content: Callable[[], dict[str, Any]]) -> str:
    """A document's YAML."""
    text = yaml.dump(content(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)
    return f"# {_HEADING}\n{text}"


def markdown_of(content: Callable[[], str]) -> str:
    """A page for readers."""
    return f"<!-- {_HEADING} -->\n\n{content()}"


def typescript_of(content: Callable[[], str]) -> str:
    """Declarations."""
    return f"// {_HEADING}\n\n{content()}"


DOCUMENTS: dict[Path, Callable[[], str]] = {
    ROOT / "docs/openapi.yaml": partial(yaml_of, openapi),
    ROOT / "docs/asyncapi.yaml": partial(yaml_of, asyncapi),
    ROOT / "docs/reference-http.md": partial(markdown_of, lambda: reference_http(openapi())),
    ROOT / "docs/reference-websocket.md": partial(markdown_of, lambda: reference_websocket(asyncapi())),
    ROOT / "client/messages.d.ts": partial(typescript_of, client_types),
}
"""Each document's file, and what makes its text."""


def write() -> None:
    """Write every document."""
    for path, text in DOCUMENTS.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text(), encoding="utf-8")


def stale() -> list[Path]:
    """The documents whose file is not what would be written."""
    return [path for path, text in DOCUMENTS.items() if not path.exists() or path.read_text(encoding="utf-8") != text()]
