"""Every flag has one letter, and no two share one."""

from __future__ import annotations

from serantau.measure.indicators import FLAGS
from serantau.measure.marks import BEFORE_THE_PLAN, LETTERS, OLD


def test_every_mark_has_a_letter_of_its_own():
    assert set(LETTERS) == {*FLAGS, OLD, BEFORE_THE_PLAN}
    assert len(set(LETTERS.values())) == len(LETTERS)
