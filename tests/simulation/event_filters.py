"""Event filter patterns of an event source mapping, as AWS documents them: the operators that the template uses."""

import json
from collections.abc import Callable, Mapping
from typing import Any

Matches = Callable[[Mapping[str, Any]], bool]


def any_of(patterns: list[str]) -> Matches:
    """Whether a record matches one of the patterns (each JSON); without patterns every record does."""
    tests = [_pattern(json.loads(pattern)) for pattern in patterns]
    return lambda record: not tests or any(test(record) for test in tests)


def _pattern(pattern: Mapping[str, Any]) -> Matches:
    tests = {name: _rule(rule) for name, rule in pattern.items()}
    return lambda record: all(test(record.get(name)) for name, test in tests.items())


def _rule(rule: Any) -> Callable[[Any], bool]:
    if isinstance(rule, dict):
        inner = _pattern(rule)
        return lambda value: inner(value if isinstance(value, Mapping) else {})
    alternatives = [_alternative(alternative) for alternative in rule]
    return lambda value: any(test(value) for test in alternatives)


def _alternative(alternative: Any) -> Callable[[Any], bool]:
    match alternative:
        case str():
            return lambda value: value == alternative
        case {"prefix": str(prefix), **rest} if not rest:
            return lambda value: isinstance(value, str) and value.startswith(prefix)
        case {"exists": bool(exists), **rest} if not rest:
            # `exists` works on leaves: on what stands under a type's letter, not on a map.
            return lambda value: (value is not None and not isinstance(value, Mapping)) is exists
        case _:
            raise NotImplementedError(f"filter {alternative}")
