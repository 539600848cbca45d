"""The summary of all checks."""

from local.checks import LINT, TEST, Result, summary


def test_all_is_well() -> None:
    assert summary([Result("mypy", passed=True, seconds=4.2)]) == [
        "ok      mypy                       4.2 s",
        "All is well, after 4 s",
    ]


def test_what_failed_is_named() -> None:
    *_, last = summary([Result("mypy", passed=False, seconds=1), Result("ruff check", passed=True, seconds=1)])
    assert last == "Failed: mypy, after 2 s"


def test_testing_includes_linting() -> None:
    assert [check for check in TEST if check in LINT] == LINT
