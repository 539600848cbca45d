"""Access tokens and tickets as text."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollcall.core.errors import TicketRefused, UndecodableNotification
from rollcall.core.identity import Connection, Ticket, bearer_token, digest, read_ticket, write_ticket
from rollcall.core.keys import watched_by_host, watched_conference, watched_extension
from rollcall.core.notification import decode_notification
from tests.support.events import as_body, notification, status


@pytest.mark.parametrize(
    ("header", "token"),
    [
        ("Bearer abc.def", "abc.def"),
        ("bearer abc", "abc"),
        ("Bearer  abc", None),
        ("Bearer a b", None),
        ("Bearer ", None),
        ("Basic abc", None),
        ("Bearer " + "x" * 4097, None),
        ("Bearer a\n", None),
        ("", None),
        (None, None),
    ],
)
def test_a_bearer_token_is_found_only_where_there_is_one(header: str | None, token: str | None) -> None:
    assert bearer_token(header) == token


def test_a_ticket_is_filed_under_its_account_and_the_hash_of_its_secret() -> None:
    secret = "s" * 43
    ticket = read_ticket(write_ticket("700100001", secret))
    assert ticket == Ticket("700100001", digest(secret))
    assert secret not in str(ticket)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "700100001.",
        "700100001.short",
        "." + "s" * 43,
        "a b." + "s" * 43,
        "7." + "s" * 43 + "\n",
        "7#X." + "s" * 43,
    ],
)
def test_what_can_be_no_ticket_is_refused(text: str) -> None:
    with pytest.raises(TicketRefused):
        read_ticket(text)


account_ids = st.from_regex(r"\A[0-9A-Za-z_-]{1,64}\Z")
ids = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30)
watches = st.one_of(
    st.tuples(st.just(watched_conference), account_ids, ids),
    st.tuples(st.just(watched_extension), account_ids, account_ids),
    st.tuples(st.just(watched_by_host), account_ids, account_ids, ids),
)


@given(watches, watches)
def test_different_watches_have_different_keys(one: Any, other: Any) -> None:
    assert (one[0](*one[1:]) == other[0](*other[1:])) == (one == other)


@pytest.mark.parametrize("odd", ["1#CONFERENCE#x", "", "1/2", "ü"])
@pytest.mark.parametrize("key", ["accountId", "extensionId"])
def test_an_id_that_could_end_its_own_place_in_a_key_is_refused(key: str, odd: str) -> None:
    content = notification(2, status("Setup"), party={key: odd})
    with pytest.raises(UndecodableNotification):
        decode_notification(as_body(content))


def test_a_connection_expires_soon_in_its_last_ten_minutes() -> None:
    connection = Connection("c-1", "1", "2", expires_at=10_000)
    assert [connection.expires_soon(now) for now in (9_400, 9_401, 10_001)] == [False, True, True]
