"""docs/asyncapi.yaml is valid AsyncAPI, and says no more and no less than the code's types."""

import json
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
import yaml
from jsonschema import Draft7Validator

from local.interface import documents, messages, reasons
from local.interface.asyncapi import asyncapi
from local.interface.websocket_examples import CLIENT, SERVER
from local.stack.places import ROOT
from rollcall.core.errors import ByeReason, ErrorCode, InvalidClientMessage
from rollcall.core.messages import Action, Bye, ServerMessage, bye, decode_client_message, encode
from tests.interface.closed import of_asyncapi, references, resolved, words

DOCUMENT = asyncapi()
MESSAGES, SCHEMAS = DOCUMENT["components"]["messages"], DOCUMENT["components"]["schemas"]
OFFICIAL = ROOT / "node_modules/@asyncapi/specs/schemas/3.0.0.json"


def message_examples() -> Iterator[Any]:
    """Message and payload of every example."""
    for name, message in MESSAGES.items():
        for example in message["examples"]:
            yield pytest.param(name, example["payload"], id=f"{name} {example['name']}")


def literals(of: Any) -> set[str]:
    """The words of a `Literal`, or of a union of several."""
    return {word for part in get_args(of) for word in (get_args(part) or (part,))}


# ---- the document


def test_it_is_valid_by_the_official_schema() -> None:
    official = json.loads(OFFICIAL.read_text())
    content = yaml.safe_load(documents.yaml_of(asyncapi))
    Draft7Validator(official).validate(content)
    # The schema is one that finds something.
    for path in ("asyncapi", "info"):
        assert not Draft7Validator(official).is_valid({key: value for key, value in content.items() if key != path})


def test_every_reference_leads_somewhere() -> None:
    found = references(DOCUMENT)
    assert len(found) > len(MESSAGES)
    for reference in found:
        resolved(DOCUMENT, reference)


def test_operations_and_replies_name_messages_of_their_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        for part in (operation, operation.get("reply", operation)):
            channel = resolved(DOCUMENT, part["channel"])
            of_channel = [resolved(DOCUMENT, message) for message in channel["messages"].values()]
            assert all(resolved(DOCUMENT, message) in of_channel for message in part["messages"])


def test_every_message_is_of_some_operation() -> None:
    named = [
        resolved(DOCUMENT, message)["name"]
        for operation in DOCUMENT["operations"].values()
        for message in [*operation["messages"], *operation.get("reply", {"messages": []})["messages"]]
    ]
    assert set(named) == set(MESSAGES)


# ---- against the code


def test_the_messages_are_those_of_the_code() -> None:
    tags = {struct.__struct_config__.tag for struct in get_args(ServerMessage)}
    assert (set(messages.TOLD), set(messages.TAKEN)) == (tags, set(get_args(Action)))
    assert set(MESSAGES) == tags | set(get_args(Action))


def test_the_reasons_and_codes_are_those_of_the_code() -> None:
    assert set(words(SCHEMAS["Bye"], "reason")) == set(reasons.BYES) == literals(ByeReason)
    assert set(words(SCHEMAS["ErrorMessage"], "code")) == set(reasons.ERRORS) == literals(ErrorCode)
    (retry,) = [field.type for field in msgspec.structs.fields(Bye) if field.name == "retry"]
    assert set(words(SCHEMAS["Bye"], "retry")) == literals(retry)


def test_each_reason_and_code_has_its_example() -> None:
    assert SERVER["bye"] == {reason: msgspec.to_builtins(bye(reason)) for reason in get_args(ByeReason)}
    assert {error["code"] for error in SERVER["error"].values()} == literals(ErrorCode)


# ---- examples


@pytest.mark.parametrize(("name", "payload"), list(message_examples()))
def test_an_example_fits_its_own_message_and_no_other(name: str, payload: Any) -> None:
    fitting = [other for other in MESSAGES if of_asyncapi(DOCUMENT, MESSAGES[other]["payload"]).is_valid(payload)]
    assert fitting == [name]


@pytest.mark.parametrize(
    ("name", "payload"), [(name, payload) for name, named in SERVER.items() for payload in named.values()]
)
def test_an_example_of_what_is_told_is_what_the_code_encodes(name: str, payload: Any) -> None:
    value = msgspec.convert(payload, ServerMessage, strict=True)
    text = encode(value)
    assert json.loads(text) == payload
    assert list(json.loads(text)) == list(payload)
    assert msgspec.json.decode(text, type=ServerMessage) == value


@pytest.mark.parametrize("name", MESSAGES)
def test_a_field_is_optional_exactly_if_an_example_lacks_it(name: str) -> None:
    schema = resolved(DOCUMENT, MESSAGES[name]["payload"])
    payloads = [example["payload"] for example in MESSAGES[name]["examples"]]
    assert set(schema["properties"]) == set().union(*payloads)
    assert set(schema["required"]) == set.intersection(*(set(payload) for payload in payloads))


@pytest.mark.parametrize("struct", get_args(ServerMessage), ids=lambda struct: struct.__name__)
def test_what_is_left_out_and_what_is_null_is_as_the_code_does_it(struct: type[msgspec.Struct]) -> None:
    """With all defaults, exactly the required fields are sent."""
    (name,) = [tag for tag in messages.TOLD if tag == struct.__struct_config__.tag]
    schema = resolved(DOCUMENT, MESSAGES[name]["payload"])
    fields = msgspec.structs.fields(struct)
    example = next(iter(SERVER[name].values()))
    needed = {field.encode_name: example[field.encode_name] for field in fields if field.required}
    shortest = json.loads(encode(msgspec.convert(needed | {"type": name}, ServerMessage)))
    assert set(shortest) == set(schema["required"])
    of_asyncapi(DOCUMENT, MESSAGES[name]["payload"]).validate(shortest)


WRONG = [
    ("subscribe", {"conferenceId": None}),
    ("subscribe", {"scope": "extension"}),
    ("subscribe", {"conferenceId": ""}),
    ("subscribe", {"conferenceId": "a b"}),
    ("subscribe", {"conferenceId": "x" * 201}),
    ("unsubscribe", {"scope": "account", "conferenceId": None}),
    ("ping", {"requestId": "x" * 129}),
    ("ping", {"requestId": 2**53 + 1}),
    ("ping", {"requestId": []}),
]


@pytest.mark.parametrize(("name", "change"), WRONG)
def test_what_the_document_forbids_is_refused(name: str, change: dict[str, Any]) -> None:
    frame = next(iter(CLIENT[name].values())) | change
    frame = {key: value for key, value in frame.items() if value is not None}
    assert not of_asyncapi(DOCUMENT, MESSAGES[name]["payload"]).is_valid(frame)
    with pytest.raises(InvalidClientMessage):
        decode_client_message(json.dumps(frame))
