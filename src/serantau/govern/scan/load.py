"""Reads the ``handling`` folder of a region: recognisers, kinds of data, tiers and stages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from serantau.base import suggest
from serantau.facts import FactFolder, Records, Sourced
from serantau.govern.scan.checks import knows_list, problems_of
from serantau.govern.scan.model import Code, HandlingFacts, Kind, MemberRecogniser, NotCovered, Recogniser, Stage, Tier
from serantau.govern.scan.universal import TITLES, UNIVERSAL

FOLDER = "handling"
T = TypeVar("T")


def load_handling(folder: FactFolder) -> HandlingFacts | None:
    """Load how a region's data are told and handled; problems are added to the folder.

    Returns:
        The facts, or None if the region has no ``handling`` folder.
    """
    if not folder.names(FOLDER, ".yaml"):
        return None
    recognisers = folder.records(f"{FOLDER}/recognisers.yaml", "recognisers", MemberRecogniser)
    kinds = folder.records(f"{FOLDER}/kinds.yaml", "kinds", Kind)
    not_covered = folder.records(f"{FOLDER}/not_covered.yaml", "not_covered", NotCovered)
    tiers = folder.records(f"{FOLDER}/tiers.yaml", "tiers", Tier)
    stages = folder.records(f"{FOLDER}/stages.yaml", "stages", Stage)
    _check_recognisers(folder, recognisers, kinds)
    _check_kinds(folder, kinds)
    _check_unique(folder, tiers, lambda one: one.id)
    _check_unique(folder, tiers, lambda one: f"rank {one.rank}")
    _check_unique(folder, stages, lambda one: one.id)
    _check_unique(folder, stages, lambda one: f"order {one.order}")
    return HandlingFacts(
        recognisers=recognisers.rows,
        kinds=kinds.rows,
        not_covered=not_covered.rows,
        tiers=tuple(sorted(tiers.rows, key=lambda tier: tier.rank)),
        stages=tuple(sorted(stages.rows, key=lambda stage: stage.order)),
    )


def check_members(folder: FactFolder, facts: HandlingFacts, members: Iterable[str]) -> None:
    """Report members that the region does not have.

    Args:
        folder: Where problems go.
        facts: What was loaded.
        members: Alpha-3 codes of the region.
    """
    known = set(members)
    named: list[tuple[Sourced, str]] = [(one, one.member) for one in facts.recognisers]
    named += [(one, one.member) for one in facts.not_covered]
    for record, member in named:
        if member not in known:
            folder.report(
                folder.place(record), f"the member {member!r} is not in members.yaml.", suggest(member, known)
            )


def _check_recognisers(folder: FactFolder, recognisers: Records[MemberRecogniser], kinds: Records[Kind]) -> None:
    _check_unique(folder, recognisers, lambda one: one.id)
    taken = {one.id for one in UNIVERSAL}
    known = {kind.id for kind in kinds.rows} | set(TITLES)
    for recogniser, where in recognisers:
        if recogniser.id in taken:
            folder.report(
                where, f"{recogniser.id!r} is the id of a recogniser that every region has.", "Choose another."
            )
        if recogniser.kind not in known and f"{FOLDER}/kinds.yaml" not in folder.incomplete:
            folder.report(where, f"{recogniser.id}: no kind {recogniser.kind!r}.", suggest(recogniser.kind, known))
        _check_recogniser(folder, recogniser.plain(), where)


def _check_recogniser(folder: FactFolder, recogniser: Recogniser, where: str) -> None:
    problems = problems_of(recogniser)
    for problem in problems:
        folder.report(where, f"{recogniser.id}: {problem}", "")
    for rule in recogniser.rules:
        if isinstance(rule, Code) and rule.library and not knows_list(rule.library):
            what = f"{recogniser.id}: python-stdnum keeps no list {rule.library!r}."
            folder.report(where, what, "Name one of its lists, or write `codes`.")


def _check_kinds(folder: FactFolder, kinds: Records[Kind]) -> None:
    _check_unique(folder, kinds, lambda one: one.id)
    for kind, where in kinds:
        if any(value != value.lower() for value in kind.values):
            folder.report(where, f"{kind.id}: values are compared in lower case.", "Write them so.")


def _check_unique(folder: FactFolder, records: Records[T], name: Callable[[T], str]) -> None:
    first: dict[str, str] = {}
    for record, where in records:
        key = name(record)
        if key in first:
            folder.report(where, f"{key!r} stands twice (first at {first[key]}).", "Change one.")
        first.setdefault(key, where)
