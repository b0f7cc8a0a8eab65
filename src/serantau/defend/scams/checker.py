"""When a thing is called reported: independent accepted reports, weighed by age, above a threshold of its type.

Below the threshold nothing is said at all, and there is nothing to be measured: a door looks a key up among those that
are answered for (:class:`Standing`), where a key below the threshold does not stand any more than one never reported.

The rule is conservative on purpose. Whoever is called a fraud wrongly is harmed at once; so reports that share a mark
count once, reports within a burst count once, and old reports count less and less.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from serantau.defend.scams.model import Thing, Tip

WHOLE = 1000
"""Weight of one recent report, in thousandths: whole numbers add up alike in every order."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The rule for one type of thing.

    Attributes:
        threshold: Independent recent reports that it takes; at least 2, so that nobody alone has anything listed.
        full: For how long a report counts fully.
        last: After how long it counts no more; between the two its weight falls in a straight line.
    """

    threshold: int
    full: timedelta
    last: timedelta

    def __post_init__(self) -> None:
        """Hold the rule to what it is for.

        Raises:
            ValueError: if one reporter alone would cross it, or reports would grow with age.
        """
        if self.threshold < 2 or not timedelta(0) < self.full < self.last:
            raise ValueError("a threshold is at least 2, and a report counts fully before it counts no more")


RULES: Mapping[Thing, Rule] = MappingProxyType(
    {
        Thing.PHONE: Rule(3, timedelta(days=90), timedelta(days=360)),
        Thing.ACCOUNT: Rule(4, timedelta(days=180), timedelta(days=540)),
        Thing.DOMAIN: Rule(3, timedelta(days=90), timedelta(days=360)),
        Thing.URL: Rule(3, timedelta(days=60), timedelta(days=180)),
        Thing.EMAIL: Rule(3, timedelta(days=90), timedelta(days=360)),
    }
)
"""Ours, and said to be ours wherever they are shown. An account takes more: its owner may be robbed of it, too."""

BURST = timedelta(minutes=30)
"""Reports of one thing that follow each other faster than this count once: one sender with many addresses is one."""


def weight(age: timedelta, rule: Rule) -> int:
    """What a report of an age counts, in thousandths.

    >>> rule = Rule(3, timedelta(days=10), timedelta(days=30))
    >>> [weight(timedelta(days=days), rule) for days in (0, 10, 20, 30, 99)]
    [1000, 1000, 500, 0, 0]
    """
    if age <= rule.full:
        return WHOLE
    if age >= rule.last:
        return 0
    return WHOLE * (rule.last - age) // (rule.last - rule.full)


def independent(tips: Iterable[Tip]) -> tuple[Tip, ...]:
    """One tip for each group of tips that may come from the same sender: the latest of each.

    Tips that share a mark are one group, also by way of a third (connected components). Groups whose first tips came
    in one burst are one.
    """
    groups = _groups(sorted(tips, key=lambda tip: (tip.received, tip.number)))
    kept: list[list[Tip]] = []
    for group in groups:
        if kept and group[0].received - kept[-1][0].received < BURST:
            # The burst keeps its first moment, so that a stream without pauses is counted once in each half hour.
            kept[-1].extend(group)
        else:
            kept.append(group)
    return tuple(max(group, key=lambda tip: (tip.at, tip.number)) for group in kept)


def _groups(tips: Sequence[Tip]) -> list[list[Tip]]:
    """Connected components by shared marks, each in order, by their first tips."""
    parents = list(range(len(tips)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    first: dict[str, int] = {}
    for place, tip in enumerate(tips):
        for mark in tip.marks:
            one, other = sorted((root(first.setdefault(mark, place)), root(place)))
            parents[other] = one
    found: dict[int, list[Tip]] = {}
    for place, tip in enumerate(tips):
        found.setdefault(root(place), []).append(tip)
    return list(found.values())


def strength(tips: Iterable[Tip], rule: Rule, now: datetime) -> int:
    """What independent tips weigh together at a moment, in thousandths."""
    return sum(weight(now - tip.at, rule) for tip in independent(tips))


@dataclass(frozen=True, slots=True)
class Standing:
    """That a key is answered for.

    Attributes:
        until: The moment from which on it is not, because its reports are too old by then, if none is added.
        strong: Whether it was reported by so many that an appeal alone does not silence it (see ``appeals``).
    """

    until: datetime
    strong: bool


STRONG = 3
"""As many times the threshold."""


def standing(tips: Iterable[Tip], rule: Rule, now: datetime, cleared: datetime | None = None) -> Standing | None:
    """Whether a key is answered for, and until when; None for a key of which nothing is said.

    Args:
        tips: The accepted reports of it.
        rule: The rule of its type.
        now: The moment.
        cleared: When an appeal was upheld: what was received before counts no more.
    """
    held = independent(tip for tip in tips if cleared is None or tip.received > cleared)
    needed = rule.threshold * WHOLE

    def total(moment: datetime) -> int:
        return sum(weight(moment - tip.at, rule) for tip in held)

    if total(now) < needed:
        return None
    return Standing(_until(held, rule, now), total(now) >= STRONG * needed)


def _until(held: Sequence[Tip], rule: Rule, now: datetime) -> datetime:
    """The first day, counted from now, on which the weights fall below the threshold; they only fall."""
    low, high = 0, max((tip.at + rule.last - now).days for tip in held) + 1
    while low < high:
        middle = (low + high) // 2
        moment = now + timedelta(days=middle)
        if sum(weight(moment - tip.at, rule) for tip in held) < rule.threshold * WHOLE:
            high = middle
        else:
            low = middle + 1
    return now + timedelta(days=low)
