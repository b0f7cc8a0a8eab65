"""Rule: a column is judged by all of its cells together, never by one; what it might be instead is named with its odds."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.govern.scan.column import ColumnScan
from serantau.govern.scan.evidence import FOREIGN, likelihood_ratio
from serantau.govern.scan.masking import masked
from serantau.govern.scan.table import Sampler, TableScan
from tests.support.seeded import seeded


def finding(known, cells, heading="c1"):
    scan = ColumnScan(known, "t", heading)
    scan.add(pl.Series(cells, dtype=pl.String))
    return scan.finding()


def citizens(source: random.Random, count: int) -> list[str]:
    """Numbers of the invented region, made by the rule written in its file."""
    made = []
    for _ in range(count):
        digits = [source.randrange(10) for _ in range(5)]
        check = "ABCDEFG"[sum((place + 1) * digit for place, digit in enumerate(digits)) % 7]
        made.append("".join(map(str, digits)) + check)
    return made


def test_a_likelihood_ratio_by_hand():
    # One cell that fits, chance 1/4: the mean over the shares e of ((1 - e) / 0.25 + e).
    expected = math.log(sum((1 - share) / 0.25 + share for share in FOREIGN) / len(FOREIGN))
    assert likelihood_ratio(1, 0, 0.25) == pytest.approx(expected)
    # One that does not: the mean of e.
    assert likelihood_ratio(0, 1, 0.25) == pytest.approx(math.log(sum(FOREIGN) / len(FOREIGN)))


def test_a_check_digit_is_evidence_and_grows_with_the_cells(lands):
    source = seeded(1)
    nats = []
    for count in (5, 20, 100, 500):
        found = finding(lands, citizens(source, count))
        top = next(one for one in found.explanations if one.recogniser == "qaa-citizen")
        nats.append(top.nats)
    assert nats == sorted(nats)
    # Chance of a check letter is 1/7: each further cell weighs about ln 7, a little less for the share of foreign cells.
    assert (nats[3] - nats[2]) / 400 == pytest.approx(math.log(7), rel=0.1)
    assert finding(lands, citizens(source, 100)).verdict == "found"


def test_one_cell_decides_nothing(lands):
    assert finding(lands, ["12345G"]).verdict != "found"


def test_the_same_cell_again_is_no_second_witness(lands):
    once = finding(lands, ["12345G"])
    often = finding(lands, ["12345G"] * 10_000)
    assert often.explanations[0].probability == pytest.approx(once.explanations[0].probability)
    assert often.distinct == 1


def test_what_every_position_does_by_itself_is_no_evidence(shipped):
    """Order numbers begin with 9, as mobile telephones do in places; that must not make them telephones."""
    source = seeded(2)
    found = finding(shipped, [f"9{source.randrange(10**7):07}" for _ in range(2_000)])
    assert found.verdict != "found"
    assert {one.kind for one in found.explanations} >= {"phone", "other"}


def test_twelve_bare_digits_are_told_apart_by_the_column(shipped):
    source = seeded(3)
    days = [f"{source.randrange(50, 99)}{source.randrange(1, 13):02}{source.randrange(1, 29):02}" for _ in range(300)]
    malaysia = [f"{day}{source.choice(['01', '08', '14'])}{source.randrange(10**4):04}" for day in days]
    vietnam = [
        f"{source.choice(['001', '024', '079'])}{source.randrange(2)}{source.randrange(40, 99)}{source.randrange(10**6):06}"
        for _ in range(300)
    ]
    bare = [f"{source.randrange(10**12):012}" for _ in range(300)]
    assert finding(shipped, malaysia).explanations[0].recogniser == "mys-mykad"
    assert finding(shipped, vietnam).explanations[0].recogniser == "vnm-personal"
    unknown = finding(shipped, bare)
    assert unknown.verdict == "not recognised"
    # Random digits are exactly what one member's number is: that is said, not decided.
    assert "PhilSys" in unknown.note
    named = finding(shipped, bare, heading="PhilSys Number")
    assert (named.kind, named.explanations[0].recogniser) == ("national-id", "phl-psn")


def test_numbers_counted_up_are_no_identifiers(shipped):
    assert finding(shipped, [str(81_230_000 + number) for number in range(500)]).kind == "sequence"


def test_a_column_that_holds_two_things_is_still_found(lands):
    source = seeded(4)
    half = [*citizens(source, 100), *(f"{source.randrange(10**4):04}" for _ in range(100))]
    found = finding(lands, half)
    assert (found.verdict, found.explanations[0].recogniser) == ("found", "qaa-citizen")
    assert found.explanations[0].valid == 100


def test_a_name_without_fitting_cells_is_by_name_and_says_so(lands):
    found = finding(lands, ["Ann Lee", "Bo Ray", "Cy Moe"] * 5, heading="Name")
    assert (found.verdict, found.kind) == ("by name", "person-name")
    assert finding(lands, ["12", "77", "31"] * 5, heading="Name").verdict == "not recognised"


def test_a_list_of_values_is_told_without_a_heading(lands):
    assert finding(lands, ["sun", "moon", "moon"] * 20).verdict == "likely"  # two words are too few to be sure
    assert finding(lands, ["Sun", "moon"] * 20, heading="faith").verdict == "found"
    assert finding(lands, ["sun", "rain", "snow", "wind", "fog"] * 20).verdict == "not recognised"


def test_free_text_is_flagged_with_what_stands_inside(lands):
    text = "Please call me back on +62 812 3456 789 or write to ann@mail.example, thank you very much indeed"
    found = finding(lands, [f"{text} {number}" for number in range(50)])
    assert found.verdict == "free text"
    assert dict(found.inside) == {"email": 50, "phone": 50}


def test_an_empty_column_is_empty(lands):
    assert finding(lands, ["", "  ", None]).verdict == "empty"


@settings(max_examples=30)
@given(st.lists(st.integers(0, 400), max_size=6), st.integers(0, 2**32))
def test_batches_do_not_change_the_answer(lands, cuts, seed):
    source = seeded(seed)
    cells = pl.Series(citizens(source, 300) + [str(source.random()) for _ in range(100)])
    whole = ColumnScan(lands, "t", "c")
    whole.add(cells)
    parts = ColumnScan(lands, "t", "c")
    for first, last in zip([0, *sorted(cuts)], [*sorted(cuts), 400], strict=True):
        parts.add(cells[first:last])
    assert parts.finding() == whole.finding()


@given(st.text(min_size=1, max_size=60))
def test_evidence_shows_at_most_one_letter_of_a_cell(text):
    shown = masked(text)
    assert sum(letter.isalnum() for letter in shown) <= 1
    assert len(shown) <= 28


def test_a_sample_is_the_same_whatever_the_batches(lands):
    rows = pl.Series([str(number) for number in range(200_000)])
    one, many = Sampler(0.25, 7), Sampler(0.25, 7)
    whole = one.keep(len(rows)).tolist()
    parts = [kept for size in (1, 65_535, 100, 134_364) for kept in many.keep(size).tolist()]
    assert parts == whole
    # A binomial share: 4 standard deviations of 200,000 draws at 1/4 are 775 rows.
    assert abs(sum(whole) - 50_000) < 775
    table = TableScan(lands, "t", ["c"], Sampler(0.25, 7))
    table.add([rows])
    assert table.rows == sum(whole)
