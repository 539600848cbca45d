"""Intrinsic functions are worked out as CloudFormation does, and what is not known yet is left as it was."""

from typing import Any

import pytest

from local.preflight.intrinsics import STACK_NAME, resolved

PARAMETERS = {
    "Name": {"Type": "String", "Default": "anna"},
    "Origins": {"Type": "CommaDelimitedList", "Default": "a,b"},
}
CONDITIONS = {
    "IsAnna": {"Fn::Equals": [{"Ref": "Name"}, "anna"]},
    "IsBert": {"Fn::Equals": [{"Ref": "Name"}, "bert"]},
    "Neither": {"Fn::Not": [{"Fn::Or": [{"Condition": "IsAnna"}, {"Condition": "IsBert"}]}]},
    "Both": {"Fn::And": [{"Condition": "IsAnna"}, {"Condition": "IsBert"}]},
}


def template(**resources: Any) -> dict[str, Any]:
    return {"Parameters": PARAMETERS, "Conditions": CONDITIONS, "Resources": resources}


def value(node: Any, name: str = "anna") -> Any:
    """What a property with this value comes to."""
    read = template(Thing={"Type": "T", "Properties": {"Value": node}})
    properties = resolved(read, {"Name": name}, lambda *asked: "known" if asked == ("Known", "Arn") else None)
    return properties["Resources"]["Thing"]["Properties"].get("Value")


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Ref": "Name"}, "anna"),
        ({"Ref": "Origins"}, ["a", "b"]),
        ({"Ref": "AWS::StackName"}, STACK_NAME),
        ({"Ref": "AWS::NoValue"}, None),
        ([1, {"Ref": "AWS::NoValue"}, 2], [1, 2]),
        ({"Fn::If": ["IsAnna", {"Ref": "Name"}, "else"]}, "anna"),
        ({"Fn::If": ["IsBert", "then", {"a": 1, "b": {"Ref": "AWS::NoValue"}}]}, {"a": 1}),
        ({"Fn::Join": ["-", ["x", {"Ref": "Name"}]]}, "x-anna"),
        ({"Fn::Join": [",", {"Ref": "Origins"}]}, "a,b"),
        ({"Fn::Select": [1, {"Fn::Split": ["n", {"Ref": "Name"}]}]}, ""),
        ({"Fn::Sub": "${Name}/${AWS::Region}/${!Literal}"}, "anna/us-east-1/${Literal}"),
        ({"Fn::Sub": ["${Own}-${Name}", {"Own": {"Ref": "Name"}}]}, "anna-anna"),
        ({"Fn::Sub": "${Known.Arn}/*"}, "known/*"),
        ({"Fn::GetAtt": ["Known", "Arn"]}, "known"),
    ],
)
def test_what_is_known_is_worked_out(node: Any, expected: Any) -> None:
    assert value(node) == expected


@pytest.mark.parametrize(
    ("node", "left"),
    [
        ({"Ref": "Table"}, {"Ref": "Table"}),
        ({"Fn::GetAtt": ["Table", "Arn"]}, {"Fn::GetAtt": ["Table", "Arn"]}),
        ({"Fn::Sub": "${Table}-${Name}"}, {"Fn::Sub": "${Table}-anna"}),
        ({"Fn::Sub": ["${It}", {"It": {"Ref": "Table"}}]}, {"Fn::Sub": ["${It}", {"It": {"Ref": "Table"}}]}),
        ({"Fn::Join": ["", [{"Ref": "Name"}, {"Ref": "T"}]]}, {"Fn::Join": ["", ["anna", {"Ref": "T"}]]}),
        ({"Fn::Split": ["-", {"Ref": "T"}]}, {"Fn::Split": ["-", {"Ref": "T"}]}),
        ({"Fn::Base64": {"Ref": "Name"}}, {"Fn::Base64": "anna"}),
    ],
)
def test_what_is_not_known_before_the_deployment_is_left(node: Any, left: Any) -> None:
    assert value(node) == left


def test_what_a_condition_leaves_out_is_not_there_and_nothing_waits_for_it() -> None:
    read = template(
        Anna={"Type": "T", "Condition": "IsAnna", "Metadata": {}},
        Bert={"Type": "T", "Condition": "IsBert"},
        Nobody={"Type": "T", "Condition": "Neither"},
        Both={"Type": "T", "Condition": "Both"},
        After={"Type": "T", "DependsOn": ["Anna", "Bert"]},
        Last={"Type": "T", "DependsOn": "Bert"},
    ) | {"Outputs": {"A": {"Value": {"Ref": "Name"}}, "B": {"Condition": "IsBert", "Value": ""}}}
    assert resolved(read, {}) == {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {"Anna": {"Type": "T"}, "After": {"Type": "T", "DependsOn": ["Anna"]}, "Last": {"Type": "T"}},
        "Outputs": {"A": {"Value": "anna"}},
    }


@pytest.mark.parametrize("condition", [{"Fn::Equals": [{"Ref": "Table"}, "x"]}, {"Fn::Contains": [[], "x"]}])
def test_a_condition_that_can_not_be_worked_out_is_an_error(condition: Any) -> None:
    read = template(Thing={"Type": "T", "Condition": condition})
    with pytest.raises(ValueError, match="condition"):
        resolved(read, {})
