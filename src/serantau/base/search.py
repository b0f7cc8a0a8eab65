"""Finding things by words: an index in memory, ranked, that forgives a slip of the finger. Pure.

Words are compared without case and accents. A word of the question matches a word of a document if it is the same, begins it, or
differs by one slip (a letter missing, added, exchanged, or two letters swapped; Damerau 1964, *Communications of the ACM* 7(3),
171-176). Candidates for slips come from the words with one letter left out, so that no question walks through the
whole vocabulary. Documents are ranked by BM25 (Robertson and Zaragoza 2009, *Foundations and Trends in Information
Retrieval* 3(4), 333-389) with words of the title counted more than those of the text.
"""

from __future__ import annotations

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

LONGEST = 100
"""Characters of a question that are looked at."""

MOST_WORDS = 8
"""Words of a question that are looked at."""

MOST_PREFIX = 40
"""Words of the vocabulary that one beginning may stand for."""

K1, B = 1.2, 0.75
TITLE = 4.0
PREFIX, SLIP = 0.6, 0.4
SHORTEST_SLIP = 4
"""Shorter words are too like each other to forgive a slip."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Document:
    """Something that can be found.

    Attributes:
        kind: What it is, for a filter.
        title: What it is called.
        text: What is said of it.
        address: Where it stands.
        weight: How much more it counts than others of equal match.
    """

    kind: str
    title: str
    text: str
    address: str
    weight: float = 1.0


@dataclass(frozen=True)
class Hit:
    """A document found.

    Attributes:
        score: The larger, the better; only the order means anything.
        words: The words of the document that matched, folded.
    """

    document: Document
    score: float
    words: frozenset[str]


def fold(text: str) -> str:
    """Without case and accents.

    >>> fold("Côte d’IVOIRE")
    'cote d’ivoire'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_of(text: str) -> list[str]:
    """The words of a text, folded.

    >>> words_of("EA2.6: 5G-spectrum")
    ['ea2', '6', '5g', 'spectrum']
    """
    return _WORD.findall(fold(text))


class SearchIndex:
    """Documents by the words they hold."""

    def __init__(self, documents: Iterable[Document]) -> None:
        """Read every document once."""
        self.documents = tuple(documents)
        self._holders: dict[str, dict[int, float]] = defaultdict(dict)
        lengths = []
        for at, document in enumerate(self.documents):
            counts = Counter(words_of(document.text))
            weighted: dict[str, float] = {word: float(count) for word, count in counts.items()}
            for word in words_of(document.title):
                weighted[word] = weighted.get(word, 0.0) + TITLE
            for word, count in weighted.items():
                self._holders[word][at] = count
            lengths.append(sum(weighted.values()))
        self._lengths: Sequence[float] = lengths
        self._mean = math.fsum(lengths) / len(lengths) if lengths else 1.0
        self._vocabulary = sorted(self._holders)
        self._shortened: dict[str, list[str]] = defaultdict(list)
        for word in self._vocabulary:
            for short in _shortened(word):
                self._shortened[short].append(word)

    def search(self, question: str, kind: str = "", most: int = 50) -> tuple[Hit, ...]:
        """The documents that hold every word of the question, the best first; if none does, those that hold any.

        Args:
            question: Words in any order; only so many characters and words are looked at.
            kind: Only documents of this kind; empty for all.
            most: Most documents returned.
        """
        wanted = list(dict.fromkeys(words_of(question[:LONGEST])))[:MOST_WORDS]
        if not wanted:
            return ()
        scores: dict[int, float] = defaultdict(float)
        met: dict[int, set[str]] = defaultdict(set)
        words: dict[int, set[str]] = defaultdict(set)
        for word in wanted:
            for at, (score, by) in self._score(word).items():
                scores[at] += score
                met[at].add(word)
                words[at] |= by
        full = [at for at in scores if len(met[at]) == len(wanted)]
        chosen = [at for at in full or scores if not kind or self.documents[at].kind == kind]
        order = sorted(chosen, key=lambda at: (-scores[at] * self.documents[at].weight, self.documents[at].title, at))
        return tuple(
            Hit(self.documents[at], scores[at] * self.documents[at].weight, frozenset(words[at])) for at in order[:most]
        )

    def expand(self, word: str) -> Mapping[str, float]:
        """The words of the vocabulary that a word of a question may mean, and how well each matches."""
        found: dict[str, float] = {}
        if len(word) >= SHORTEST_SLIP:
            candidates = {one for short in {word, *_shortened(word)} for one in self._shortened.get(short, ())}
            candidates |= {short for short in _shortened(word) if short in self._holders}
            found |= {one: SLIP for one in candidates if len(one) >= SHORTEST_SLIP - 1 and one_slip(word, one)}
        if len(word) >= 2:
            start = bisect_left(self._vocabulary, word)
            for one in self._vocabulary[start : start + MOST_PREFIX]:
                if not one.startswith(word):
                    break
                found[one] = PREFIX
        if word in self._holders:
            found[word] = 1.0
        return found

    def _score(self, word: str) -> dict[int, tuple[float, set[str]]]:
        """Score of each document for one word: that of the best of the words it may mean, and which they are."""
        best: dict[int, tuple[float, set[str]]] = {}
        for one, match in self.expand(word).items():
            holders = self._holders[one]
            rare = math.log(1.0 + (len(self.documents) - len(holders) + 0.5) / (len(holders) + 0.5))
            for at, count in holders.items():
                length = 1.0 - B + B * self._lengths[at] / self._mean
                score = match * rare * count * (K1 + 1.0) / (count + K1 * length)
                held, by = best.get(at, (0.0, set()))
                best[at] = (max(held, score), by | {one})
        return best


def _shortened(word: str) -> set[str]:
    """The word with one letter left out."""
    return {word[:at] + word[at + 1 :] for at in range(len(word))}


def one_slip(one: str, other: str) -> bool:
    """Whether two words differ by one letter missing, added or exchanged, or two neighbours swapped.

    >>> [one_slip("spectrum", other) for other in ("spectum", "spectrumm", "spektrum", "spcetrum", "spectra")]
    [True, True, True, True, False]
    """
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[at:], other[at:]
    if len(a) != len(b):
        return a[1:] == b if len(a) > len(b) else a == b[1:]
    return a[1:] == b[1:] or (len(a) > 1 and a[0] == b[1] and a[1] == b[0] and a[2:] == b[2:])
