"""What the files of a ``law`` folder must say of each other.

Each check names the record at fault by file and line, and goes on: one run
names every problem of the folder.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from serantau.base import Problem, suggest
from serantau.facts import FactFolder, Grade, Records, Source
from serantau.facts.model import RECALLED
from serantau.govern.facts import DIMENSIONS, GRADES, LawFacts, Vocabulary
from serantau.govern.model import (
    Condition,
    Conflict,
    DataClass,
    Defines,
    Effect,
    Instrument,
    Layer,
    Model,
    Provision,
    Term,
    TermKind,
    Way,
    When,
)

Table = dict[str, Records[Any]]
"""For each kind of record, the records with the ``file:line`` of each."""

Report = Callable[[str, str, str], None]


def check_law(law: LawFacts, tables: Table, folder: FactFolder) -> None:
    """Add every contradiction between the records to the folder's problems."""
    check = _Checks(law, tables, folder)
    check.ids()
    check.terms()
    check.sources()
    if check.incomplete("terms"):
        return
    for record, where in tables["layers"]:
        check.layer(record, where)
    for record, where in tables["classes"]:
        check.data_class(record, where)
    for record, where in tables["provisions"]:
        check.provision(record, where)
    for record, where in tables["coverage"]:
        check.conditions(record.member, record.when, where)
    for record, where in tables["conflicts"]:
        check.conflict(record, where)
    for record, where in tables["models"]:
        check.model(record, where)
    check.series()


def provision_problems(law: LawFacts, rule: Provision, where: str) -> list[Problem]:
    """What is wrong with one provision beside the law that it is laid over; its sources are not asked for."""
    folder = _Collecting()
    check = _Checks(law, {}, folder)
    check.provision(rule, where)
    return folder.problems


class _Place(Protocol):
    """Where problems are put, and what could not be read."""

    incomplete: set[str]
    sources: dict[str, Source]

    def report(self, where: str, what: str, fix: str = "") -> None:
        """Add a problem."""


