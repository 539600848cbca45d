"""What is accepted is named exactly, has a reason, and is there."""

from typing import Any

import botocore.session

from local.preflight.accepted import ACCEPTED, Accepted, without_accepted
from local.preflight.findings import Finding
from local.preflight.template import read
from local.stack.places import TEMPLATE

ENTRY = Accepted("W1", "Table", "^too small", "It is a small table.")


def test_a_finding_is_accepted_by_its_rule_place_and_message_alone() -> None:
    covered = Finding("W1", "Table", "too small for this")
    others = [covered._replace(rule="W2"), covered._replace(where="Tables"), covered._replace(message="not too small")]
    assert without_accepted([covered, *others], [ENTRY]) == (others, [])


def test_an_entry_that_accepts_nothing_is_named() -> None:
    assert without_accepted([], [ENTRY]) == ([], [ENTRY])


def test_every_entry_has_a_reason() -> None:
    assert all(len(entry.reason.split()) > 4 for entry in ACCEPTED)


def test_lambda_knows_every_runtime_that_the_template_allows() -> None:
    runtime: Any = botocore.session.get_session().get_service_model("lambda").shape_for("Runtime")
    assert set(read(TEMPLATE)["Parameters"]["Runtime"]["AllowedValues"]) <= set(runtime.enum)
