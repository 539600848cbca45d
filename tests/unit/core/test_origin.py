"""Which web pages may use an installation."""

import pytest

from rollcall.core.errors import OriginNotAllowed
from rollcall.core.origin import check_origin, check_ticket_origin

ALLOWED = {"https://phone.example", "http://localhost:3000"}


@pytest.mark.parametrize("origin", [None, *ALLOWED])
def test_pages_on_the_list_may_and_so_may_what_is_no_page(origin: str | None) -> None:
    check_origin(origin, ALLOWED)


@pytest.mark.parametrize(
    "origin",
    [
        "", "null", "*", "https://evil.example", "https://phone.example.evil.example", "http://phone.example",
        "https://phone.example:8443", "https://phone.example/", "https://phone.example,https://evil.example",
    ],
)  # fmt: skip
def test_no_other_page_may(origin: str) -> None:
    with pytest.raises(OriginNotAllowed):
        check_origin(origin, ALLOWED)
    with pytest.raises(OriginNotAllowed):
        check_origin(origin, {"*"} - {origin})


def test_a_ticket_is_for_the_page_that_fetched_it() -> None:
    check_ticket_origin("https://phone.example", "https://phone.example")
    check_ticket_origin("https://phone.example", None)
    for other in (None, "http://localhost:3000"):
        with pytest.raises(OriginNotAllowed):
            check_ticket_origin(other, "https://phone.example")
