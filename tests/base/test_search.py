"""Rule: what is asked for is found, a slip of the finger is forgiven, the better match comes first, and no question costs much."""

from __future__ import annotations

import string

from hypothesis import given
from hypothesis import strategies as st

from serantau.base.search import MOST_WORDS, Document, SearchIndex, fold, one_slip, words_of

DOCUMENTS = [
    Document("action", "EA2.6 More spectrum, harmonised across the region", "Broadband outcome.", "/a"),
    Document(
        "indicator", "Fixed-broadband subscriptions", "Subscriptions to fixed broadband per 100 inhabitants.", "/b"
    ),
    Document("member", "Côte d’Ivoire", "CIV CI", "/c"),
    Document(
        "help", "How an index is computed", "Broadband is named here once among many other words of a long text.", "/d"
    ),
]
INDEX = SearchIndex(DOCUMENTS)


def addresses(question, **more):
    return [hit.document.address for hit in INDEX.search(question, **more)]


def distance(one, other):
    """Optimal string alignment: insertions, deletions, exchanges and swaps of neighbours, by the textbook table."""
    rows = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) + 1):
        for j in range(len(other) + 1):
            if not i or not j:
                rows[i][j] = i + j
                continue
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[len(one)][len(other)]


SHORT = st.text("abc", max_size=6)


@given(SHORT, SHORT)
def test_one_slip_is_a_distance_of_one(one, other):
    assert one_slip(one, other) == (distance(one, other) == 1)


def test_the_title_counts_more_than_the_text():
    assert addresses("broadband")[0] == "/b"
    assert set(addresses("broadband")) == {"/a", "/b", "/d"}


def test_every_word_must_be_met_if_any_document_meets_them_all():
    assert addresses("broadband spectrum") == ["/a"]
    assert set(addresses("broadband nowhere")) == {"/a", "/b", "/d"}


def test_codes_accents_and_beginnings_are_found():
    assert addresses("ea2.6") == ["/a"]
    assert addresses("cote d'ivoire")[0] == "/c"
    assert addresses("CIV") == ["/c"]
    assert addresses("subscr") == ["/b"]


@given(st.sampled_from(["spectrum", "subscriptions", "harmonised", "computed"]), st.data())
def test_one_slip_in_a_word_is_forgiven(word, data):
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(string.ascii_lowercase))
    kind = data.draw(st.sampled_from(["left out", "added", "exchanged", "swapped"]))
    slipped = {
        "left out": word[:at] + word[at + 1 :],
        "added": word[:at] + letter + word[at:],
        "exchanged": word[:at] + letter + word[at + 1 :],
        "swapped": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }[kind]
    wanted = {hit.document.address for hit in INDEX.search(word)}
    assert wanted <= set(addresses(slipped))


def test_the_right_spelling_comes_before_a_slip():
    index = SearchIndex([Document("a", "parity", "", "/1"), Document("a", "purity", "", "/2")])
    assert [hit.document.address for hit in index.search("purity")] == ["/2", "/1"]


def test_a_filter_leaves_the_others_out():
    assert addresses("broadband", kind="help") == ["/d"]


@given(st.text(max_size=300))
def test_any_text_is_a_question(text):
    hits = INDEX.search(text)
    assert len(hits) <= len(DOCUMENTS)
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


def test_only_so_many_words_are_looked_at():
    many = " ".join(f"w{number}" for number in range(MOST_WORDS)) + " spectrum"
    assert addresses(many) == []


@given(st.text(max_size=50))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)
    assert words_of(fold(text)) == words_of(text)


def test_an_empty_index_finds_nothing():
    assert SearchIndex([]).search("anything") == ()
