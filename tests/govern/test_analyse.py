"""Rule: answers about many flows are the answers about each: matrix, gaps, differences and reforms by brute force."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from serantau.base import AsOf
from serantau.govern import Decision, Flow, GovernError, interpret
from serantau.govern.analyse import by_safeguard, diff, gaps, matrix
from serantau.govern.edit import overlay, parse_scratch
from serantau.govern.model import TermKind
from serantau.govern.reform import apply, candidates, flows_of, reforms
from serantau.govern.report import Finding, report
from serantau.govern.table import DecisionTable, Profile, compile_rules

DAY = date(2026, 11, 21)
STATED = (("related", False), ("transit", False))
PLAIN = Profile("personal", "general", "controller/private", "processor", "few", STATED)


def plainly(bundle, law, flow, day=DAY):
    """The interpreter's answer."""
    rules = law.rules(flow.origin, AsOf(day))
    return interpret(rules, law.vocabulary, flow, bundle.homes[flow.origin]).decision


@pytest.fixture(scope="module")
def table(threelands):
    return compile_rules(threelands.law, threelands.homes, DAY)


def every_profile(vocabulary, facts):
    """Each combination of words and of stated circumstances."""
    kinds = (TermKind.DATA, TermKind.SECTOR, TermKind.EXPORTER, TermKind.RECIPIENT, TermKind.VOLUME)
    for words in itertools.product(*(vocabulary.words(kind) for kind in kinds)):
        for values in itertools.product((False, True), repeat=len(facts)):
            yield Profile(*words, facts=tuple(zip(facts, values, strict=True)))


def test_the_matrix_is_its_flows(threelands, table):
    answer = matrix(table, PLAIN, frozenset({"lands-clauses"}), ["XA", "XB", "XC", "JP"])
    for origin, row in zip(answer.origins, answer.cells, strict=True):
        for destination, cell in zip(answer.destinations, row, strict=True):
            flow = Flow(origin, destination, *PLAIN, holds=frozenset({"lands-clauses"}))
            assert cell.decision is plainly(threelands, threelands.law, flow)


def test_safeguards_alone(threelands, table):
    for row in by_safeguard(table, PLAIN, "JP"):
        for atom, decision in row.alone.items():
            flow = Flow(row.origin, "JP", *PLAIN, holds=frozenset({atom}))
            assert decision is plainly(threelands, threelands.law, flow)


def test_gaps_are_the_flows_that_no_evidence_lets_go(threelands, table):
    """A flow is in a gap exactly if the interpreter lets it go with none of: everything, with each assessment either way."""
    vocabulary = threelands.law.vocabulary
    everything = frozenset(vocabulary.words(TermKind.SAFEGUARD))
    judged = vocabulary.words(TermKind.ASSESSMENT)
    found = gaps(table, {})
    for origin in table.origins:
        names = threelands.law.rules(origin, AsOf(DAY)).facts
        for profile in every_profile(vocabulary, names):
            full = [
                everything | {f"{name}={finding}" for name, finding in zip(judged, findings, strict=True)}
                for findings in itertools.product(("yes", "no"), repeat=len(judged))
            ]
            shut = not any(
                plainly(threelands, threelands.law, Flow(origin, "JP", *profile, holds=holds)).may_go for holds in full
            )
            spoken = [gap for gap in found if gap.origin == origin and holds_of(gap.values, profile)]
            assert bool(spoken) is shut, profile


def holds_of(values, profile):
    """Whether a profile falls into a cell that is described by its values."""
    given = {
        "data": profile.data,
        "sector": profile.sector,
        "exporter": profile.exporter,
        "recipient": profile.recipient,
        "volume": profile.volume,
    } | {name: str(value).lower() for name, value in profile.facts}
    return all(given[name] in words for name, words in values.items() if name in given)


def test_differences_are_the_flows_whose_answers_differ(threelands, table):
    """Every flow, with nothing and with each single piece of evidence, before and after the amendment of 2025."""
    law, vocabulary = threelands.law, threelands.law.vocabulary
    earlier = date(2024, 12, 31)
    found = diff(compile_rules(law, threelands.homes, earlier), table)
    evidence = [frozenset(), *(frozenset({one}) for one in law.rules("QAA", AsOf(DAY)).atoms)]
    for profile in every_profile(vocabulary, ("transit",)):
        answers = [
            [plainly(threelands, law, Flow("QAA", "JP", *profile, holds=holds), day) for holds in evidence]
            for day in (earlier, DAY)
        ]
        spoken = [one for one in found if one.origin == "QAA" and holds_of(one.values, profile)]
        assert not (answers[0] != answers[1] and not spoken), profile
        for one in spoken:
            assert (one.before, one.after) == (answers[0][0], answers[1][0])
    assert {one.origin for one in found} == {"QAA"}
    assert ("similar-law=yes",) in {way for one in found for way in one.ways_after if way not in one.ways_before}


