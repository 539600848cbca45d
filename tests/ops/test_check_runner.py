"""Checks run side by side: none hinders another, and none that did not run is called ok."""

import json
import threading
import time
from collections.abc import Iterator

import pytest
from botocore.exceptions import EndpointConnectionError

from ops.check.finding import Finding, NotRun, error, ok, warning
from ops.check.once import Once
from ops.check.report import as_json, as_text, is_ok
from ops.check.runner import run
from tests.ops.installed import refusal


def good() -> Iterator[Finding]:
    yield ok("good", "it is well")


def test_they_run_at_the_same_time_and_are_told_in_order() -> None:
    meeting = threading.Barrier(3, timeout=10)

    def waits() -> Iterator[Finding]:
        meeting.wait()
        yield ok("met", "all were there")

    found = run({"third": waits, "first": waits, "second": waits})
    assert [finding.status for finding in found] == ["ok"] * 3


def test_one_that_hangs_hinders_no_other_and_is_not_run() -> None:
    over, started = threading.Event(), time.monotonic()

    def hangs() -> Iterator[Finding]:
        over.wait(60)
        yield ok("hangs", "late")

    found = run({"hangs": hangs, "good": good}, seconds=0.2)
    over.set()
    assert time.monotonic() - started < 10
    assert [(finding.code, finding.status) for finding in found] == [("hangs", "not-run"), ("good", "ok")]
    assert "0 s" in found[0].message


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (NotRun("there is\nno token"), "there is no token"),
        (refusal("AccessDenied", "no way", "DescribeAlarms"), "you may not call DescribeAlarms: no way"),
        (refusal("Throttling", "slow down", "DescribeAlarms"), "Throttling"),
        (EndpointConnectionError(endpoint_url="https://aws"), "https://aws"),
        (ZeroDivisionError("by zero"), "the check itself failed: ZeroDivisionError: by zero"),
        (KeyError("key"), "the check itself failed: KeyError"),
    ],
)
def test_one_that_fails_hinders_no_other_and_is_not_run(failure: Exception, said: str) -> None:
    def fails() -> Iterator[Finding]:
        yield ok("fails", "before it failed")
        raise failure

    found = run({"fails": fails, "good": good})
    assert [(finding.code, finding.status) for finding in found] == [("fails", "not-run"), ("good", "ok")]
    assert said in found[0].message
    assert "\n" not in found[0].message


@pytest.mark.parametrize(
    ("findings", "well"),
    [
        ([ok("a", "x")], True),
        ([ok("a", "x"), warning("b", "y")], True),
        ([ok("a", "x"), error("b", "y")], False),
        ([ok("a", "x"), Finding("b", "not-run", "y")], False),
    ],
)
def test_all_is_well_if_everything_ran_and_nothing_is_an_error(findings: list[Finding], *, well: bool) -> None:
    assert is_ok(findings) == well
    last = list(as_text(findings))[-1]
    assert last.startswith("All is well" if well else "Not all is well")


def test_programs_get_each_finding_with_its_cure() -> None:
    found = [ok("a", "x"), error("b-c", "y"), Finding("d", "not-run", "z")]
    assert json.loads(as_json(found)) == {
        "ok": False,
        "checks": [
            {"code": "a", "status": "ok", "message": "x", "cure": None},
            {"code": "b-c", "status": "error", "message": "y", "cure": "docs/operations.md#b-c"},
            {"code": "d", "status": "not-run", "message": "z", "cure": "docs/operations.md#not-run"},
        ],
    }


def test_people_get_a_line_for_each_then_the_cures_then_the_sum() -> None:
    found = [ok("a", "x"), error("b", "y"), warning("c", "z"), Finding("d", "not-run", "w")]
    assert list(as_text(found)) == [
        "ok       a  x",
        "ERROR    b  y",
        "WARNING  c  z",
        "NOT RUN  d  w",
        "",
        "What to do:",
        "  b  docs/operations.md#b",
        "  c  docs/operations.md#c",
        "  d  docs/operations.md#not-run",
        "",
        "Not all is well: 1 error, 1 warning, 1 not run, so nothing is known about what they check.",
    ]
    assert list(as_text([ok("a", "x")])) == ["ok  a  x", "", "All is well."]


def test_what_several_need_is_made_once_and_a_failure_is_everybodys() -> None:
    numbers = iter([7, 8])
    once = Once(lambda: next(numbers))
    assert (once.made, once(), once(), once.made) == (None, 7, 7, 7)
    failing = Once(lambda: 1 // len(()))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            failing()
    assert failing.made is None
