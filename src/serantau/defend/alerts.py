"""Regional alerts: when so many independent members saw the same within one span of time.

The rule, at a level L and for a window of the rule's length: an alert stands iff there is a sighting at an instant t of
the window such that, within the span of that length that ends at t, at least k members saw the key, and at least k of
them are independent. Only contributions released to L are looked at, so at L nothing - no count, no identifier, no
version - follows from what stands above it.

More sightings never undo an alert. What undoes one is: its own witnesses calling it a false positive, a warning list,
or that the key is seen by everybody all the time (even the k-th busiest of its witnesses reports it more often than the
cut-off of its type; so no fewer than k members together can hide a key by flooding it).

Identifiers are UUIDv5 under a namespace of our own, of a *keyed* digest of rule, key, window and level. Addresses and
telephone numbers are few enough to try them all: with an open digest whoever came across an identifier (in a ticket, a
log, a tombstone) could find out which key it is for without being cleared to know.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType

from serantau.defend import decay
from serantau.defend.buckets import Bucket, Holder, at_level, fold, start_of, suspects
from serantau.defend.independence import independent
from serantau.defend.model import ALERT_LEVELS, Contribution, ObservableKey, Tlp

NAMESPACE = uuid.UUID("c1019630-c0e2-43eb-b35d-809d3a127cf8")
"""Of the identifiers of alerts. It says nothing; it is only ours."""

MANY = 1_000
"""Sightings that one member reports within two windows before it is said to see something all the time."""


class State(Enum):
    """How an alert stands."""

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    """It was raised and is raised no more."""
    EXCLUDED = "excluded"
    """It would have been raised but for a reason that is stated."""


class Why(Enum):
    """Why an alert does not stand."""

    RETRACTED = "retracted"
    LISTED = "listed"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True)
class Rule:
    """When to raise an alert.

    Attributes:
        members: How many independent members it takes.
        window: Within how long.
        popular: By type of key, how often each of that many members may report it before it is no news.
    """

    members: int = 3
    window: timedelta = timedelta(days=7)
    popular: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Hold the rule within sense.

        Raises:
            ValueError: if one member would do, or the window is shorter than a minute.
        """
        if self.members < 2 or self.window < timedelta(minutes=1):
            raise ValueError("an alert takes at least two members, and a window of at least a minute")

    @property
    def id(self) -> str:
        """The rule's name: what alerts are told apart by.

        >>> Rule().id
        '3 members in 168 hours'
        """
        return f"{self.members} members in {self.window / timedelta(hours=1):g} hours"

    def cut(self, key_type: str) -> int:
        """The popularity cut-off of a type."""
        return self.popular.get(key_type, MANY)


DEFAULT = Rule()
"""Three members within seven days. Ours."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What follows for one key, window and level.

    Attributes:
        members: How many saw it; ``independent`` as how many of them count.
        named: Those that may be named at the level, in order of their codes.
        sightings: How often it was seen.
        doubts: Members that call it a false positive.
        first, last: When it was first and last seen, within what counts.
        reached: The sighting that made it an alert.
        clock: From when on it loses weight; ``base`` is the weight at that moment.
        why: Why no alert is raised; None where one is.
        lists: Warning lists that the key stands on.
    """

    members: int
    independent: int
    named: tuple[str, ...]
    sightings: int
    doubts: int
    first: datetime
    last: datetime
    reached: datetime
    clock: datetime
    base: int
    why: Why | None = None
    lists: tuple[str, ...] = ()

    def on_lists(self, lists: Sequence[str]) -> Finding:
        """The same where the key stands on warning lists."""
        return replace(self, why=Why.LISTED, lists=tuple(sorted(lists))) if lists else self


Held = Mapping[int, Mapping[str, Bucket]]
"""Buckets of one key at one level: by window, by member."""


