"""The rule of alerts in the plainest words: every observation looked at, every instant tried. Shares no code with ours."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cell(when, window):
    return int((when - EPOCH).total_seconds() // window.total_seconds())


def origin(word):
    """What a word rests on."""
    if word.source:
        return ("source", word.source)
    first = min(word.first, word.last)
    return ("instant", first) if first.second or first.microsecond else ("member", word.member)


def independent(origins):
    """Most members that can have an origin each, by trying every order and every choice."""
    best = 0
    for order in permutations(origins):
        taken, count = [set()], 0
        for member in order:
            following = [used | {one} for used in taken for one in origins[member] if one not in used]
            if not following:
                break
            taken, count = following, count + 1
        best = max(best, count)
    return best


def alerts(words, members, window, level):
    """(key, cell) -> what stands there at a level."""
    words = {(one.number, one.key): one for one in words if one.tlp <= min(level, 3) and one.member}.values()
    found = {}
    for key in {one.key for one in words}:
        own = [one for one in words if one.key == key]
        points = [(when, one) for one in own if one.word.value == "seen" for when in {one.first, one.last}]
        doubts = [(max(one.first, one.last), one.member) for one in own if one.word.value == "false positive"]
        for number in {cell(when, window) for when, _ in points}:
            one = _alert(points, doubts, number, members, window, level)
            if one is not None:
                found[key, number] = one
    return found


def _alert(points, doubts, number, members, window, level):
    near = {number - 1, number, number + 1}
    said = {}
    for when, member in doubts:
        if cell(when, window) in near:
            said[member] = max(when, said.get(member, when))
    seen = {}
    for when, word in points:
        if cell(when, window) in near:
            seen[word.member] = max(when, seen.get(word.member, when))
    doubting = {member for member, when in said.items() if member not in seen or when >= seen[member]}
    points = [(when, word) for when, word in points if word.member not in doubting]
    for instant in sorted(when for when, _ in points if cell(when, window) == number):
        within = [(when, word) for when, word in points if instant - window < when <= instant]
        cells = {(word.member, cell(when, window)) for when, word in within}
        origins = {}
        for when, word in points:
            # What a member's word rests on is told by window, not by instant.
            if (word.member, cell(when, window)) in cells:
                origins.setdefault(word.member, set()).add(origin(word))
        if len(origins) >= members and independent(origins) >= members:
            return _said(points, number, instant, window, level, len(doubting))
    return None


def _said(points, number, reached, window, level, doubts):
    late = {w.member for when, w in points if cell(when, window) == number - 1 and when > reached - window}
    counted = [
        (when, word)
        for when, word in points
        if cell(when, window) == number or (cell(when, window) == number - 1 and word.member in late)
    ]
    instants = [when for when, word in counted if cell(when, window) == number or when > reached - window]
    origins = {}
    for _, word in counted:
        origins.setdefault(word.member, set()).add(origin(word))
    return {
        "members": len(origins),
        "independent": independent(origins),
        "named": tuple(
            sorted(
                {
                    word.member
                    for _, word in counted
                    if word.attribution is not None and max(word.attribution, word.tlp) <= level
                }
            )
        ),
        "sightings": len({word.number for when, word in counted if when == max(word.first, word.last)}),
        "doubts": doubts,
        "reached": reached,
        "last": max(instants),
    }
