"""The files are what the code says, and readers find their way in them."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from markdown_it import MarkdownIt

from local.interface import documents, fields, http_schemas, messages
from local.interface.__main__ import main
from local.interface.markdown import anchor, json_text
from local.interface.openapi import openapi
from local.interface.schemas import sent
from local.stack.places import ROOT
from rollcall.core.errors import ByeReason
from rollcall.core.messages import Bye, ClientMessage, bye
from tests.interface.closed import words

PAGES = ["docs/reference-http.md", "docs/reference-websocket.md"]
GUIDES = ["docs/http.md", "docs/websocket.md"]


# ---- the files


def test_the_committed_documents_are_what_the_code_says() -> None:
    assert documents.stale() == []


def test_a_document_that_is_not_up_to_date_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "docs/openapi.yaml"
    monkeypatch.setattr(documents, "DOCUMENTS", {path: lambda: documents.yaml_of(openapi)})
    assert main(["check"]) == 1
    assert str(path) in capsys.readouterr().out
    assert main([]) == 0
    assert main(["check"]) == 0
    path.write_text(path.read_text().replace("no-store", "private"))
    assert main(["check"]) == 1


# ---- meanings


def test_every_meaning_is_that_of_some_field() -> None:
    described = messages.schemas() | http_schemas.schemas()
    found = {(name, field) for name, schema in described.items() for field in schema.get("properties", ())}
    found |= {("Error", field) for field in described["ErrorMessage"]["properties"]}
    found |= {(ClientMessage.__name__, field.encode_name) for field in msgspec.structs.fields(ClientMessage)}
    assert fields.unused(found - {("ErrorMessage", field) for _, field in found}) == set()


def test_a_field_without_a_meaning_is_not_described_at_all() -> None:
    class New(msgspec.Struct):
        """Something."""

        thing: str

    with pytest.raises(KeyError, match="thing"):
        sent([New])


def test_every_field_and_word_has_a_meaning() -> None:
    for schema in (messages.schemas() | http_schemas.schemas()).values():
        assert schema["description"]
        for field in schema.get("properties", {}).values():
            assert field.get("description") or "const" in field
            assert all(option["description"] for option in field.get("oneOf", ()))


# ---- pages


def rows(path: str, columns: int) -> list[list[str]]:
    """The rows of a page's tables that begin with a word in code, as far as they have so many columns."""
    lines = (ROOT / path).read_text().splitlines()
    found = [line for line, after in pairwise(lines) if line.startswith("| `") and not after.startswith("|---")]
    cells = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in found]
    return [row for row in cells if len(row) == columns]


def test_the_guide_lists_the_same_reasons_and_codes_as_the_reference() -> None:
    byes = {row[0].strip("`"): row[1].strip("`") for row in rows("docs/websocket.md", 4)}
    assert byes == {reason: bye(reason).retry for reason in get_args(ByeReason)}
    errors = [row[0].strip("`") for row in rows("docs/websocket.md", 2) if re.fullmatch("`[a-z-]+`", row[0])]
    assert sorted(errors) == sorted(words(messages.schemas()["ErrorMessage"], "code"))
    assert set(words(messages.schemas()["Bye"], "retry")) == set(get_args(Bye.__annotations__["retry"]))


@pytest.mark.parametrize("path", [*PAGES, *GUIDES])
def test_every_link_leads_somewhere(path: str) -> None:
    text = (ROOT / path).read_text()
    headings = {anchor(heading) for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert links
    for target in links:
        file, _, heading = target.partition("#")
        assert (ROOT / "docs" / file).exists() if file else heading in headings, target


@pytest.mark.parametrize(("guide", "reference"), list(zip(GUIDES, PAGES, strict=True)))
def test_guide_and_reference_name_each_other(guide: str, reference: str) -> None:
    assert f"({Path(reference).name})" in (ROOT / guide).read_text()
    assert f"({Path(guide).name})" in (ROOT / reference).read_text()


@pytest.mark.parametrize("path", PAGES)
def test_every_table_of_a_page_is_one(path: str) -> None:
    text = (ROOT / path).read_text()
    shown = MarkdownIt().enable("table").render(text)
    assert len(re.findall(r"<table>", shown)) == len(re.findall(r"^\| --- ", text, re.MULTILINE)) > 5
    assert "| ---" not in shown
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize("value", [[], {}, None, "x" * 200, [1, 2], {"a": ["x" * 70, {"b": "x" * 70}], "c": {}}])
def test_json_is_the_same_however_its_lines_are_broken(value: Any) -> None:
    assert msgspec.json.decode(json_text(value)) == value


@pytest.mark.parametrize(
    ("heading", "address"),
    [
        ("RosterView", "rosterview"),
        ("RingCentral's notifications, and its handshake", "ringcentrals-notifications-and-its-handshake"),
    ],
)
def test_headings_are_addressed_as_github_does(heading: str, address: str) -> None:
    assert anchor(heading) == address
