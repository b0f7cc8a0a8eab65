"""The text of a paper: its paragraphs, and what differs between two versions, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

from serantau.forum.errors import ForumError

LONGEST_TEXT = 200_000
"""Characters of one version."""
MOST_PARAGRAPHS = 2_000
MOST_PAIRS = 1_000_000
"""Pairs of words that are compared within a paragraph; above that it is shown as replaced whole."""
ALIKE = 0.4
"""Share of words in common from which two paragraphs count as one that was changed (``2M/T`` of difflib)."""
_GAP = re.compile(r"\n[ \t]*\n+")
_WORDS = re.compile(r"\S+\s*")


class Change(Enum):
    """What happened to a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Piece:
    """A run of words, kept, added or removed."""

    change: Change
    text: str


@dataclass(frozen=True)
class Difference:
    """One paragraph of the two versions side by side.

    Attributes:
        change: What happened to it.
        before: Its number in the earlier version, from 1; None if it was not there.
        after: Its number in the later version; None if it is gone.
        pieces: Its text, in the order of reading.
    """

    change: Change
    before: int | None
    after: int | None
    pieces: tuple[Piece, ...]


def paragraphs(text: str) -> tuple[str, ...]:
    r"""The paragraphs of a text: what empty lines part.

    >>> paragraphs("One.\n\nTwo,\nstill two.\n")
    ('One.', 'Two,\nstill two.')
    """
    return tuple(part.strip() for part in _GAP.split(text) if part.strip())


def clean(text: str) -> str:
    """A version's text as it is kept: paragraphs parted by one empty line.

    Raises:
        ForumError: if there is none, or more than can be dealt with.
    """
    parts = paragraphs(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not parts:
        raise ForumError("The paper has no text yet. Write at least one paragraph.")
    if len(text) > LONGEST_TEXT or len(parts) > MOST_PARAGRAPHS:
        raise ForumError(
            f"The text has {len(text):,} characters in {len(parts):,} paragraphs; at most {LONGEST_TEXT:,} in "
            f"{MOST_PARAGRAPHS:,} are taken. Send it as several papers."
        )
    return "\n\n".join(parts)


def differences(before: str, after: str) -> tuple[Difference, ...]:
    """What differs between two versions, paragraph by paragraph and, where one was changed, word by word.

    Reading the pieces that were kept or added gives the later text, those kept or removed the earlier one.
    """
    old, new = paragraphs(before), paragraphs(after)
    found: list[Difference] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [_whole(Change.KEPT, old[i], i, j) for i, j in zip(range(i1, i2), range(j1, j2), strict=True)]
        else:
            found += _replaced(old, new, range(i1, i2), range(j1, j2))
    return tuple(found)


def _replaced(old: tuple[str, ...], new: tuple[str, ...], gone: range, come: range) -> Iterator[Difference]:
    """A run of paragraphs in place of another: each is paired with the one in the same place, if they are alike."""
    pairs = min(len(gone), len(come))
    for i, j in zip(gone, come, strict=False):
        pieces = _pieces(old[i], new[j])
        if pieces:
            yield Difference(Change.CHANGED, i + 1, j + 1, pieces)
        else:
            yield _whole(Change.REMOVED, old[i], i, None)
            yield _whole(Change.ADDED, new[j], None, j)
    yield from (_whole(Change.REMOVED, old[i], i, None) for i in gone[pairs:])
    yield from (_whole(Change.ADDED, new[j], None, j) for j in come[pairs:])


def _whole(change: Change, text: str, before: int | None, after: int | None) -> Difference:
    return Difference(
        change,
        None if before is None else before + 1,
        None if after is None else after + 1,
        (Piece(change, text),),
    )


def _pieces(before: str, after: str) -> tuple[Piece, ...]:
    """The words of a changed paragraph; none where the two have too little in common, or are too long."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) * len(new) > MOST_PAIRS:
        return ()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < ALIKE:
        return ()
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.KEPT, "".join(new[j1:j2])))
            continue
        if i2 > i1:
            found.append(Piece(Change.REMOVED, "".join(old[i1:i2])))
        if j2 > j1:
            found.append(Piece(Change.ADDED, "".join(new[j1:j2])))
    return tuple(found)
