"""Rule: an inventory is taken whole or refused with every problem by line; a day that is not known is never overdue."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import PartialDate
from serantau.bundle import load_bundle
from serantau.govern.inventory import DataSet, InventoryError, State, later, read_inventory, standing
from tests.support.regions import THREELANDS

HANDLING = load_bundle(THREELANDS).handling
GOOD = """datasets:
  - id: payroll
    title: Payroll
    owner: Head of staff
    purpose: Paying wages
    categories: [personal]
    tier: red
    stage: kept
    collected: 2024-12-31
    retention: P1Y
    review: 2026-01-31
"""
DAY = date(2026, 11, 21)


def read(text: str, name: str = "inventory.yaml"):
    return read_inventory(name, text.encode(), HANDLING, ["personal", "personal.health"])


def test_yaml_and_csv_say_the_same():
    text = (
        "id,title,owner,purpose,categories,tier,stage,collected,retention,review\n"
        "payroll,Payroll,Head of staff,Paying wages,personal,red,kept,2024-12-31,P1Y,2026-01-31\n"
    )
    assert read(text, "inventory.csv") == read(GOOD)


@pytest.mark.parametrize(
    "old, new, line, says",
    [
        ("tier: red", "tier: purple", 2, "tier: 'purple' is none of the region's."),
        ("stage: kept", "stage: lost", 2, "stage: 'lost'"),
        ("retention: P1Y", "retention: a year", 2, "is no period and no day"),
        ("retention: P1Y", "retention: P", 2, "is no period and no day"),
        ("review: 2026-01-31", "review: 2026-02-30", 11, "no day of the calendar"),
        ("review: 2026-01-31", "review: open", 2, "a day is never open"),
        ("categories: [personal]", "categories: [persona]", 2, "no category 'persona'. Did you mean personal"),
        ("    owner: Head of staff\n", "", 2, "the key 'owner' is missing"),
        ("owner:", "ownr:", 4, "'ownr' is not a field"),
        ("datasets:", "sets:", 1, "expected one key, `datasets:`"),
        ("Payroll", '"Payroll', 3, "not YAML"),
    ],
)
def test_one_defect_at_a_time(old, new, line, says):
    with pytest.raises(InventoryError) as caught:
        read(GOOD.replace(old, new, 1))
    assert any(
        problem.where.startswith("inventory.yaml:") and says in str(problem) for problem in caught.value.problems
    )
    lines = [int(problem.where.rpartition(":")[2]) for problem in caught.value.problems]
    assert line in lines or says == "not YAML"


def test_all_defects_at_once():
    with pytest.raises(InventoryError, match="3 problems"):
        read(GOOD.replace("tier: red", "tier: x").replace("stage: kept", "stage: y").replace("P1Y", "z"))


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("a.yaml", b"", "is empty"),
        ("a.csv", b"id,wrong\n", "'wrong' is no column"),
        ("a.csv", b"\xff\xfe", "not UTF-8"),
        ("a.txt", b"x", "ends in .yaml or .csv"),
        ("a.yaml", b"[" * 100_000, "nested more than"),
        ("a.yaml", b"x" * (16 * 1024**2 + 1), "larger than 16 MB"),
    ],
)
def test_files_that_are_no_inventory(name, content, says):
    with pytest.raises(InventoryError) as caught:
        read_inventory(name, content, HANDLING)
    assert says in str(caught.value)


def one(**changes: object) -> DataSet:
    (held,) = read(GOOD)
    import msgspec

    return msgspec.structs.replace(held, **changes)


@pytest.mark.parametrize(
    "changes, state, keep",
    [
        ({}, State.EXPIRED, "2025-12-31"),  # 2024-12-31 and one year; the day of the question is in 2026
        ({"retention": "P5Y"}, State.OVERDUE, "2029-12-31"),  # but the review was due in January
        ({"retention": "P5Y", "review": PartialDate("2027")}, State.IN_ORDER, "2029-12-31"),
        ({"retention": "P5Y", "review": PartialDate("2026-11")}, State.UNKNOWN, "2029-12-31"),  # this month: no telling
        ({"retention": "unknown", "review": PartialDate("2027")}, State.UNKNOWN, None),
        ({"collected": PartialDate("unknown"), "review": PartialDate("2027")}, State.UNKNOWN, None),
        ({"retention": "unlimited", "review": PartialDate("2027")}, State.IN_ORDER, None),
        ({"stage": "disposed", "review": PartialDate("2027")}, State.IN_ORDER, "2025-12-31"),
        ({"owner": "unknown", "retention": "2030-01-01", "review": PartialDate("2027")}, State.UNKNOWN, "2030-01-01"),
    ],
)
def test_how_a_data_set_stands(changes, state, keep):
    (found,) = standing([one(**changes)], DAY)
    assert found.state is state
    assert (None if found.keep_until is None else str(found.keep_until)) == keep


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 30), st.integers(0, 40), st.integers(0, 400))
def test_a_period_never_goes_back_and_keeps_its_order(day, years, months, days):
    end = later(day, years, months, days)
    assert end >= day
    assert later(day, years, months, days + 1) > end
    # Twelve months are a year.
    assert later(day, years, months + 12, days) == later(day, years + 1, months, days)
