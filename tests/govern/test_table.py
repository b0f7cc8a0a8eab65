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


LARGE = 5_000
"""Cells above which a table is proved in part; `make soak` proves it whole."""
STEP = 199


def test_the_shipped_law_is_proved(shipped, record_property):
    """Every cell of every member's law of the day, of a large table every 199th; the cardinality is printed."""
    table = table_of(shipped, DAYS[-1])
    total = 0
    for member, origin in table.origins.items():
        total += cardinality(origin)
        proof = prove(origin, every=STEP if origin.grid.size > LARGE else 1)
        assert proof.differences == ()
        print(  # noqa: T201 - the cardinality is part of the claim
            f"{member}: {origin.grid.size} cells, {proof.cells} looked at, {proof.calls} of {cardinality(origin)} questions"
        )
    record_property("questions of a whole proof", total)
    assert total <= 20_000_000


def test_every_version_of_the_shipped_law_is_proved_in_part(shipped):
    """The law of every span of days in which it does not change: every 997th cell, and all of small tables."""
    law = shipped.law
    for member in law.members:
        for day in law.boundaries(member):
            origin = compile_rules(law, {member: shipped.homes[member]}, day).origin(member)
            every = 1 if origin.grid.size < 50 else 97 if origin.grid.size < LARGE else 4_001
            assert prove(origin, every=every).differences == (), (member, day)


@pytest.mark.soak
def test_the_shipped_law_is_proved_whole(shipped):
    for origin in table_of(shipped, DAYS[-1]).origins.values():
        proof = prove(origin)
        assert proof.differences == ()
        assert proof.calls == cardinality(origin)


@pytest.mark.soak
def test_every_version_of_the_shipped_law_is_proved(shipped):
    law = shipped.law
    for member in law.members:
        for day in law.boundaries(member):
            origin = compile_rules(law, {member: shipped.homes[member]}, day).origin(member)
            every = 23 if origin.grid.size > LARGE else 1
            assert prove(origin, every=every).differences == (), (member, day)
