"""Rule: what differs between two versions is told whole: from it either version can be read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.forum import Change, ForumError, clean, differences, paragraphs

PARAGRAPH = st.lists(
    st.sampled_from(["the", "members", "shall", "may", "share", "data", "by", "2027", "every", "year"]), min_size=1
).map(" ".join)
TEXTS = st.lists(PARAGRAPH, max_size=8).map("\n\n".join)


def readable(found, kinds):
    texts = ["".join(piece.text for piece in one.pieces if piece.change in kinds) for one in found]
    return [text.strip() for text in texts if text.strip()]


@given(TEXTS, TEXTS)
def test_either_version_can_be_read_from_the_differences(before, after):
    found = differences(before, after)
    assert readable(found, {Change.KEPT, Change.REMOVED}) == list(paragraphs(before))
    assert readable(found, {Change.KEPT, Change.ADDED}) == list(paragraphs(after))
    assert [one.before for one in found if one.before] == list(range(1, len(paragraphs(before)) + 1))
    assert [one.after for one in found if one.after] == list(range(1, len(paragraphs(after)) + 1))


def test_one_word_that_changed_is_shown_as_one_word():
    (one,) = differences("Members may share reports every year.", "Members shall share reports every year.")
    assert [(piece.change, piece.text) for piece in one.pieces] == [
        (Change.KEPT, "Members "),
        (Change.REMOVED, "may "),
        (Change.ADDED, "shall "),
        (Change.KEPT, "share reports every year."),
    ]


@given(TEXTS)
def test_a_version_does_not_differ_from_itself(text):
    assert {one.change for one in differences(text, text)} <= {Change.KEPT}


@pytest.mark.parametrize("text", ["", " \n\n ", "x" * 200_001, "\n\n".join(["x"] * 2001)], ids=len)
def test_a_text_that_is_none_or_too_long_is_refused(text):
    with pytest.raises(ForumError):
        clean(text)


def test_a_very_long_paragraph_is_replaced_whole_rather_than_compared_for_minutes():
    before, after = "a " * 5000, "b " * 5000
    assert [one.change for one in differences(before, after)] == [Change.REMOVED, Change.ADDED]
