"""Which deployments of a template are checked follows from its conditions."""

from typing import Any

import pytest

from local.preflight.intrinsics import resolved
from local.preflight.template import read
from local.preflight.variants import label, variants
from local.stack.places import TEMPLATE


def template(conditions: dict[str, Any], **parameters: dict[str, Any]) -> dict[str, Any]:
    return {"Parameters": {name: {"Type": "String", **it} for name, it in parameters.items()}, "Conditions": conditions}


def equals(name: str, value: str) -> dict[str, Any]:
    return {"Fn::Equals": [{"Ref": name}, value]}


def test_all_combinations_of_what_makes_conditions_true_and_false() -> None:
    read = template(
        {"Big": equals("Size", "big"), "Named": {"Fn::Not": [{"Fn::Equals": ["", {"Ref": "Name"}]}]}},
        Size={"Default": "small", "AllowedValues": ["small", "big"]},
        Name={"Default": ""},
    )
    chosen = [(it["Size"], bool(it["Name"])) for it in variants(read)]
    assert sorted(chosen) == [("big", False), ("big", True), ("small", False), ("small", True)]


def test_a_condition_within_others_counts() -> None:
    read = template(
        {"Both": {"Fn::And": [{"Condition": "Other"}, equals("Name", "")]}, "Other": equals("Flag", "yes")},
        Name={"Default": ""},
        Flag={"Default": "no", "AllowedValues": ["yes", "no"]},
    )
    assert len(variants(read)) == 4


def test_a_value_is_chosen_that_the_pattern_takes() -> None:
    read = template({"Has": equals("Topic", "")}, Topic={"Default": "", "AllowedPattern": "^$|^arn:aws:sns:.+$"})
    assert [it["Topic"].partition(":")[0] for it in variants(read)] == ["", "arn"]
    read["Parameters"]["Topic"]["AllowedPattern"] = "^([^@]+@[^@]+)?$"
    assert [it["Topic"] for it in variants(read)] == ["", "operators@example.com"]
    del read["Parameters"]["Topic"]["AllowedPattern"]
    assert [it["Topic"] for it in variants(read)] == ["", "sample"]


def test_a_pattern_that_no_sample_fits_is_an_error() -> None:
    read = template({"Has": equals("Code", "")}, Code={"Default": "", "AllowedPattern": "^([0-9]{9})?$"})
    with pytest.raises(ValueError, match="Code"):
        variants(read)


def test_a_parameter_that_is_compared_with_another_one_is_an_error() -> None:
    read = template({"Same": {"Fn::Equals": [{"Ref": "A"}, {"Ref": "B"}]}}, A={"Default": ""}, B={"Default": ""})
    with pytest.raises(ValueError, match="A is compared"):
        variants(read)


def test_every_allowed_value_of_another_parameter_is_checked_once() -> None:
    read = template({}, Size={"Default": "small", "AllowedValues": ["small", "big", "huge"]})
    assert variants(read) == [{}, {"Size": "big"}, {"Size": "huge"}]


def test_what_makes_the_stack_local_is_left_out() -> None:
    read = template({"IsLocal": equals("LocalEndpoint", "")}, LocalEndpoint={"Default": ""})
    assert variants(read) == [{}]


def test_every_condition_of_the_template_holds_in_one_deployment_and_not_in_another() -> None:
    real = read(TEMPLATE)
    for name in real["Conditions"].keys() - {"IsLocal", "IsOnAws"}:
        asked = {"Parameters": real["Parameters"], "Conditions": real["Conditions"]}
        asked |= {"Resources": {"Asked": {"Type": "A", "Condition": name}}}
        assert {"Asked" in resolved(asked, it)["Resources"] for it in variants(real)} == {True, False}, name


def test_a_deployment_is_named_by_what_is_not_default() -> None:
    read = template({}, Size={"Default": "small"}, Name={"Default": ""})
    assert label({"Size": "big", "Name": ""}, read) == "Size=big"
    assert label({}, read) == "all defaults"
