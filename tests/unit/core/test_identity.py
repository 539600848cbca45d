"""Access tokens and tickets as text."""

import pytest

from rollcall.core.errors import TicketRefused
from rollcall.core.identity import Ticket, bearer_token, digest, read_ticket, write_ticket
from rollcall.core.keys import watched_conference, watched_extension


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
    "text", ["", "abc", "700100001.", "700100001.short", "." + "s" * 43, "a b." + "s" * 43, "7." + "s" * 43 + "\n"]
)
def test_what_can_be_no_ticket_is_refused(text: str) -> None:
    with pytest.raises(TicketRefused):
        read_ticket(text)


def test_no_id_leads_from_one_account_to_another() -> None:
    for id_ in ("s-1", "s#1", "#ACCOUNT#2#CONFERENCE#s-1"):
        assert watched_conference("1", id_).startswith("ACCOUNT#1#CONFERENCE#")
        assert watched_extension("1", id_).startswith("ACCOUNT#1#EXTENSION#")
