"""A masked recording names nobody, and plays back to the same rosters."""

import base64
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.masking import mask
from ops.playback import Playback
from rollcall.core.errors import UndecodableNotification
from rollcall.core.notification import OtherNotification, decode_notification
from rollcall.core.recording import Recorded, as_recorded
from tests.support.events import as_body, in_conference, notification, status
from tests.support.recorded import EXAMPLE, recordings, shape

NAMES = ["Wilhelmina Quatermass", "QUATERMASS", "Żółć Ąćęłńóśźż", "O'Brien-Smythe Jr."]
NUMBERS = ["+16502880147", "(650) 288-0147", "6502880147", "+44 20 7946 0958", "+493012345678"]


def recorded(*contents: dict[str, Any] | bytes) -> list[Recorded]:
    bodies = [content if isinstance(content, bytes) else as_body(content) for content in contents]
    return [as_recorded({}, body, received_at=1772618405 + number) for number, body in enumerate(bodies)]


def text_of(masked: list[Recorded]) -> str:
    return "\n".join(one.content.decode(errors="replace") for one in masked)


def rosters_after_each(those: list[Recorded]) -> list[Any]:
    playback = Playback()
    return [shape(playback.rosters) for one in those for _ in playback.play(one)]


def test_the_example_plays_back_to_the_same_rosters_with_other_people() -> None:
    real = recordings(EXAMPLE)
    masked = mask(real)
    assert rosters_after_each(masked) == rosters_after_each(real)
    assert [one.received_at for one in masked] == [one.received_at for one in real]
    text = text_of(masked)
    people = ("Alice", "Agent", "Bob", "Bailey", "Carla", "Customer", "Dan", "Dealer")
    numbers = ("2055550101", "2055550103", "2055550104", '"102"')
    assert [left for left in (*people, *numbers) if left in text] == []
    assert [known for known in (*people, *numbers) if known not in text_of(real)] == []


def test_the_same_person_is_the_same_however_it_is_written() -> None:
    ways = [{"name": "Wilhelmina  QUATERMASS", "phoneNumber": number} for number in NUMBERS[:3]]
    contents = [notification(n, status("Answered"), party={"to": way}) for n, way in enumerate(ways)]
    masked = [json.loads(one.content)["body"]["parties"][0]["to"] for one in mask(recorded(*contents))]
    assert masked[0] == masked[1] == masked[2]
    assert masked[0]["phoneNumber"].startswith("+120555501")


def test_what_names_nobody_stays() -> None:
    content = notification(3, in_conference("p-conf-2"), party={"to": {"phoneNumber": "conference"}})
    (masked,) = mask(recorded(content))
    body, before = json.loads(masked.content), json.loads(as_body(content))
    assert body["body"]["parties"][0]["to"] == {"phoneNumber": "conference"}
    person, real = (one["body"]["parties"][0]["from"] for one in (body, before))
    assert person.pop("name") != real.pop("name")
    assert person.pop("phoneNumber") != real.pop("phoneNumber")
    assert body == before


def test_an_extension_number_stays_short_and_numbers_in_addresses_go_too() -> None:
    content = notification(3, status("Answered"), party={"to": {"phoneNumber": "11119"}})
    content["event"] += "?phoneNumber=%2B16502880147&direction=Inbound"
    (masked,) = mask(recorded(content))
    body = json.loads(masked.content)
    assert body["body"]["parties"][0]["to"]["phoneNumber"] == "101"
    assert "6502880147" not in body["event"]
    assert body["event"].endswith("&direction=Inbound")


FATES = [b"{", b"\xff\xfe", b"", b'{"event": "/restapi/v1.0/subscription/~?threshold=60"}', b"[]", b'"Wilhelmina"']


@pytest.mark.parametrize(
    "body", [*FATES, as_body(notification("x", status("Answered"))), b'{"event": "e", "body": ' + b"[" * 9999]
)
def test_what_can_not_be_taken_has_the_same_fate(body: bytes) -> None:
    (masked,) = mask(recorded(body))
    assert fate(masked.content) == fate(body)


def fate(body: bytes) -> str:
    try:
        taken = decode_notification(body)
    except UndecodableNotification as error:
        return error.reason
    return taken.kind if isinstance(taken, OtherNotification) else "taken"


def test_bytes_that_are_no_text_are_not_kept() -> None:
    (masked,) = mask(recorded("Wilhelmina".encode("utf-16")))
    assert "Wilhelmina".encode("utf-16") not in base64.b64decode(json.loads(msgspec.json.encode(masked))["bodyBase64"])


people = st.sampled_from([*NAMES, *NUMBERS, 16502880147])
unknown_field = st.sampled_from(
    ["uiCallInfo", "primary", "value", "additional", "customer", "callerIdNumber", "number", "description", "note"]
)
anything: st.SearchStrategy[Any] = st.recursive(
    people,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(unknown_field, inner, max_size=3),
    max_leaves=6,
)
known = st.fixed_dictionaries({}, optional={"name": st.sampled_from(NAMES), "phoneNumber": st.sampled_from(NUMBERS)})


@settings(max_examples=200, deadline=None)
@given(
    to=known,
    party=st.dictionaries(unknown_field, anything, max_size=3),
    body=st.dictionaries(unknown_field, anything, max_size=2),
    odd_name=st.sampled_from([*NAMES, *NUMBERS]),
)
def test_nobodys_name_or_number_is_left_wherever_it_stood(
    to: dict[str, str], party: dict[str, Any], body: dict[str, Any], odd_name: str
) -> None:
    label = {
        "primary": {"type": "CallerIdName", "value": NAMES[0]},
        "additional": {"type": "QueueName", "value": odd_name},
    }
    contents = [
        notification(7, in_conference("p-conf-2"), party={"uiCallInfo": label} | party | {"to": to}, body=body),
        notification(9, status("Disconnected"), party={odd_name: 1, "to": to}),
    ]
    masked = mask(recorded(*contents))
    text = text_of(masked)
    digits = "".join(filter(str.isdigit, text))
    assert [name for name in NAMES if name in text] == []
    assert [number for number in ("6502880147", "2079460958", "3012345678") if number in digits] == []
    assert rosters_after_each(masked) == rosters_after_each(recorded(*contents))
