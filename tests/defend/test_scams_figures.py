"""Rule: no published figure, nor any sum or difference of published figures, tells a count below the limit.

The attack is computed a second way: as a linear programme over everything that a reader knows.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from serantau.defend.scams import Counted, Harm, Thing, figures
from serantau.defend.scams.figures import rounded
from serantau.defend.scams.suppression import SMALL, TOTAL, full_table, publishable

ROWS, COLUMNS = ("a", "b", "c", "d"), ("x", "y", "z")
COUNTS = st.one_of(st.integers(0, 6), st.integers(0, 60))


@st.composite
def tables(draw):
    rows, columns = ROWS[: draw(st.integers(1, 4))], COLUMNS[: draw(st.integers(1, 3))]
    counts = {(row, column): draw(COUNTS) for row in rows for column in columns}
    return full_table(rows, columns, counts)


def attack(published, cell):
    """Least and most of a cell, from the published numbers, the sums, and counts being no less than none.

    Such a system of sums has whole corners, so the programme's answer holds for whole numbers.
    """
    names = sorted(published.cells)
    place = {name: number for number, name in enumerate(names)}
    rows, right = [], []

    def equation(total, parts):
        row = np.zeros(len(names))
        row[place[total]] = -1
        row[[place[part] for part in parts]] = 1
        rows.append(row)
        right.append(0)

    for row in (*published.rows, TOTAL):
        equation((row, TOTAL), [(row, column) for column in published.columns])
    for column in (*published.columns, TOTAL):
        equation((TOTAL, column), [(row, column) for row in published.rows])
    bounds = [(0, None) if published.cells[name] is None else (published.cells[name],) * 2 for name in names]
    found = []
    for sign in (1, -1):
        aim = np.zeros(len(names))
        aim[place[cell]] = sign
        done = linprog(aim, A_eq=np.array(rows), b_eq=right, bounds=bounds, method="highs")
        found.append(np.inf if done.status == 3 else sign * done.fun)
    return found


@given(tables())
def test_no_small_count_follows_from_what_is_published(table):
    published = publishable(table)
    for cell, count in table.cells.items():
        if not 0 < count < SMALL:
            assert published.cells[cell] in {None, count}
            continue
        assert published.cells[cell] is None
        least, most = attack(published, cell)
        assert least <= 1 + 1e-7
        assert most >= SMALL - 1 - 1e-7


@given(tables())
def test_nothing_is_withheld_where_nothing_is_small(table):
    if not any(0 < count < SMALL for count in table.cells.values()):
        assert publishable(table).cells == table.cells


def test_the_textbook_case_a_lone_small_count_is_not_left_to_subtraction():
    table = full_table(("a", "b"), ("x", "y"), {("a", "x"): 2, ("a", "y"): 10, ("b", "x"): 20, ("b", "y"): 30})
    published = publishable(table)
    assert [published.cells[row, TOTAL] for row in ("a", "b", TOTAL)] == [12, 50, 62]
    assert [published.cells[TOTAL, column] for column in ("x", "y")] == [22, 40]
    assert {published.cells[row, column] for row in "ab" for column in "xy"} == {None}


# --- the figures of a month ----------------------------------------------------------------------------------------------


def report(member="a", harm=Harm.SHOPPING, things=(Thing.PHONE,), amount=None, currency=""):
    return Counted(harm, member, frozenset(things), None if amount is None else Decimal(amount), currency)


def test_a_month_with_few_reports_says_that_and_nothing_else():
    found = figures("2026-11", [report(amount="900", currency="XTS") for _ in range(SMALL - 1)], ["a", "b"])
    assert set(found.table.cells.values()) <= {None, 0}
    assert found.total is None
    assert set(found.things.values()) == {None}
    assert found.losses == {}


def test_a_type_is_withheld_too_if_few_reports_lack_it():
    with_phone, both = report(), report(things=(Thing.PHONE, Thing.URL))
    found = figures("2026-11", [*[with_phone] * 8, *[both] * 7], ["a"])
    assert (found.things[Thing.PHONE], found.things[Thing.URL]) == (15, 7)
    assert found.things[Thing.EMAIL] == 0
    found = figures("2026-11", [*[report(things=())] * 2, *[both] * 9], ["a"])
    assert found.things[Thing.PHONE] is None
    assert found.total == 11


def losses(*amounts):
    return figures("2026-11", [report(amount=one, currency="XTS") for one in amounts], ["a"]).losses


def test_a_sum_that_one_or_two_make_up_is_withheld():
    assert losses(100, 120, 90, 80, 110) == {"XTS": Decimal(500)}
    assert losses(100000, 120, 90, 80, 110) == {}
    assert losses(100000, 90000, 90, 80, 110) == {}
    assert losses(100, 120, 90, 80) == {}


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_a_published_sum_has_two_digits(amount):
    found = rounded(amount)
    assert len(str(found.normalize().as_tuple().digits and "".join(map(str, found.normalize().as_tuple().digits)))) <= 2
    assert abs(found - amount) * 10 <= amount or amount == 0