SCRATCH = """
provisions:
  - id: new-1
    instrument: ast-act
    article: s99
    layer: ast-privacy
    effect: permits
    text: On trial.
    ways: [{holds: [group-rules]}]
    valid_from: 2026-01-01
    valid_to: open
    source: recalled
    grade: memory
    known: 2026-01-01
remove: [ast-4]
"""


def test_a_scratch_file_is_laid_over_the_law(threelands, table):
    law = threelands.law
    scratch = parse_scratch("scratch.yaml", SCRATCH.encode(), law)
    after = DecisionTable(overlay(law, scratch), threelands.homes, table.asof)
    found = diff(table, after)
    assert {one.origin for one in found} == {"QAA"}
    plain = next(one for one in found if one.before is Decision.PERMITTED_IF)
    assert ("clauses",) in plain.ways_before
    assert ("clauses",) not in plain.ways_after
    assert ("group-rules",) in plain.ways_after
    assert law.by_id.keys() == threelands.law.by_id.keys()


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("effect: permits", "effect: permit", "scratch.yaml:7"),
        ("layer: ast-privacy", "layer: bor-data", "the layer bor-data is of QBB"),
        ("holds: [group-rules]", "holds: [grouprules]", "scratch.yaml:3.*'grouprules' is unknown"),
        ("remove: [ast-4]", "remove: [ast-44]", "no provision 'ast-44'"),
        ("    article: s99\n", "", "'article' is missing"),
    ],
)
def test_a_wrong_scratch_file_is_refused_by_line(threelands, old, new, message):
    text = SCRATCH.replace(old, new)
    with pytest.raises(GovernError) as caught:
        parse_scratch("scratch.yaml", text.encode(), threelands.law)
    assert __import__("re").search(message, str(caught.value))


def test_reforms_are_exact(threelands):
    """Every set of up to three changes over all members, tried with the interpreter."""
    law, homes = threelands.law, threelands.homes
    asof = AsOf(DAY)
    profiles = [PLAIN, PLAIN._replace(data="personal.health"), PLAIN._replace(volume="many")]
    flows = flows_of(homes, profiles, frozenset({"lands-clauses"}), {("XA", "XB"): 5.0, ("XB", "XC"): 2.0})
    found = reforms(law, homes, flows, asof, ["lands-clauses"], 3)
    rules = {member: law.rules(member, asof) for member in homes}
    shut = [one for one in flows if not plainly(threelands, law, one.flow).may_go]
    assert found.open_now == sum(one.weight for one in flows) - sum(one.weight for one in shut)
    changes = [change for member in homes for change in candidates(rules[member], ["lands-clauses"])]

    def opened(choice):
        edited = law
        for member in homes:
            mine = [change for change in choice if change.member == member]
            edited = apply(edited, rules[member], mine) if mine else edited
        return sum(one.weight for one in shut if plainly(threelands, edited, one.flow).may_go)

    for scored in (*found.singles, *found.pairs):
        assert scored.opened == pytest.approx(opened(scored.changes))
    for number, best in enumerate(found.best, start=1):
        most = max(
            opened(choice)
            for size in range(number + 1)
            for choice in itertools.combinations(changes, size)
            if len({one.target for one in choice}) == len(choice)
        )
        assert best.opened == pytest.approx(most)


def test_the_compiler_reports_what_it_notices(threelands, table):
    noticed = {(one.finding, one.rules) for member in table.origins for one in report(table, member)}
    assert (Finding.HOLE, ()) in noticed
    removed = overlay(threelands.law, parse_scratch("x.yaml", b"remove: [bor-9]", threelands.law))
    assert any(
        one.rules == ("bor-10",) and one.finding is Finding.NEVER_DECIDES
        for one in report(DecisionTable(removed, threelands.homes, table.asof), "QBB")
    )
    assert (Finding.CONTRADICTION, ("bor-10",)) in noticed


def test_evidence_that_harms_is_reported_and_must_be_declared(threelands, table):
    harmful = SCRATCH.replace("{holds: [group-rules]}", "{holds: [group-rules], unless: [consent]}")
    with pytest.raises(GovernError, match="more evidence closes a way"):
        parse_scratch("scratch.yaml", harmful.encode(), threelands.law)
    declared = harmful.replace("    text: On trial.\n", "    text: On trial.\n    non_monotone: true\n")
    edited = overlay(threelands.law, parse_scratch("scratch.yaml", declared.encode(), threelands.law))
    found = report(DecisionTable(edited, threelands.homes, table.asof), "QAA")
    assert [(one.rules, one.declared) for one in found if one.finding is Finding.NOT_MONOTONE] == [(("new-1",), True)]
