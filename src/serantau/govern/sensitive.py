"""Whose law counts a category of data as sensitive."""

from __future__ import annotations

from serantau.base import AsOf, Truth
from serantau.facts import is_known, is_valid
from serantau.govern.facts import LawFacts
from serantau.govern.model import DataClass, TermKind


def sensitive_under(law: LawFacts, category: str, asof: AsOf) -> tuple[DataClass, ...]:
    """Classes of data, named by a member's law on a day, that list a category or a wider one.

    A class whose dates cannot tell whether it holds is left out; a class that is not known to be whole may lack the
    category although the law lists it.

    Args:
        law: The region's law.
        category: Term of the vocabulary.
        asof: The day, and the day by which it had to be known.
    """
    wider = law.vocabulary.wider(TermKind.DATA, category)
    return tuple(
        one
        for one in law.classes
        if is_known(one, asof) and is_valid(one, asof) is Truth.YES and not wider.isdisjoint(one.data)
    )
