"""Values that a notification should not hold, and JSON that Python's encoder would not write."""

import json
import re
from typing import Any

_TWICE = "\ue000"
_RAW = "\ue001"
_MARKS = re.compile(rf'"(?:{_RAW}|\\ue001)(\d+)"|{_TWICE}|\\ue000')

_RAW_JSON = [
    "[]",
    "{}",
    "[[]]",
    "[null]",
    '{"": null}',
    '{"a": {"b": []}}',
    "[0" + ",0" * 1000 + "]",
    "1e999",
    "-0",
    "1E5",
    "1.0",
    "01",
    "NaN",
    "-Infinity",
    "9" * 400,
    "9" * 5000,
    '"\\ud83d"',
    '"\\ude00\\ud83d"',
    '"\\u0000"',
    '"\\x"',
    '"\t"',
    "",
    "{",
    "]",
    "'a'",
    "/* */ 1",
    *("[" * depth + "]" * depth for depth in (30, 900, 5000, 50_000)),
    *('{"a":' * depth + "1" + "}" * depth for depth in (30, 900, 5000)),
]

_SIMPLE: list[Any] = [None, True, False]
_NUMBERS: list[Any] = [
    0, 1, -1, 2, 12, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**40, 0.5, 9.0, -1.5, 1e16, 1e308,
]  # fmt: skip
_TEXTS: list[Any] = [
    *("", " ", "0", "9", "1.5", "true", "null", "~", "/", "..", "../..", "%23", "%2F", "\\", '"', "'", "\n", "\r\n"),
    *("\0", "a\0b", "\ud800", "\udfff", "a\udc80b", "\ufffd", "\ufeff", "\u2028", "é", "م", "😀", "\x7f", "\x80"),
    *("#", "a#b", "#1", "ACCOUNT#700100002", "SESSION#s-1", "CONFERENCE#s-1", "PARTY#p-1", "EXTENSION#1#", "s-/p-"),
    *("x" * 64, "x" * 65, "x" * 200, "x" * 201, "x" * 5000, "x" * 140_000, "#" * 200, "\x21" * 200, "é" * 200),
    *("700100002", "700200002", "s-conf01z18deb4fcc72z184536c0000", "p-call1", "s-", "conference"),
    *("Gone", "gone", "Conference", "Disconnected", "Answered", "Setup", "Proceeding", "Unheard-of", "Host"),
    *("Inbound", "Outbound", "inbound", "Call"),
    *("2024-02-27T16:04:52.223Z", "2024-02-27T16:04:52", "2024-02-27", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z"),
    *("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999-23:59", "1969-12-31T23:59:59Z", "2016-12-31T23:59:60Z"),
    *("2024-02-27T16:04:52.123456789Z", "1709049892558", "-0001-01-01T00:00:00Z"),
    *("/restapi/v1.0/account/700100002/telephony/sessions", "/account/#/telephony/sessions", "/telephony/sessions"),
    *("/restapi/v1.0/account/a/account/b/telephony/sessions", "/telephony/sessions?a=/account/1/"),
    *("/restapi/v1.0/subscription/~?threshold=60&interval=15", "/restapi/v1.0/subscription//telephony/sessions"),
]  # fmt: skip

VALUES: list[str | float | bool | None] = [
    *_SIMPLE,
    *_NUMBERS,
    *_TEXTS,
    *(_RAW + str(number) for number in range(len(_RAW_JSON))),
]

IDS: list[str | int | None] = [
    "p-2", "#", "a#b", "/", "a/b", "..", " ", "", "a b", "é", "\0", "\ud800", "\n", "x" * 200, "x" * 201, "SESSION#s-1",
    "s-1#PARTY#p-1", "ACCOUNT#700100002", "5#1", "~", "%", "0", None, 5, _RAW + "0", _RAW + "1",
]  # fmt: skip


def twice(key: str) -> str:
    """A key that is written as `key`, in an object that has that one already."""
    return key + _TWICE


def render(tree: Any, *, ascii_only: bool) -> bytes:
    """The tree as JSON, or what comes near it. A lone surrogate that is not escaped makes octets that are no UTF-8."""
    text = json.dumps(tree, ensure_ascii=ascii_only)
    text = _MARKS.sub(lambda mark: _RAW_JSON[int(mark[1])] if mark[1] else "", text)
    return text.encode(errors="surrogatepass")
