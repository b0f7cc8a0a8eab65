"""Rule: a row of an inventory gets the decision and the reason that its flow alone gets, gathered or joined."""

from __future__ import annotations

from datetime import date

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.govern.bulk import COLUMNS, BulkError, Gather, NewWordsError, joined, plan_bulk, tables_of
from serantau.govern.flow import DECISIONS, Flow
from serantau.govern.table import compile_rules

WORDS = {
    "origin": ["QAA", "XB", "qcc"],
    "destination": ["XA", "XB", "XC", "JP"],
    "data": ["personal", "personal.health", "non-personal"],
    "sector": ["general", "health"],
    "exporter": ["controller/private", "controller/public"],
    "recipient": ["controller", "processor"],
    "volume": ["", "few", "many"],
    "facts": ["", "transit=yes", "related=yes; transit=no"],
    "holds": ["", "clauses", "consent;listed", "similar-law=yes"],
}
ROW = st.fixed_dictionaries({name: st.sampled_from(words) for name, words in WORDS.items()})


@pytest.fixture(scope="module")
def table(threelands):
    return compile_rules(threelands.law, threelands.homes, date(2025, 6, 1))


@pytest.fixture(scope="module")
def threelands():
    from serantau.bundle import load_bundle
    from tests.support.regions import THREELANDS

    return load_bundle(THREELANDS)


def flow_of(row: dict[str, str], members: dict[str, str]) -> Flow:
    """The row as the question that a person would ask, read plainly."""
    facts = [part.strip().split("=") for part in row["facts"].split(";") if part.strip()]
    return Flow(
        origin=members[row["origin"].upper()],
        destination=row["destination"],
        data=row["data"],
        sector=row["sector"],
        exporter=row["exporter"],
        recipient=row["recipient"],
        volume=row["volume"] or None,
        facts=tuple(sorted((name, said == "yes") for name, said in facts)),
        holds=frozenset(part for part in row["holds"].split(";") if part),
    )


def gathered(plan, rows):
    frame = pl.DataFrame(rows)
    columns = {}
    for name in plan.columns:
        words = frame[name].unique(maintain_order=True).to_list()
        codes = np.array([words.index(value) for value in frame[name].to_list()], dtype=np.int32)
        columns[name] = (codes, tuple(words))
    return Gather(plan).decide(columns)


@given(st.lists(ROW, min_size=1, max_size=40))
def test_each_row_gets_what_its_flow_gets_alone(table, threelands, rows):
    members = {name: member for member, home in threelands.homes.items() for name in (member, home)}
    plan = plan_bulk(table, {name: [row[name] for row in rows] for name in COLUMNS})
    decision, reason = gathered(plan, rows)
    for place, row in enumerate(rows):
        alone = table.explain(flow_of(row, members))
        said = plan.reasons[reason[place]]
        assert DECISIONS[decision[place]] is alone.decision is said.decision
        assert (said.rules, said.confidence, said.missing) == (alone.rules, alone.confidence, alone.missing)


@given(st.lists(ROW, min_size=1, max_size=40))
def test_a_join_gives_what_the_look_up_gives(table, rows):
    plan = plan_bulk(table, WORDS)
    decision, reason = gathered(plan, rows)
    inventory = nw.from_native(pl.DataFrame(rows).with_row_index("row").lazy())
    tables = {name: nw.from_native(pl.LazyFrame(content)) for name, content in tables_of(plan).items()}
    found = joined(plan, inventory, tables, "row").collect().to_native().sort("row")
    assert found["decision"].to_list() == decision.tolist()
    assert found["reason"].to_list() == reason.tolist()


def test_what_is_the_same_for_all_rows_may_be_said_once(table):
    fixed = {"sector": "general", "exporter": "controller/private", "recipient": "processor", "data": "personal"}
    some = {name: WORDS[name] for name in ("origin", "destination", "holds")}
    plan = plan_bulk(table, some, fixed)
    whole = plan_bulk(table, some | {name: [word] for name, word in fixed.items()})
    rows = [
        {"origin": o, "destination": d, "holds": h}
        for o in WORDS["origin"]
        for d in WORDS["destination"]
        for h in WORDS["holds"]
    ]
    few = gathered(plan, rows)
    all_of_them = gathered(whole, [row | fixed for row in rows])
    assert few[0].tolist() == all_of_them[0].tolist()
    assert few[1].tolist() == all_of_them[1].tolist()


def test_every_word_that_nobody_knows_is_named_at_once(table):
    values = WORDS | {
        "origin": ["QAA", "QZZ"],
        "data": ["personal", "persona"],
        "holds": ["claws"],
        "facts": ["related"],
    }
    plan = plan_bulk(table, values)
    with pytest.raises(BulkError) as caught:
        plan.refuse((name, value) for name, found in values.items() for value in found)
    text = str(caught.value)
    assert "4 values that nobody knows" in text
    for what in ("'QZZ' is no origin", "'persona'", "'claws'", "'related' states nothing"):
        assert what in text


def test_a_word_in_a_dictionary_that_no_row_uses_does_no_harm(table):
    plan = plan_bulk(table, WORDS | {"data": ["personal", "nonsense"]})
    row = {name: words[0] for name, words in WORDS.items()}
    gathered(plan, [row])
    with pytest.raises(BulkError, match="nonsense"):
        gathered(plan, [row | {"data": "nonsense"}])
    with pytest.raises(NewWordsError):
        gathered(plan, [row | {"data": "never seen"}])


@pytest.mark.parametrize(
    "values, fixed, says",
    [
        ({"origin": ["QAA"]}, {}, "has no column 'destination', 'data'"),
        (WORDS | {"colour": ["red"]}, {}, "'colour' is no column"),
        ({name: words for name, words in WORDS.items() if name != "data"}, {"data": "dta"}, "given for all rows"),
        (WORDS | {"data": [f"w{number}" for number in range(20_001)]}, {}, "more than 20,000 different values"),
        (WORDS | {"holds": [";".join(["clauses"] * number) for number in range(1, 3)], "origin": [None]}, {}, ""),
    ],
)
def test_inventories_that_cannot_be_planned(table, values, fixed, says):
    if not says:  # an empty origin is refused only where a row has it
        plan = plan_bulk(table, values, fixed)
        with pytest.raises(BulkError, match="no value here"):
            plan.refuse([("origin", "")])
        return
    with pytest.raises(BulkError, match=says):
        plan_bulk(table, values, fixed)
