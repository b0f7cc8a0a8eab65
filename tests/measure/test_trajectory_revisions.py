"""Two known-dates, one question: what was added, removed, revised; not known is not zero."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.measure.errors import MeasureError
from serantau.measure.revisions import Answer, Kind, revisions

ANSWERS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b"]), st.integers(2020, 2023)),
    st.builds(Answer, st.none() | st.floats(-10, 10), st.lists(st.sampled_from(["break", "estimated"])).map(tuple)),
)


def only(before, after):
    (row,) = revisions({"x": before} if before else {}, {"x": after} if after else {}).rows
    return row


def test_changes_by_hand():
    row = only(Answer(80.0), Answer(60.0))
    assert (row.kind, row.absolute, row.relative) == (Kind.REVISED, -20.0, -0.25)
    row = only(Answer(-4.0), Answer(-2.0))
    assert (row.absolute, row.relative) == (2.0, 0.5)
    row = only(Answer(0.0), Answer(3.0))
    assert (row.absolute, row.relative) == (3.0, None)


@pytest.mark.parametrize("absent", [None, Answer(None), Answer(None, ("break",))])
def test_unknown_is_not_a_value(absent):
    assert only(absent, Answer(0.0)).kind is Kind.ADDED
    assert only(Answer(0.0), absent).kind is Kind.REMOVED
    assert only(Answer(0.0), absent).absolute is None


def test_flags_count_and_their_order_does_not():
    assert only(Answer(1.0), Answer(1.0, ("break",))).kind is Kind.REFLAGGED
    found = revisions({"x": Answer(1.0, ("break", "estimated"))}, {"x": Answer(1.0, ("estimated", "break"))})
    assert (found.rows, found.unchanged) == ((), 1)


def test_refuses_what_is_no_number():
    with pytest.raises(MeasureError, match="nan is not a number"):
        revisions({"x": Answer(math.nan)}, {"x": Answer(1.0)})


@given(ANSWERS)
def test_nothing_changed_is_no_revision(answers):
    found = revisions(answers, answers)
    assert (found.rows, found.unchanged) == ((), len(answers))


@given(ANSWERS, ANSWERS)
def test_backwards_is_the_same_list_the_other_way(before, after):
    forth, back = revisions(before, after), revisions(after, before)
    opposite = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED}
    assert [(row.key, opposite.get(row.kind, row.kind)) for row in forth.rows] == [
        (row.key, row.kind) for row in back.rows
    ]
    assert [row.key for row in forth.rows] == sorted(row.key for row in forth.rows)
    assert len(forth.rows) + forth.unchanged == len({*before, *after})
    for one, other in zip(forth.rows, back.rows, strict=True):
        assert (one.absolute is None) == (other.absolute is None)
        assert one.absolute is None or one.absolute == -other.absolute
