"""How many members saw something for themselves: whoever re-posts the same feed counts as one.

Every word of a member rests on an *origin*: the source that its object names (a vendor's feed, another member's
report), or, where it names none, the member itself. One trace of copying is left where no source is named: two members
that give the same instant of first sight to the second most likely give somebody else's. Instants that are a whole
minute are common property of clocks and prove nothing.

Members are independent as far as each can be given an origin of its own, so the number is the size of the largest
matching of members with origins. A chain of shared sources is not one source: with A resting on f, B on f and g, C on
g, there are two origins and the answer is two. And more evidence never makes the number smaller, which merging
whatever is connected would: there a member could silence an alert by posting the same thing under two names.

Method: the largest matching in a bipartite graph by augmenting paths (Berge 1957), labelled ours as a measure of
independence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice

from serantau.defend.model import Contribution

KEPT = 16
"""Origins kept of one bucket: the smallest by digest, so that the order of arrival does not matter. A member that has
as many origins as there are members can always be given one of its own, so up to so many members nothing is lost."""

DIGITS = 16
"""Hexadecimal digits kept of an origin's digest: 64 bits."""


def origin_of(contribution: Contribution) -> str:
    """What a contribution rests on, as text; not yet a digest.

    >>> from serantau.defend.model import ObservableKey, Tlp, Word
    >>> when = datetime(2026, 11, 2, 8, 30, 7, tzinfo=UTC)
    >>> told = Contribution(1, ObservableKey("url", "u"), "a", Word.SEEN, when, when, None, Tlp.GREEN, None, "feed-1")
    >>> origin_of(told)
    'source feed-1'
    """
    if contribution.source:
        return "source " + contribution.source
    return untold_origin(contribution.member, contribution.first)


def untold_origin(member: str, first: datetime) -> str:
    """The origin of a word that names none: the instant if it tells something, else the member.

    >>> untold_origin("a", datetime(2026, 11, 2, tzinfo=UTC)), untold_origin("a", datetime(2026, 11, 2, 8, 5, 7, tzinfo=UTC))
    ('member a', 'first seen 2026-11-02T08:05:07+00:00')
    """
    if is_telling(first):
        return "first seen " + (first if first.tzinfo is UTC else first.astimezone(UTC)).isoformat()
    return "member " + member


def is_telling(first: datetime) -> bool:
    """Whether two members would hardly give the same instant of their own."""
    return bool(first.second or first.microsecond)


def digest_of(origin: str) -> str:
    """The short form in which origins are kept and compared.

    >>> digest_of("source feed-1")
    '7bace4ad4980965b'
    """
    return hashlib.sha256(origin.encode()).hexdigest()[:DIGITS]


def kept(digests: Iterable[str]) -> tuple[str, ...]:
    """Those that a bucket keeps: keeping, then joining, then keeping again is the same in every order."""
    return tuple(sorted(set(digests))[:KEPT])


def independent(origins: Mapping[str, Collection[str]]) -> int:
    """How many members can each be given an origin of their own.

    Args:
        origins: The origins of every member.

    >>> independent({"a": ["f"], "b": ["f"], "c": ["f"]})
    1
    >>> independent({"a": ["f"], "b": ["f", "g"], "c": ["g"]})
    2
    >>> independent({"a": ["f"], "b": ["f", "own b"], "c": ["own c"]})
    3
    """
    if len({one for held in origins.values() for one in islice(held, 1)}) == len(origins):
        return len(origins)  # each has another first origin: nobody shares one that is needed
    given: dict[str, str] = {}
    # Members with few origins first: most are matched without moving anybody.
    ordered = sorted(origins, key=lambda member: (len(origins[member]), member))
    return sum(_matched(member, origins, given, set()) for member in ordered)


def _matched(member: str, origins: Mapping[str, Collection[str]], given: dict[str, str], tried: set[str]) -> bool:
    """Give a member an origin, moving others to another of theirs where that frees one."""
    for origin in origins[member]:
        if origin in tried:
            continue
        tried.add(origin)
        holder = given.get(origin)
        if holder is None or _matched(holder, origins, given, tried):
            given[origin] = member
            return True
    return False