def judge(rule: Rule, key_type: str, level: Tlp, cell: int, held: Held) -> Finding | None:
    """Apply the rule to one key and one window at one level.

    Args:
        rule: The rule.
        key_type: The type of the key, for its cut-off.
        level: The level: who may be named depends on it. That only buckets released to it are given is the caller's
            part (:func:`serantau.defend.buckets.at_level`).
        cell: The number of the window.
        held: Buckets of the window, the one before (the span may begin there) and the one after (doubts may stand
            there).

    Returns:
        What follows; None where too few saw it.
    """
    nothing: Mapping[str, Bucket] = {}
    around = [held.get(cell + step, nothing) for step in (-1, 0, 1)]
    if len({*around[0], *around[1]}) < rule.members:
        return None
    doubting = _doubting(around)
    before, here = (
        {member: one for member, one in part.items() if one.last is not None and member not in doubting}
        for part in around[:2]
    )
    reached = _reached(rule, before, here)
    if reached is None:
        return None
    since = reached - rule.window
    witnesses = _witnesses(before, here, since)
    counts = sorted((one.n for one, _ in witnesses.values()), reverse=True)
    return Finding(
        members=len(witnesses),
        independent=independent({member: one.sources for member, (one, _) in witnesses.items()}),
        named=tuple(
            sorted(m for m, (one, _) in witnesses.items() if one.named_from is not None and one.named_from <= level)
        ),
        sightings=sum(counts),
        doubts=len(doubting),
        first=min(first for _, (first, _) in witnesses.values()),
        last=max(last for _, (_, last) in witnesses.values()),
        reached=reached,
        clock=_clock(witnesses),
        base=decay.base_of(
            max((one.confidence for one, _ in witnesses.values() if one.confidence is not None), default=None),
            len(witnesses),
            len(doubting),
        ),
        why=Why.POPULAR if counts[rule.members - 1] > rule.cut(key_type) else None,
    )


def _doubting(around: Sequence[Mapping[str, Bucket]]) -> set[str]:
    """Members whose last word on the key is that it is a false positive."""
    doubted: dict[str, datetime] = {}
    seen: dict[str, datetime] = {}
    for part in around:
        for member, one in part.items():
            if one.doubted is not None:
                doubted[member] = max(one.doubted, doubted.get(member, one.doubted))
            if one.last is not None:
                seen[member] = max(one.last, seen.get(member, one.last))
    return {member for member, when in doubted.items() if member not in seen or when >= seen[member]}


def _reached(rule: Rule, before: Mapping[str, Bucket], here: Mapping[str, Bucket]) -> datetime | None:
    """The first instant of the window at which enough independent members had seen the key."""
    if len(before.keys() | here.keys()) < rule.members:
        return None
    # Who comes in does so at its first sighting of the window, so no other instant can be the one.
    arrivals = sorted((one.first, member) for member, one in here.items() if one.first is not None)
    departures = [(one.last, member) for member, one in before.items() if one.last is not None]
    for place, (instant, _) in enumerate(arrivals):
        if place + 1 < len(arrivals) and arrivals[place + 1][0] == instant:
            continue
        since = instant - rule.window
        late = [member for last, member in departures if last > since]
        if place + 1 + len(late) < rule.members:
            continue
        within: dict[str, tuple[str, ...]] = {member: before[member].sources for member in late}
        for _, member in arrivals[: place + 1]:
            sources = here[member].sources
            within[member] = (*within[member], *sources) if member in within else sources
        if len(within) >= rule.members and independent(within) >= rule.members:
            return instant
    return None


Witness = tuple[Bucket, tuple[datetime, datetime]]


def _witnesses(before: Mapping[str, Bucket], here: Mapping[str, Bucket], since: datetime) -> dict[str, Witness]:
    """Who saw it: in the span that made it an alert, or later in the window; with the first and last instant of each."""
    found: dict[str, Witness] = {}
    for member, one in before.items():
        if one.first is not None and one.last is not None and one.last > since:
            found[member] = (one, (one.first if one.first > since else one.last, one.last))
    for member, one in here.items():
        if one.first is None or one.last is None:
            continue
        if member in found:
            earlier, (first, _) = found[member]
            found[member] = (earlier.plus(one), (first, one.last))
        else:
            found[member] = (one, (one.first, one.last))
    return found


