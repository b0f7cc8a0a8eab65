"""Rule: the form of a fact asks for exactly what its record takes, and gives back exactly what was filled in."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.facts.model import Fact
from serantau.plan.model import RECORD_KINDS
from serantau.review import FactKind
from serantau.review.fields import Widget, fields_of, given_of, raw_of
from serantau.review.kinds import field_names
from tests.review.support import CONTEXT, FIGURES, PROJECTS, REPORTS


def test_a_report_asks_what_a_member_knows_and_nothing_that_the_review_fills_in():
    by_name = {one.name: one for one in fields_of(REPORTS)}
    assert list(by_name) == ["action", "year", "status", "evidence", "due", "expected", "obstacles", "source", "note"]
    assert by_name["status"].choices == ("not started", "in progress", "done", "not applicable")
    assert (by_name["year"].low, by_name["year"].high) == (1950, 2100)
    assert [part.name for part in by_name["evidence"].parts] == ["title", "address", "file"]
    assert by_name["due"].widget is Widget.DATE
    assert by_name["action"].refers == "actions"
    assert not by_name["source"].required
    assert by_name["expected"].help == "Date by which it is now expected, where that has moved."


@pytest.mark.parametrize("key", RECORD_KINDS)
def test_every_kind_of_fact_of_another_room_gets_a_form_without_a_line_of_code(key):
    kind = FactKind(f"plan.{key}", key, RECORD_KINDS[key], f"plan/{key}.yaml", key=key, member_field="")
    fields = {one.name: one for one in fields_of(kind)}
    struct = {one.encode_name: one for one in msgspec.structs.fields(kind.struct)}
    assert set(fields) == set(struct) - {"known", "withdrawn"}
    for name, one in fields.items():
        assert one.required is (struct[name].required and name != "source")


def test_a_kind_that_no_form_can_show_is_refused_when_it_is_registered():
    class Odd(Fact, frozen=True, kw_only=True):
        table: dict[str, int]

    with pytest.raises(TypeError, match="table"):
        fields_of(FactKind("plan.odd", "Odd", Odd, "plan/odd.yaml", key="odd", member_field=""))


WORDS = st.text("abc défß=+-@<>&'\"\n", min_size=1, max_size=12).map(str.strip).filter(bool)
LINES = WORDS.map(lambda text: text.replace("\n", " "))


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "action": LINES,
            "year": st.integers(1950, 2100).map(str),
            "obstacles": WORDS,
            "evidence": st.lists(
                st.fixed_dictionaries({"title": LINES}, optional={"address": LINES}), min_size=1, max_size=4
            ),
        },
    )
)
def test_what_is_filled_in_comes_back(raw):
    fields = fields_of(REPORTS)
    assert raw_of(fields, given_of(fields, raw)) == raw


def test_a_whole_report_is_read():
    record, problems = REPORTS.read(
        {
            "action": "tl2030-a2-1",
            "year": "2025",
            "status": "done",
            "evidence": [{"title": "Survey", "address": "https://survey.example"}],
            "due": "2025-06",
        },
        CONTEXT,
    )
    assert problems == []
    assert record.id == "tl2030-a2-1.qaa.2025.s42"
    assert (record.member, record.source, record.grade.value, record.known.text) == (
        "QAA",
        "submission-42",
        "primary",
        "2026-11-28",
    )


@pytest.mark.parametrize(
    "raw, field, words",
    [
        ({"action": "a", "year": "2025", "status": "done"}, "evidence", "done needs evidence"),
        ({"action": "a", "year": "2025", "status": "finished"}, "status", "none of the words"),
        ({"action": "a", "year": "next", "status": "in progress"}, "year", "whole number"),
        ({"year": "2025", "status": "in progress"}, "action", "is missing"),
        ({"action": "a", "year": "2025", "status": "in progress", "member": "QBB"}, "member", "submission of QAA"),
        ({"action": "a", "year": "2025", "status": "in progress", "due": "unknown"}, "due", "Write"),
        (
            {"action": "a", "year": "2025", "status": "done", "evidence": [{"title": "x"}]},
            "evidence",
            "neither an address nor a file",
        ),
        (
            {"action": "a", "year": "2025", "status": "done", "evidence": [{"title": "x", "address": "javascript:1"}]},
            "evidence.0.address",
            "matches",
        ),
        ({"action": "a", "year": "2025", "status": "done", "knwon": "2020"}, "knwon", "Did you mean"),
    ],
)
def test_one_defect_is_named_where_it_stands(raw, field, words):
    record, problems = REPORTS.read(raw, CONTEXT)
    assert record is None
    assert [(name, words in f"{what} {fix}") for name, what, fix in problems if name == field] == [(field, True)]


def test_a_member_states_neither_when_it_was_known_nor_its_own_id():
    record, problems = FIGURES.read(
        {"indicator": "coverage", "year": "2025", "value": "97", "grade": "primary", "known": "1999-01-01"}, CONTEXT
    )
    assert not problems
    assert record.known.text == "2026-11-28"
    assert "known" not in field_names(FIGURES) and "id" not in field_names(REPORTS)


def test_money_without_a_currency_is_refused():
    raw = {
        "project": "masts",
        "title": "Masts",
        "action": "a",
        "year": "2025",
        "status": "in progress",
        "funding": [{"funder": "Treasury", "amount": "5"}],
    }
    assert [name for name, _, _ in PROJECTS.read(raw, CONTEXT)[1]] == ["funding"]
    raw["funding"][0]["currency"] = "XTS"
    assert PROJECTS.read(raw, CONTEXT)[1] == []
