"""Mutations of a body as octets: it mostly is no JSON any more."""

from collections.abc import Callable

from tests.fuzz.recipe import Recipe

_SNIPPETS = [
    *(b"\0", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xc0\xaf", b"\xef\xbf\xbd", b"\xe2\x80\xa8"),
    *(
        b'"',
        b"\\",
        b"\\u",
        b"\\ud800",
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b" ",
        b"\n",
        b"#",
        b"/",
        b"-",
        b"9" * 30,
        b"1e9",
    ),
    b"[" * 2000,
]


def mutate(body: bytes, other: bytes, recipe: Recipe) -> bytes:
    """One mutation of the body; `other` is another one, for what takes two."""
    at = recipe.below(65_536) % (len(body) + 1)
    return recipe.one_of(_MUTATIONS)(body, other, at, recipe)


def _flip(body: bytes, _other: bytes, at: int, recipe: Recipe) -> bytes:
    mask = 1 << recipe.below(8)
    return body[:at] + bytes(octet ^ mask for octet in body[at : at + 1]) + body[at + 1 :]


def _insert(body: bytes, _other: bytes, at: int, recipe: Recipe) -> bytes:
    return body[:at] + recipe.one_of(_SNIPPETS) + body[at:]


def _overwrite(body: bytes, _other: bytes, at: int, recipe: Recipe) -> bytes:
    snippet = recipe.one_of(_SNIPPETS)
    return body[:at] + snippet + body[at + len(snippet) :]


def _cut(body: bytes, _other: bytes, at: int, _recipe: Recipe) -> bytes:
    return body[:at]


def _take_out(body: bytes, _other: bytes, at: int, recipe: Recipe) -> bytes:
    return body[:at] + body[at + 1 + recipe.below(64) :]


def _repeat(body: bytes, _other: bytes, at: int, recipe: Recipe) -> bytes:
    part = body[at : at + 1 + recipe.below(64)]
    return body[:at] + part * (1 + recipe.below(200)) + body[at:]


def _splice(body: bytes, other: bytes, at: int, recipe: Recipe) -> bytes:
    return body[:at] + other[recipe.below(65_536) % (len(other) + 1) :]


def _twice(body: bytes, other: bytes, _at: int, recipe: Recipe) -> bytes:
    return body + recipe.one_of([b"", b"\n", b",", b" "]) + other


def _mark(body: bytes, _other: bytes, _at: int, recipe: Recipe) -> bytes:
    return recipe.one_of([b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b")]}'\n"]) + body


def _encode(body: bytes, _other: bytes, _at: int, recipe: Recipe) -> bytes:
    encoding = recipe.one_of(["utf-16", "utf-16-le", "utf-32", "utf-7"])
    return body.decode(errors="replace").encode(encoding)


def _pad(body: bytes, _other: bytes, _at: int, recipe: Recipe) -> bytes:
    return body + b" " * recipe.one_of([1, 1000, 128 * 1024 - len(body), 128 * 1024, 300_000])


_MUTATIONS: list[Callable[[bytes, bytes, int, Recipe], bytes]] = [
    _flip, _insert, _overwrite, _cut, _take_out, _repeat, _splice, _twice, _mark, _encode, _pad,
]  # fmt: skip
