"""What must not stand in a log, made unreadable wherever it turns up.

Nothing here logs numbers, tokens or tickets on purpose. This is for what slips into a message that somebody else wrote.
"""

import re

_PATTERNS = (
    # E.164 as RingCentral writes it, and as people do. The last two digits help to tell two callers apart.
    (re.compile(r"\+\d(?:[ ().-]{0,2}\d){4,12}[ ().-]{0,2}(\d\d)"), r"+***\1"),
    (re.compile(r"(?i)\bbearer\s+[\x21\x23-\x5b\x5d-\x7e]+"), "Bearer ***"),
    # A ticket: <accountId>.<43 characters>.
    (re.compile(r"\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"), ".***"),
)


def masked(text: str) -> str:
    """The text without phone numbers, bearer tokens and tickets."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text
