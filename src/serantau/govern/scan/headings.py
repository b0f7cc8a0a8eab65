"""What the heading of a column says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from serantau.govern.scan.model import Kind

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@cache
def words_of(heading: str) -> tuple[str, ...]:
    """The words of a heading, without accents, in lower case.

    >>> words_of("customerDateOfBirth"), words_of("Họ_và tên")
    (('customer', 'date', 'of', 'birth'), ('ho', 'va', 'ten'))
    """
    apart = _HUMP.sub(" ", heading)
    plain = unicodedata.normalize("NFD", apart.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in plain if not ("\u0300" <= letter <= "\u036f"))
    return tuple(_WORD.findall(unicodedata.normalize("NFC", plain).casefold()))


class Headings:
    """Looks a heading up among the words of kinds."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        """Take the words of the kinds."""
        self._words: Mapping[str, tuple[tuple[str, ...], ...]] = {
            kind.id: tuple(words_of(word.casefold()) for word in kind.words) for kind in kinds
        }

    def named(self, heading: str) -> dict[str, str]:
        """Kinds that a heading names: ``exact`` if it says nothing else, ``part`` if it does.

        A longer name wins over a shorter one inside it: a birth date is no date of something.
        """
        hits: dict[str, tuple[int, str]] = {}
        # PhilSys is one word and customerName two: a heading is read both ways.
        for found in {words_of(heading), words_of(heading.casefold())}:
            for kind, names in self._words.items():
                for name in names:
                    if name and _inside(name, found):
                        how = "exact" if len(name) == len(found) else "part"
                        hits[kind] = max(hits.get(kind, (0, "")), (sum(map(len, name)), how))
        longest = max((length for length, _ in hits.values()), default=0)
        return {kind: how for kind, (length, how) in hits.items() if length == longest}


def _inside(name: tuple[str, ...], heading: tuple[str, ...]) -> bool:
    if not all(map(str.isascii, name)):
        # Scripts that put no space between words: the name may stand anywhere in the heading.
        return "".join(name) in "".join(heading)
    size = len(name)
    return any(heading[start : start + size] == name for start in range(len(heading) - size + 1))
