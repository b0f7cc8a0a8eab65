"""Rule: for every route, whoever asks gets what the table of roles says; a route that stands in no table fails."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from tests.support.regions import THREELANDS
from tests.support.roles import CAST, Case, deviations, route_names


def tables():
    """All cases of all rooms."""
    for path in sorted(Path(__file__).parent.glob("table_*.py")):
        specification = importlib.util.spec_from_file_location(f"roles_{path.stem}", path)
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        yield from module.CASES


CASES: list[Case] = list(tables())


@pytest.mark.parametrize("case", CASES, ids=[case.label for case in CASES])
def test_everybody_gets_what_the_table_says(case, db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)
    assert deviations(case) == []


def test_every_route_stands_in_a_table():
    assert sorted(set(route_names()) - {case.route for case in CASES}) == []


def test_no_case_stands_twice():
    labels = [case.label for case in CASES]
    assert sorted(label for label in set(labels) if labels.count(label) > 1) == []


def test_a_table_names_nobody_who_does_not_ask():
    assert {who for case in CASES for who in {*case.allowed, *case.others}} <= set(CAST)
