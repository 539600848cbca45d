"""DynamoDB's expressions, compiled once: conditions, key conditions and updates.

Small and strict: what the product does not use is an error, not a guess. Grammar after AWS's reference of expressions.
"""

import functools
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.simulation.meanings import (
    FUNCTIONS,
    Change,
    InvalidExpression,
    Names,
    Operand,
    Path,
    Test,
    add_to,
    arithmetic,
    at_path,
    comparison,
    drop,
    present,
    put_at,
    size_of,
    take_from,
)


class KeyCondition(NamedTuple):
    """A key condition: the hash key's name and value, and a test of the range key."""

    name: str
    value: str
    range: Test | None


class Compiled(NamedTuple):
    """A compiled expression and the placeholders that it uses."""

    run: Any
    used: frozenset[str]


_TOKEN = re.compile(r"\s*(<>|<=|>=|[(),.=<>+-]|[:#]?[A-Za-z_][A-Za-z0-9_]*)")
_COMPARATORS = {"=", "<", "<=", ">", ">="}
_CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


def condition(text: str, names: Names) -> Compiled:
    """A condition or filter: item, values → bool."""
    parser = _parser(text, names)
    test = parser.disjunction()
    parser.expect_end()
    return Compiled(test, frozenset(parser.used))


def key_condition(text: str, names: Names) -> Compiled:
    """A key condition: `KeyCondition`."""
    parser = _parser(text, names)
    (name,) = parser.path()
    parser.expect("=")
    value = parser.next()
    if not value.startswith(":"):
        raise InvalidExpression(f"{value} in a key condition")
    parser.used.add(value)
    test = parser.comparison() if parser.accept("AND") else None
    parser.expect_end()
    return Compiled(KeyCondition(name, value, test), frozenset(parser.used))


def update(text: str, names: Names) -> Compiled:
    """An update expression: a list of changes."""
    parser = _parser(text, names)
    changes: list[Change] = []
    while not parser.at_end:
        clause = parser.next()
        if clause not in _CLAUSES:
            raise InvalidExpression(f"{clause} in {text}")
        changes.append(getattr(parser, clause.lower())())
        while parser.accept(","):
            changes.append(getattr(parser, clause.lower())())
    return Compiled(changes, frozenset(parser.used))


def _parser(text: str, names: Names) -> "_Parser":
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise InvalidExpression(text)
        tokens.append(match[1])
        at = match.end()
    return _Parser(text, tokens, names)


class _Parser:
    """Recursive descent over the tokens of one expression."""

    def __init__(self, text: str, tokens: list[str], names: Names) -> None:
        self.used = set[str]()
        self._text = text
        self._tokens = tokens
        self._names = names
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at == len(self._tokens)

    def peek(self) -> str:
        return "" if self.at_end else self._tokens[self._at]

    def next(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def accept(self, token: str) -> bool:
        if self.peek().upper() == token:
            self._at += 1
            return True
        return False

    def expect(self, token: str) -> None:
        if not self.accept(token):
            raise InvalidExpression(f"{self.peek()!r} instead of {token!r} in {self._text}")

    def expect_end(self) -> None:
        if not self.at_end:
            raise InvalidExpression(f"{self.peek()!r} in {self._text}")

    def disjunction(self) -> Test:
        tests = [self.conjunction()]
        while self.accept("OR"):
            tests.append(self.conjunction())
        return tests[0] if len(tests) == 1 else lambda item, values: any(test(item, values) for test in tests)

    def conjunction(self) -> Test:
        tests = [self.negation()]
        while self.accept("AND"):
            tests.append(self.negation())
        return tests[0] if len(tests) == 1 else lambda item, values: all(test(item, values) for test in tests)

    def negation(self) -> Test:
        if self.accept("NOT"):
            test = self.negation()
            return lambda item, values: not test(item, values)
        if self.accept("("):
            test = self.disjunction()
            self.expect(")")
            return test
        return self.comparison()

    def comparison(self) -> Test:
        function = self.peek()
        if function in FUNCTIONS and self._tokens[self._at + 1 : self._at + 2] == ["("]:
            self._at += 2
            arguments: list[Any] = [self.path()]
            while self.accept(","):
                arguments.append(self.operand())
            self.expect(")")
            return FUNCTIONS[function](*arguments)
        left = self.operand()
        comparator = self.next()
        if comparator not in _COMPARATORS:
            raise InvalidExpression(f"{comparator!r} in {self._text}")
        return comparison(left, comparator, self.operand())

    def operand(self) -> Operand:
        if self.peek() == "size":
            self._at += 1
            self.expect("(")
            sized = self.path()
            self.expect(")")
            return lambda item, values: size_of(at_path(item, sized))
        if self.peek().startswith(":"):
            value = self.next()
            self.used.add(value)
            return lambda item, values: values[value]
        path = self.path()
        return lambda item, values: at_path(item, path)

    def path(self) -> Path:
        parts = [self._name()]
        while self.accept("."):
            parts.append(self._name())
        return tuple(parts)

    def set(self) -> Change:
        path = self.path()
        self.expect("=")
        value = self._term()
        while self.peek() in ("+", "-"):
            value = arithmetic(value, 1 if self.next() == "+" else -1, self._term())
        return lambda before, after, values: put_at(after, path, present(value(before, values), path))

    def remove(self) -> Change:
        (name,) = self.path()
        return lambda before, after, values: drop(after, name)

    def add(self) -> Change:
        (name,), value = self.path(), self.operand()
        return lambda before, after, values: add_to(before, after, name, present(value(before, values), (name,)))

    def delete(self) -> Change:
        (name,), value = self.path(), self.operand()
        return lambda before, after, values: take_from(before, after, name, present(value(before, values), (name,)))

    def _term(self) -> Operand:
        if not self.accept("IF_NOT_EXISTS"):
            return self.operand()
        self.expect("(")
        path = self.path()
        self.expect(",")
        other = self.operand()
        self.expect(")")
        return lambda item, values: at_path(item, path) or other(item, values)

    def _name(self) -> str:
        token = self.next()
        if token.startswith("#"):
            self.used.add(token)
            if token not in self._names:
                raise InvalidExpression(f"{token} is not named")
            return self._names[token]
        if not re.fullmatch(r"[A-Za-z_]\w*", token):
            raise InvalidExpression(f"{token!r} in {self._text}")
        return token


@functools.lru_cache(4096)
def _compiled(kind: str, text: str, names: tuple[tuple[str, str], ...]) -> Compiled:
    compilers: dict[str, Callable[[str, Names], Compiled]] = {
        "condition": condition,
        "key": key_condition,
        "update": update,
    }
    return compilers[kind](text, dict(names))


def compiled(kind: str, text: str, names: Names) -> Compiled:
    """`condition`, `key` or `update`, from the cache if it was compiled before."""
    return _compiled(kind, text, tuple(sorted(names.items())))
