"""Decoding: what RingCentral posts is understood, everything else is refused with its reason."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.core.errors import UndecodableNotification
from rollcall.core.notification import (
    MAX_BODY_BYTES,
    OtherNotification,
    TelephonySessionNotification,
    decode_notification,
    is_identifier,
)
from tests.support.events import ACCOUNT, as_body, in_conference, notification, status


def decoded(content: dict[str, Any]) -> TelephonySessionNotification:
    result = decode_notification(as_body(content))
    assert isinstance(result, TelephonySessionNotification)
    return result


def refusal(body: bytes) -> UndecodableNotification:
    with pytest.raises(UndecodableNotification) as caught:
        decode_notification(body)
    return caught.value


def test_the_facts_of_a_notification_are_read() -> None:
    result = decoded(notification(9, in_conference("p-conf-2")))
    assert (result.account_id, result.sequence, result.event_time) == (ACCOUNT, 9, "2024-02-27T16:00:00.223Z")
    assert not result.in_conference_session
    assert result.parties[0].status.peer_id is not None
    assert result.parties[0].status.peer_id.party_id == "p-conf-2"


def test_the_account_may_stand_in_the_body_the_party_or_the_event_alone() -> None:
    old = notification(2, status("Setup"), party={"accountId": None}, body={"accountId": ACCOUNT})
    assert decoded(old | {"event": "/telephony/sessions"}).account_id == ACCOUNT
    assert decoded(notification(2, status("Setup"), party={"accountId": None})).account_id == ACCOUNT


def test_accounts_that_contradict_each_other_are_refused() -> None:
    error = refusal(as_body(notification(2, status("Setup"), party={"accountId": "700100002"})))
    assert (error.reason, error.detail) == ("malformed", "names 2 accounts")


def test_a_missing_event_time_is_replaced_by_the_time_of_sending() -> None:
    content = notification(2, status("Setup"), body={"eventTime": None}) | {"timestamp": "2024-02-27T18:00:00+02:00"}
    assert decoded(content).event_time == "2024-02-27T16:00:00.000Z"


def test_a_time_without_a_zone_is_utc() -> None:
    content = notification(2, status("Setup"), body={"eventTime": "2024-02-27T16:00:00"})
    assert decoded(content).event_time == "2024-02-27T16:00:00.000Z"


@pytest.mark.parametrize("time", [None, "0001-01-01T00:00:00+14:00"])
def test_a_notification_without_a_usable_time_is_refused(time: str | None) -> None:
    content = notification(2, status("Setup"), body={"eventTime": time}) | {"timestamp": None}
    assert refusal(as_body(content)).reason == "malformed"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"event": "/restapi/v1.0/subscription/~?threshold=60&interval=15"}, "reminder"),
        ({"event": "/restapi/v1.0/account/1/presence", "body": {"anything": []}}, "other"),
    ],
)
def test_other_kinds_are_told_apart(content: dict[str, Any], kind: str) -> None:
    assert decode_notification(as_body(content)) == OtherNotification(kind)  # type: ignore[arg-type]


def test_a_request_without_a_body_may_be_a_reminder() -> None:
    assert decode_notification(b"") == OtherNotification("empty")


def test_a_query_behind_the_event_does_not_hide_its_kind() -> None:
    content = notification(2, status("Setup"))
    assert decoded(content | {"event": content["event"] + "?statusCode=Setup"}).sequence == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not-json"),
        (b"nonsense", "not-json"),
        (b'{"event": ' + b"[" * 100_000, "malformed"),
        (b"[]", "malformed"),
        (b"{}", "malformed"),
        (b'{"event": "/restapi/v1.0/account/1/telephony/sessions"}', "not-json"),
        (b"\xff\xfe", "not-utf8"),
        (b'{"event": "/x/telephony/sessions", "uuid": "\xff"}', "not-utf8"),
        (b" " * (MAX_BODY_BYTES + 1), "too-large"),
        (as_body(notification("9", status("Setup"))), "malformed"),
        (as_body(notification(9.5, status("Setup"))), "malformed"),
        (as_body(notification(-1, status("Setup"))), "malformed"),
        (as_body(notification(2**63, status("Setup"))), "malformed"),
        (as_body(notification(9, status("Setup"), party={"id": None})), "malformed"),
        (as_body(notification(9, status("Setup"), party={"id": ""})), "malformed"),
        (as_body(notification(9, status("Setup"), party={"id": "p-\ufffd"})), "malformed"),
        (as_body(notification(9, status("Setup"), party={"id": "p" * 201})), "malformed"),
        (as_body(notification(9, status("Setup"), body={"parties": 2})), "malformed"),
        (as_body(notification(9, status("Setup"), body={"telephonySessionId": None})), "malformed"),
        (as_body(notification(9, {})), "malformed"),
    ],
)
def test_what_is_not_a_notification_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    error = refusal(body)
    assert error.reason == reason
    assert error.detail


def test_deep_nesting_inside_an_ignored_field_does_no_harm() -> None:
    body = b'{"event": "/restapi/v1.0/account/1/presence", "body": ' + b"[" * 60_000 + b"]" * 60_000 + b"}"
    assert refusal(body).reason == "not-json"


@pytest.mark.parametrize(("text", "good"), [("s-1", True), ("", False), ("a b", False), ("s\n", False), ("ü", False)])
def test_what_can_be_an_identifier(text: str, *, good: bool) -> None:
    assert is_identifier(text) is good


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_input_raises_anything_else(body: bytes) -> None:
    with contextlib.suppress(UndecodableNotification):
        decode_notification(body)


@given(path=st.sampled_from(["body", "party", "status", "envelope"]), key=st.text(max_size=12), value=json_values)
def test_fields_that_are_not_needed_may_hold_anything(path: str, key: str, value: object) -> None:
    content = notification(9, in_conference("p-conf-2"))
    party = content["body"]["parties"][0]
    target = {"body": content["body"], "party": party, "status": party["status"], "envelope": content}[path]
    if key not in target and key not in {"extensionId", "accountId", "conferenceRole"}:
        target[key] = value
    assert decoded(content).sequence == 9
