"""Rule: the decision table is the interpreter, cell by cell; a bulk look-up is the table, row by row."""

from __future__ import annotations

import itertools
from datetime import date

import numpy as np
import pytest

from serantau.base import AsOf
from serantau.govern import DECISIONS, Decision, Flow, GovernError
from serantau.govern.proof import cardinality, prove
from serantau.govern.table import Profile, compile_rules

DAYS = (date(2022, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2026, 11, 21))
PLAIN = Profile("personal", "general", "controller/private", "processor")
PROFILES = (
    PLAIN,
    Profile("personal.health", "health", "controller/private", "controller", "few", (("related", False),)),
    Profile("non-personal", "general", "controller/public", "processor", "many", (("transit", True),)),
)
HOLDINGS = (frozenset(), frozenset({"lands-clauses"}), frozenset({"similar-law=yes", "approval"}))


def table_of(bundle, day):
    return compile_rules(bundle.law, bundle.homes, day)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_table_is_interpreter_on_every_cell(threelands, day):
    for origin in table_of(threelands, day).origins.values():
        proof = prove(origin)
        assert proof.differences == ()
        assert proof.calls == cardinality(origin) > 0


def test_a_bulk_look_up_is_the_table_on_every_row(threelands):
    table = table_of(threelands, DAYS[-1])
    bulk = table.flatten(PROFILES, HOLDINGS)
    sizes = (len(bulk.codes.origin), len(bulk.codes.destination), len(PROFILES), len(HOLDINGS))
    rows = np.array(list(itertools.product(*map(range, sizes))), np.uint8)
    looked = bulk.lookup(*rows.T)
    for (origin, destination, profile, holding), decision, reason in zip(rows, *looked, strict=True):
        flow = Flow(
            bulk.codes.origin[origin],
            bulk.codes.destination[destination],
            *PROFILES[profile],
            holds=HOLDINGS[holding],
        )
        found = table.explain(flow)
        why = bulk.reasons[reason]
        assert DECISIONS[decision] is found.decision is why.decision
        assert (why.rules, why.confidence, why.missing) == (found.rules, found.confidence, found.missing)


def test_data_that_stay_at_home_are_not_transferred(threelands):
    flow = Flow("QBB", "XB", *PLAIN)
    assert table_of(threelands, DAYS[0]).explain(flow).decision is Decision.NOT_A_TRANSFER


@pytest.mark.parametrize(
    "columns, message",
    [
        ((np.array([9], np.uint8),) + (np.zeros(1, np.uint8),) * 3, "A code of origin is 9"),
        ((np.zeros(1, np.uint8), np.array([255], np.uint8)) + (np.zeros(1, np.uint8),) * 2, "A code of destination"),
        ((np.zeros(2, np.uint8),) + (np.zeros(1, np.uint8),) * 3, "must have the same"),
        ((np.zeros(1, np.int64),) + (np.zeros(1, np.uint8),) * 3, "unsigned"),
    ],
)
def test_codes_in_no_dictionary_are_refused(threelands, columns, message):
    bulk = table_of(threelands, DAYS[0]).flatten((PLAIN,), (frozenset(),))
    with pytest.raises(GovernError, match=message):
        bulk.lookup(*columns)


def test_words_in_no_list_are_refused(threelands):
    table = table_of(threelands, DAYS[0])
    with pytest.raises(GovernError, match="personal.helth.*Did you mean personal.health"):
        table.flatten((PLAIN._replace(data="personal.helth"),), (frozenset(),))
    with pytest.raises(GovernError, match="there is no safeguard 'clause'"):
        table.flatten((PLAIN,), (frozenset({"clause"}),))


def test_what_was_not_known_yet_is_not_in_the_table(threelands):
    rules = threelands.law.rules("QAA", AsOf(DAYS[-1], date(2024, 5, 31)))
    assert (rules.provisions, rules.coverage) == ((), ())