class _Collecting:
    """Takes problems outside a folder."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.incomplete: set[str] = set()
        self.sources: dict[str, Source] = {}

    def report(self, where: str, what: str, fix: str = "") -> None:
        """Add a problem."""
        self.problems.append(Problem(where, what, fix))


class _Checks:
    """The checks, with what they all need."""

    def __init__(self, law: LawFacts, tables: Table, folder: _Place) -> None:
        self.law = law
        self.words: Vocabulary = law.vocabulary
        self.tables = tables
        self.folder = folder
        self.class_ids = {(row.member, row.id) for row in law.classes}

    def incomplete(self, key: str) -> bool:
        """Whether a file could not be read whole: what is missing from it is then no second defect."""
        if key == "provisions":
            return any(name.startswith("law/provisions/") for name in self.folder.incomplete)
        return f"law/{key}.yaml" in self.folder.incomplete

    def ids(self) -> None:
        """Ids are permanent and used once; words once for each kind."""
        first: dict[object, str] = {}
        for key, records in self.tables.items():
            for record, where in records:
                mine = (record.kind, record.id) if key == "terms" else record.id
                if mine in first:
                    what = f"the id {record.id!r} stands twice (first at {first[mine]})."
                    self.folder.report(where, what, "Ids are permanent and used once: give this record another.")
                first.setdefault(mine, where)

    def terms(self) -> None:
        """Wider words exist, and no word is wider than itself."""
        by_kind = {(term.kind, term.id): term for term in self.words.terms}
        for term, where in self.tables["terms"]:
            for wider in term.broader:
                if (term.kind, wider) not in by_kind:
                    known = [one.id for one in self.words.terms if one.kind is term.kind]
                    self.folder.report(where, f"the wider word {wider!r} is in no list.", suggest(wider, known))
            if _in_a_circle(term, by_kind):
                self.folder.report(where, f"{term.id} is wider than itself.", "Remove one of its `broader`.")

    def sources(self) -> None:
        """Sources named outside the keys that every fact has."""
        for records in self.tables.values():
            for record, where in records:
                for source in getattr(record, "more_sources", ()):
                    self._source(source, None, where)
                aligned = getattr(record, "dpv", None)
                if aligned is not None:
                    self._source(aligned.source, aligned.grade, where)

    def layer(self, record: Layer, where: str) -> None:
        """A layer is of a member whose law is held."""
        if not self.incomplete("instruments") and record.member not in {row.member for row in self.law.instruments}:
            self.folder.report(where, f"no instrument of the member {record.member!r} is held.", "Add one.")

    def data_class(self, record: DataClass, where: str) -> None:
        """A class of data lists words of the vocabulary, and names an instrument of its member."""
        for word in record.data:
            self._word(TermKind.DATA, word, where)
        self._instrument(record.instrument, record.member, where)
        if self.words.has(TermKind.DATA, record.id):
            self.folder.report(where, f"{record.id!r} is also a category of data.", "Give the class another id.")

    def provision(self, rule: Provision, where: str) -> None:
        """Everything that one provision names exists, and its keys suit its effect."""
        report = self.folder.report
        instrument = self.law.instrument_of.get(rule.instrument)
        if instrument is None:
            if not self.incomplete("instruments"):
                fix = suggest(rule.instrument, self.law.instrument_of) or "Add it to law/instruments.yaml."
                report(where, f"the instrument {rule.instrument!r} is in no list.", fix)
        else:
            self._layer_of(rule, instrument, where)
            self.conditions(instrument.member, rule.when, where)
            _within(rule, instrument, where, report)
        for atom in (atom for way in rule.ways for atom in (*way.holds, *way.unless)):
            self._atom(atom, where)
        for duty in rule.duties:
            self._word(TermKind.DUTY, duty.duty, where)
            for atom in duty.relying_on:
                self._atom(atom, where)
            deadline = duty.deadline
            if deadline is not None and (deadline.number is None) is not (deadline.unit is None):
                report(where, "a deadline with a number and no unit, or a unit and no number.", "Write both.")
            if deadline is not None and deadline.number is None and deadline.when is not When.BEFORE:
                report(where, f"a deadline `{deadline.when.value}` without a number.", "Write a number and a unit.")
        self._names(rule.lifts, Effect.PROHIBITS, rule, where)
        self._names(rule.frees, None, rule, where)
        _suits_its_effect(rule, where, report)
        if rule.article_grade is not None and GRADES.index(rule.article_grade) < GRADES.index(rule.grade):
            report(where, "the number of the article is better supported than the rule.", "Leave article_grade out.")

    def conditions(self, member: str, conditions: Iterable[Condition], where: str) -> None:
        """Words of conditions are in the vocabulary, or classes of the same member."""
        for condition in conditions:
            for kind in DIMENSIONS:
                for word in getattr(condition, kind.value):
                    if kind is not TermKind.DATA or (member, word) not in self.class_ids:
                        self._word(kind, word, where)
            for fact in condition.facts:
                self._word(TermKind.FACT, fact, where)

    def conflict(self, record: Conflict, where: str) -> None:
        """A conflict touches provisions that are held."""
        if self.incomplete("provisions"):
            return
        for name in record.provisions:
            if name not in self.law.by_id:
                self.folder.report(where, f"there is no provision {name!r}.", suggest(name, self.law.by_id))

    def model(self, record: Model, where: str) -> None:
        """Model clauses stand for a safeguard."""
        self._word(TermKind.SAFEGUARD, record.safeguard, where)

    def series(self) -> None:
        """Two versions of one rule are never in force on the same day."""
        versions: dict[str, list[tuple[Provision, str]]] = {}
        for rule, where in self.tables["provisions"]:
            if rule.series is not None:
                versions.setdefault(rule.series, []).append((rule, where))
        for rows in versions.values():
            ordered = sorted(rows, key=lambda row: (row[0].valid_from.earliest, row[0].valid_to.latest))
            for (one, _), (other, where) in itertools.pairwise(ordered):
                if one.valid_to.latest >= other.valid_from.earliest:
                    what = f"{other.id} and {one.id} are versions of one rule, and both in force on {other.valid_from}."
                    self.folder.report(where, what, "End the earlier one on the day before.")

    def _layer_of(self, rule: Provision, instrument: Instrument, where: str) -> None:
        layer = self.law.layer_of.get(rule.layer)
        if layer is None:
            if not self.incomplete("layers"):
                fix = suggest(rule.layer, self.law.layer_of) or "Add it to law/layers.yaml."
                self.folder.report(where, f"the layer {rule.layer!r} is in no list.", fix)
        elif layer.member != instrument.member:
            what = f"the layer {layer.id} is of {layer.member}, the instrument of {instrument.member}."
            self.folder.report(where, what, "Correct one of the two.")

    def _names(self, names: Iterable[str], effect: Effect | None, rule: Provision, where: str) -> None:
        if self.incomplete("provisions"):
            return
        for name in names:
            other = self.law.by_id.get(name)
            if other is None:
                self.folder.report(where, f"there is no provision {name!r}.", suggest(name, self.law.by_id))
            elif other.layer != rule.layer:
                self.folder.report(where, f"{name} is of another layer.", "A rule works inside its layer.")
            elif effect is not None and other.effect is not effect:
                self.folder.report(where, f"{name} {other.effect.value}, so there is nothing to lift.", "")

    def _instrument(self, wanted: str, member: str, where: str) -> None:
        if self.incomplete("instruments"):
            return
        found = self.law.instrument_of.get(wanted)
        if found is None:
            fix = suggest(wanted, self.law.instrument_of) or "Add it to law/instruments.yaml."
            self.folder.report(where, f"the instrument {wanted!r} is in no list.", fix)
        elif found.member != member:
            self.folder.report(where, f"the instrument {wanted} is of {found.member}, not of {member}.", "Correct one.")

    def _word(self, kind: TermKind, word: str, where: str) -> None:
        if not self.words.has(kind, word):
            known = [term.id for term in self.words.terms if term.kind is kind]
            self.folder.report(where, f"the {kind.value} {word!r} is unknown.", suggest(word, known) or "Add the word.")

    def _atom(self, atom: str, where: str) -> None:
        name, sign, _ = atom.partition("=")
        self._word(TermKind.ASSESSMENT if sign else TermKind.SAFEGUARD, name, where)

    def _source(self, source: str, grade: Grade | None, where: str) -> None:
        if source == RECALLED:
            if grade is not None and grade is not Grade.MEMORY:
                self.folder.report(where, "source `recalled` without grade memory.", "What is recalled has it.")
        elif source not in self.folder.sources and "sources.yaml" not in self.folder.incomplete:
            fix = suggest(source, self.folder.sources) or "Add it to sources.yaml."
            self.folder.report(where, f"the source {source!r} is not in sources.yaml.", fix)


def _in_a_circle(term: Term, by_kind: dict[tuple[TermKind, str], Term]) -> bool:
    seen: set[str] = set()
    waiting = list(term.broader)
    while waiting:
        word = waiting.pop()
        if word == term.id:
            return True
        found = by_kind.get((term.kind, word))
        if found is not None and word not in seen:
            seen.add(word)
            waiting.extend(found.broader)
    return False


def _within(rule: Provision, instrument: Instrument, where: str, report: Report) -> None:
    """A rule does not begin before its instrument, nor outlive it."""
    begin, end = instrument.valid_from, instrument.valid_to
    if rule.valid_from.known and begin.known and rule.valid_from.latest < begin.earliest:
        report(where, f"it begins on {rule.valid_from}, before its instrument ({begin}).", "Correct one of the two.")
    if end.known and (rule.valid_to.text == "open" or (rule.valid_to.known and rule.valid_to.earliest > end.latest)):
        report(where, f"it ends on {rule.valid_to}, after its instrument ({end}).", "Correct one of the two.")


_OWN_KEYS = {
    "defines": Effect.DEFINES,
    "ways": Effect.PERMITS,
    "lifts": Effect.PERMITS,
    "frees": Effect.EXEMPTS,
    "duties": Effect.REQUIRES,
}


def _suits_its_effect(rule: Provision, where: str, report: Report) -> None:
    """Each effect has its own keys; a key of another effect would be passed over in silence."""
    for key, effect in _OWN_KEYS.items():
        if getattr(rule, key) and rule.effect is not effect:
            report(where, f"`{key}` with the effect {rule.effect.value}.", f"It belongs to {effect.value}.")
    if rule.effect is Effect.DEFINES and rule.defines is None:
        words = ", ".join(one.value for one in Defines)
        report(where, "a provision that defines, without `defines`.", f"Write one of: {words}.")
    if rule.effect is Effect.EXEMPTS and not rule.frees:
        report(where, "an exemption that frees from nothing.", "Write `frees` with the ids of provisions.")
    if rule.effect is Effect.REQUIRES and not rule.duties:
        report(where, "a requirement without `duties`.", "Write what has to be done.")
    if not rule.non_monotone and any(way.unless for way in rule.ways):
        report(where, "more evidence closes a way of it.", "If the law says so, declare `non_monotone: true`.")
    if any(_contradicts_itself(way) for way in rule.ways):
        report(where, "a way asks for something and for its absence.", "Correct the way.")


def _contradicts_itself(way: Way) -> bool:
    both = {atom.partition("=")[0] for atom in way.holds if atom.endswith("=yes")}
    return not set(way.holds).isdisjoint(way.unless) or any(f"{name}=no" in way.holds for name in both)
