"""Keys out of STIX patterns (STIX 2.1, chapter 9).

A pattern has a key where seeing one thing is enough for it to match: ``[domain-name:value = 'a.example']``, and each
leg of a list joined by OR. What needs two things together (AND, FOLLOWEDBY), a number of times or a span of time
(qualifiers), or says what is not (NOT, !=, <, LIKE, MATCHES) names no one thing: it has no key and is shared all the same.

Nearly all indicators of feeds are one comparison or an OR of some, and those are read here. The rest is parsed by the
library that OASIS publishes, under caps on length and nesting: what is longer has no key. A test holds the two ways
against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from serantau.defend.keys import MOST_KEYS, account_key, hash_key, key_of
from serantau.defend.model import ObservableKey

LONGEST = 50_000
"""Characters of a pattern that is looked at."""

LONGEST_PARSED = 10_000
"""Characters of a pattern that the library parses: some 50 milliseconds at most."""

DEEPEST = 20
"""Brackets within each other in a pattern that the library parses."""

MOST_STEPS = 1000
"""Dots outside of texts in a pattern that the library parses: it takes the square of the length of a path."""

_STRING = r"'(?:[^'\\]|\\['\\])*'"
_WORD = r"[a-zA-Z_][a-zA-Z0-9_]*"
_OPEN = re.compile(r"[ \t\r\n]*\[")
_COMPARISON = re.compile(
    rf"[ \t\r\n]*([a-zA-Z_][a-zA-Z0-9_-]*):((?:{_WORD}|{_STRING})(?:\.(?:{_WORD}|{_STRING}))*)[ \t\r\n]*"
    rf"==?[ \t\r\n]*({_STRING}|(?:0|[1-9][0-9]{{0,18}})(?![0-9a-zA-Z_.]))[ \t\r\n]*"
)
_OR = re.compile(r"OR(?=[ \t\r\n])")
_CLOSE = re.compile(r"\][ \t\r\n]*(?:(OR)(?=[ \t\r\n\[])|\Z)")
_STEP = re.compile(rf"{_STRING}|{_WORD}")
_TEXT = re.compile(_STRING)
_BRACKET = re.compile(r"[(\[\])]")
_ESCAPE = re.compile(r"\\(['\\])")
_KEYWORDS = frozenset(
    (
        *("AND", "OR", "NOT", "FOLLOWEDBY", "LIKE", "MATCHES", "ISSUPERSET", "ISSUBSET", "EXISTS", "LAST", "IN"),
        *("START", "STOP", "SECONDS", "TRUE", "FALSE", "true", "false", "WITHIN", "REPEATS", "TIMES"),
    )
)

_OF_HASHES: dict[tuple[str, ...], str] = {
    ("file",): "file",
    ("artifact",): "file",
    ("x509-certificate",): "x509",
    ("process", "image_ref"): "file",
    ("process", "binary_ref"): "file",
    ("email-message", "raw_email_ref"): "file",
}
_OF_VALUES: dict[tuple[str, ...], str] = {
    ("email-message", "from_ref"): "email-addr",
    ("email-message", "sender_ref"): "email-addr",
    ("network-traffic", "src_ref"): "domain-name",
    ("network-traffic", "dst_ref"): "domain-name",
    ("bank-account", "iban"): "iban",
    ("autonomous-system", "number"): "autonomous-system",
}
"""Where another property than ``value`` names a thing; what a connection refers to may be an address or a name."""


def keys_of_pattern(pattern: str, language: str = "stix") -> tuple[ObservableKey, ...]:
    """The keys of a pattern, each once, in their order; empty where it has none or is no pattern.

    >>> [key.value for key in keys_of_pattern("[url:value = 'http://A.example' OR domain-name:value = 'b.example']")]
    ['http://a.example/', 'b.example']
    >>> keys_of_pattern("[domain-name:value = 'a.example' AND url:value = 'http://a.example/x']")
    ()
    """
    if language != "stix" or len(pattern) > LONGEST:
        return ()
    found = fast(pattern)
    if found is None:
        found = parsed(pattern)
    return found[:MOST_KEYS]


def fast(pattern: str) -> tuple[ObservableKey, ...] | None:
    """The keys of equalities joined by OR; None where the pattern is anything else and the library must say."""
    keys: dict[ObservableKey, None] = {}
    at = 0
    while True:
        opened = _OPEN.match(pattern, at)
        if opened is None:
            return None
        at = opened.end()
        while True:
            found = _COMPARISON.match(pattern, at)
            if found is None:
                return None
            kind, path, literal = found.groups()
            steps = _STEP.findall(path)
            if kind in _KEYWORDS or not _KEYWORDS.isdisjoint(steps):
                return None
            key = _key(kind, [_plain(step) for step in steps], literal)
            if key is not None:
                keys[key] = None
            at = found.end()
            more = _OR.match(pattern, at)
            if more is None:
                break
            at = more.end()
        closed = _CLOSE.match(pattern, at)
        if closed is None:
            return None
        if closed[1] is None:
            return tuple(keys)
        at = closed.end()


def parsed(pattern: str) -> tuple[ObservableKey, ...]:
    """The same by the library of OASIS, for any pattern within the caps; empty where it is none."""
    if not bounded(pattern):
        return ()
    from stix2patterns.exceptions import ParseException
    from stix2patterns.v21.pattern import Pattern

    try:
        keys = Pattern(pattern).visit(_Visitor())
    except (ParseException, RecursionError):
        return ()
    return tuple(dict.fromkeys(keys))


class _Visitor:
    """What the library hands its tree to."""

    def visit(self, tree: Any) -> list[ObservableKey]:  # noqa: ANN401 - contexts that ANTLR made, without types
        return list(_walk(tree))


def _walk(tree: Any) -> Iterator[ObservableKey]:  # noqa: ANN401
    """Go down wherever one side is enough; a list of what is still to do instead of recursion."""
    todo = [tree]
    while todo:
        node = todo.pop()
        match type(node).__name__.removesuffix("Context"):
            case "Pattern" | "ObservationExpressionOr" | "ObservationExpressionCompound" | "ComparisonExpression":
                todo += _below(node)
            case "ObservationExpressionSimple" | "PropTestParen":
                todo += _below(node)
            case "ObservationExpressions":
                todo += () if node.FOLLOWEDBY() else _below(node)
            case "ObservationExpressionAnd" | "ComparisonExpressionAnd":
                todo += () if node.AND() else _below(node)
            case "PropTestEqual":
                if node.EQ() and not node.NOT():
                    yield from _of_test(node, [node.primitiveLiteral().getText()])
            case "PropTestSet":
                if not node.NOT():
                    yield from _of_test(node, [part.getText() for part in node.setLiteral().primitiveLiteral()])
            case "PropTestIsSubset":
                if not node.NOT() and node.objectPath().objectType().getText() in {"ipv4-addr", "ipv6-addr"}:
                    yield from _of_test(node, [node.StringLiteral().getText()])


def _below(node: Any) -> list[Any]:  # noqa: ANN401
    """The children, last first, for they are taken from the end."""
    return [child for child in reversed(list(node.getChildren())) if hasattr(child, "getRuleIndex")]


def _of_test(node: Any, literals: list[str]) -> Iterator[ObservableKey]:  # noqa: ANN401
    text = node.objectPath().getText()
    kind, _, path = text.partition(":")
    if "[" in _STEP.sub("", path):
        return
    steps = [_plain(step) for step in _STEP.findall(path)]
    for literal in literals:
        key = _key(kind, steps, literal)
        if key is not None:
            yield key


def _key(kind: str, steps: list[str], literal: str) -> ObservableKey | None:
    """The key of one comparison, if its path leads to what names a thing."""
    if literal.startswith("'"):
        value = _plain(literal)
    elif literal.isdigit():
        value = literal
    else:
        return None
    *where, last = steps
    if len(where) and where[-1] == "hashes":
        of = _OF_HASHES.get((kind, *where[:-1]))
        return None if of is None else hash_key(last, value, of)
    if last == "value":
        named = kind if not where else _OF_VALUES.get((kind, *where))
        return None if named is None else key_of(named, value)
    named = _OF_VALUES.get((kind, *steps))
    if named is not None:
        return account_key(value) if named == "iban" else key_of(named, value)
    return None


def _plain(step: str) -> str:
    """A quoted step or value without its quotes and escapes."""
    if not step.startswith("'"):
        return step
    return _ESCAPE.sub(r"\1", step[1:-1]) if "\\" in step else step[1:-1]


def bounded(pattern: str) -> bool:
    """Whether the library may parse it: length, and brackets and paths outside of texts, keep within the caps.

    A comment could hide brackets, so it may have none.
    """
    if len(pattern) > LONGEST_PARSED:
        return False
    bare = _TEXT.sub("", pattern)
    if "/*" in bare or "//" in bare or bare.count(".") > MOST_STEPS:
        return False
    depth = 0
    for bracket in _BRACKET.findall(bare):
        depth += 1 if bracket in "([" else -1
        if depth > DEEPEST:
            return False
    return True
