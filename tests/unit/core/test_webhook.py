"""What a request to the webhook is."""

import pytest

from rollcall.core.webhook import Authentic, Handshake, Refused, judge

ACCEPTED = ("new-token", "old-token")


@pytest.mark.parametrize(
    ("headers", "has_body", "verdict"),
    [
        ({"validation-token": "abc"}, False, Handshake("abc")),
        ({"validation-token": "abc", "verification-token": "new-token"}, False, Handshake("abc")),
        ({"validation-token": "x" * 257}, False, Refused()),
        ({"validation-token": "a\r\nset-cookie: b"}, False, Refused()),
        ({"validation-token": ""}, False, Refused()),
        ({"verification-token": "new-token"}, True, Authentic()),
        ({"verification-token": "old-token"}, True, Authentic()),
        ({"verification-token": "new-token"}, False, Authentic()),
        ({"validation-token": "new-token"}, True, Authentic()),
        ({"validation-token": "abc"}, True, Refused()),
        ({"validation-token": "new-token", "verification-token": "wrong"}, True, Refused()),
        ({"verification-token": "new-token,new-token"}, True, Refused()),
        ({"verification-token": "wrong"}, True, Refused()),
        ({"verification-token": ""}, True, Refused()),
        ({"verification-token": "nëw"}, True, Refused()),
        ({}, True, Refused()),
        ({}, False, Refused()),
    ],
)
def test_a_request_is_judged_by_its_headers(
    headers: dict[str, str], verdict: Handshake | Authentic | Refused, *, has_body: bool
) -> None:
    assert judge(headers, has_body=has_body, accepted=ACCEPTED) == verdict


@pytest.mark.parametrize("accepted", [(), ("",), ("", "other")])
def test_an_empty_token_is_never_accepted(accepted: tuple[str, ...]) -> None:
    assert judge({"verification-token": ""}, has_body=True, accepted=accepted) == Refused()
    assert judge({}, has_body=True, accepted=accepted) == Refused()


def test_a_token_that_is_no_text_is_refused() -> None:
    assert judge({"verification-token": "\ud800"}, has_body=True, accepted=["secret"]) == Refused()
