"""DynamoDB's attribute values, held against boto3's own serializers."""

from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from rollcall.adapters.attributes import from_attribute, to_attribute

VALUES = st.recursive(
    st.text() | st.integers(-(10**37), 10**37) | st.booleans() | st.none() | st.frozensets(st.text(), min_size=1),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)

_DESERIALIZER: Any = TypeDeserializer()


@given(VALUES)
def test_a_value_is_written_as_boto3_writes_it_and_read_as_boto3_reads_it(value: Any) -> None:
    attribute = to_attribute(value)
    assert _unordered(attribute) == _unordered(TypeSerializer().serialize(value))
    assert from_attribute(attribute) == _DESERIALIZER.deserialize(attribute) == value


def _unordered(attribute: Any) -> Any:
    """Sets have no order."""
    if isinstance(attribute, dict):
        return {name: sorted(value) if name == "SS" else _unordered(value) for name, value in attribute.items()}
    return [_unordered(each) for each in attribute] if isinstance(attribute, list) else attribute


@pytest.mark.parametrize("value", [b"", 1.5, {1}, object()])
def test_a_type_that_rollcall_does_not_store_is_an_error(value: object) -> None:
    with pytest.raises(TypeError):
        to_attribute(value)


@pytest.mark.parametrize("attribute", [{"B": "AA=="}, {"NS": ["1"]}])
def test_a_type_that_rollcall_never_stored_is_an_error(attribute: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        from_attribute(attribute)
