"""What no log may hold."""

import pytest

from rollcall.core.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call of +12055550142 failed", "call of +***42 failed"),
        ("+1 (205) 555-0142", "+***42"),
        ("+1 205 555 0142, +442055550199", "+***42, +***99"),
        ("Authorization: Bearer abc.DEF-123_~+/= and more", "Authorization: Bearer *** and more"),
        ('{"a":"bearer xyz"}', '{"a":"Bearer ***"}'),
        ("ticket=700100001." + "s" * 43 + "&x", "ticket=700100001.***&x"),
    ],
)
def test_numbers_tokens_and_tickets_are_made_unreadable(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T04:01:31.123+0000",
        "account 700100001, extension 700200001",
        "s-a0d7bfa2dd198z18deb4fcc72z184536c0000",
        "p-a0d17b82ddacdz18deb4ee132z1878e190000-1",
        "1-5759e988-bd862e3fe1be46a994272793",
        "6a2b7c4e-0000-4000-8000-555010000000",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert masked(text) == text
