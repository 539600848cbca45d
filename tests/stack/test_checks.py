"""How checks are run, and the summary of all of them."""

import sys
from pathlib import Path

import pytest

from local import checks
from local.checks import LINT, TEST, Check, Result, run, summary
from local.outcome import SKIPPED

WELL, BROKEN = Result("mypy", "ok", 4.2), Result("ruff check", "FAILED", 1.0)
LEFT_OUT = Result("known vulnerabilities", "SKIPPED", 1.0, "no index could be reached")


def test_all_is_well() -> None:
    assert summary([WELL]) == ["ok      mypy                       4.2 s", "All is well, after 4 s"]


def test_what_failed_is_named() -> None:
    assert summary([BROKEN, WELL])[-1] == "Failed: ruff check, after 5 s"


def test_what_was_skipped_is_not_called_well_and_the_summary_says_why() -> None:
    _, skipped, verdict = summary([WELL, LEFT_OUT])
    assert skipped == "SKIPPED known vulnerabilities      1.0 s  no index could be reached"
    assert verdict == "Nothing failed; skipped and therefore unknown: known vulnerabilities, after 5 s"


def test_what_was_skipped_is_named_beside_what_failed() -> None:
    assert summary([BROKEN, LEFT_OUT])[-1] == (
        "Failed: ruff check; skipped and therefore unknown: known vulnerabilities, after 2 s"
    )


def python(code: str) -> Result:
    return run(Check("check", [sys.executable, "-c", code]), {"PYTHONPATH": "."})


def test_a_check_is_skipped_if_it_says_so_and_why() -> None:
    result = python("import sys; from local.outcome import skipped; sys.exit(skipped('no time'))")
    assert (result.state, result.reason) == ("SKIPPED", "no time")


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("", "ok"),
        ("import sys; sys.exit(1)", "FAILED"),
        (f"import sys; sys.exit({SKIPPED})", "FAILED"),
        ("import sys; from local.outcome import skipped; skipped('no time'); sys.exit(1)", "FAILED"),
    ],
)
def test_a_check_that_does_not_say_why_it_was_skipped_has_run(code: str, state: str) -> None:
    assert python(code).state == state


@pytest.mark.parametrize(
    ("results", "status"), [([WELL], 0), ([WELL, LEFT_OUT], 0), ([WELL, BROKEN], 1), ([BROKEN, LEFT_OUT], 1)]
)
def test_only_a_failure_fails_the_command(
    results: list[Result], status: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left = list(results)
    monkeypatch.setattr(checks, "LINT", [Check(result.name, []) for result in results])
    monkeypatch.setattr(checks, "run", lambda check, environment: left.pop(0))
    monkeypatch.setattr(sys, "argv", ["local.checks", "lint"])
    assert checks.main() == status


def test_testing_includes_linting() -> None:
    assert [check for check in TEST if check in LINT] == LINT