def _clock(witnesses: Mapping[str, Witness]) -> datetime:
    """From when on it loses weight; whoever said that it is over renews nothing, unless all did."""
    spans = {member: span for member, (_, span) in witnesses.items()}
    going = [span for member, span in spans.items() if (over := witnesses[member][0].expired) is None or over < span[1]]
    return decay.clock_of(going or [(first, first) for first, _ in spans.values()])


def touched(cell: int) -> tuple[int, ...]:
    """The windows whose alert a bucket of a window can change: its own, the one before (doubts), the one after."""
    return (cell - 1, cell, cell + 1)


def needed(cell: int) -> tuple[int, ...]:
    """The windows whose buckets are read to judge one."""
    return (cell - 1, cell, cell + 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an alert stands: key, window, level."""

    key: ObservableKey
    cell: int
    level: Tlp


def correlate(
    contributions: Iterable[Contribution], rule: Rule = DEFAULT, levels: Sequence[Tlp] = ALERT_LEVELS
) -> Iterator[tuple[Place, Finding]]:
    """Everything that follows from a pile of contributions, in any order and however often each is given.

    This is the whole method at once; the site does the same in steps, with the buckets in its database.
    """
    pile = contributions if isinstance(contributions, Sequence) else list(contributions)
    spots = suspects(pile, rule.window, rule.members)
    near = {(kind, value, number) for kind, value, cell in spots for number in needed(cell)}
    heaps = fold(pile, rule.window, near)
    full = {spot: {holder: heap.bucket(stored=False) for holder, heap in held.items()} for spot, held in heaps.items()}
    for kind, value, cell in spots:
        parts = {number: full.get((kind, value, number), _NONE) for number in needed(cell)}
        for level, found in at_every_level(rule, kind, cell, parts, levels):
            if found is not None:
                yield Place(ObservableKey(kind, value), cell, level), found


_NONE: Mapping[Holder, Bucket] = {}


def at_every_level(
    rule: Rule, key_type: str, cell: int, parts: Mapping[int, Mapping[Holder, Bucket]], levels: Sequence[Tlp]
) -> Iterator[tuple[Tlp, Finding | None]]:
    """Judge a key and window at each level, from the least restricted on; a level that adds nothing is not judged anew.

    Args:
        rule: The rule.
        key_type: The type of the key.
        cell: The number of the window.
        parts: The buckets by window, under every label.
        levels: The levels.
    """
    found: Finding | None = None
    below: Tlp | None = None
    for level in sorted(levels):
        if below is None or any(
            below < tlp <= level or (one.named_from is not None and below < one.named_from <= level)
            for part in parts.values()
            for (_, tlp), one in part.items()
        ):
            found = judge(
                rule, key_type, level, cell, {number: at_level(part, level) for number, part in parts.items()}
            )
        below = level
        yield level, found


def identifier(secret: bytes, rule: Rule, place: Place, kind: str = "indicator") -> str:
    """The identifier of what is issued for an alert.

    Args:
        secret: The installation's own; whoever has it can test guesses.
        rule: The rule.
        place: What the alert is for.
        kind: The STIX type.

    >>> place = Place(ObservableKey("ipv4-addr", "192.0.2.7"), 2966, Tlp.GREEN)
    >>> identifier(b"one", DEFAULT, place) == identifier(b"one", DEFAULT, place) != identifier(b"two", DEFAULT, place)
    True
    """
    began = start_of(place.cell, rule.window).isoformat()
    words = f"{kind}|{rule.id}|{place.key.digest.hex()}|{began}|{place.level.label}"
    return f"{kind}--{uuid.uuid5(NAMESPACE, hmac.new(secret, words.encode(), 'sha256').hexdigest())}"


__all__ = [
    "DEFAULT",
    "Finding",
    "Place",
    "Rule",
    "State",
    "Why",
    "at_every_level",
    "correlate",
    "identifier",
    "judge",
    "needed",
    "touched",
]
