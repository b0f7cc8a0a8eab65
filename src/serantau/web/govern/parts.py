"""What the pages of the room show of a rule, a duty, a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from serantau.base import Truth
from serantau.facts import Grade
from serantau.govern import Decision, LawFacts
from serantau.govern.duties import Due
from serantau.govern.model import Coverage, Provision, Term, TermKind
from serantau.web.govern.asking import PROFILE, Room
from serantau.web.govern.words import (
    cite,
    deadline_text,
    decision_mark,
    decision_word,
    effect_word,
    member_name,
    no_advice,
)
from serantau.web.measure.parts import SourceView, source_view


@dataclass(frozen=True)
class RuleView:
    """A rule or coverage fact as shown."""

    id: str
    where: str
    effect: str
    text: str
    note: str
    grade: Grade
    source: SourceView
    valid_from: str
    valid_to: str
    known: str
    is_provision: bool
    doubtful: bool = False


def rule_view(found: Room, rule: Provision | Coverage, *, doubtful: bool = False) -> RuleView:
    """A rule with where it stands and what it rests on."""
    provision = isinstance(rule, Provision)
    return RuleView(
        id=rule.id,
        where=cite(found.law, rule) if provision else _("What was looked for and not found"),
        effect=effect_word(rule.effect) if provision else _("coverage"),
        text=rule.text if provision else f"{rule.text} {rule.looked}",
        note=rule.note,
        grade=rule.grade,
        source=source_view(found.bundle, rule.source),
        valid_from=str(rule.valid_from),
        valid_to=str(rule.valid_to),
        known=str(rule.known),
        is_provision=provision,
        doubtful=doubtful,
    )


@dataclass(frozen=True)
class DutyView:
    """A duty as shown."""

    text: str
    by: str
    when: str
    to: str
    perhaps: bool
    turns_on: tuple[str, ...]
    rule: RuleView


def duty_view(found: Room, due: Due) -> DutyView:
    """A duty, by when, to whom, and on which rule it rests."""
    return DutyView(
        text=due.duty.text,
        by=due.by.isoformat() if due.by else "",
        when=deadline_text(due.duty.deadline),
        to=due.duty.to,
        perhaps=due.certain is not Truth.YES,
        turns_on=tuple(label(found.law, name) for name in due.turns_on),
        rule=rule_view(found, due.rule),
    )


def label(law: LawFacts, name: str) -> str:
    """A circumstance, or the number of people, as a reader knows it."""
    if name == "volume":
        return _("how many people the data are about")
    return law.vocabulary.term(TermKind.FACT, name).label


def evidence_label(law: LawFacts, atom: str) -> str:
    """A piece of evidence as a reader knows it."""
    name, sign, finding = atom.partition("=")
    if not sign:
        return law.vocabulary.term(TermKind.SAFEGUARD, name).label
    question = law.vocabulary.term(TermKind.ASSESSMENT, name).label
    return (
        _("%(question)s Assessed: yes.") % {"question": question}
        if finding == "yes"
        else (_("%(question)s Assessed: no.") % {"question": question})
    )


def sets(law: LawFacts, ways: Iterable[tuple[str, ...]]) -> list[list[str]]:
    """Sets of evidence as a reader knows them."""
    return [[evidence_label(law, atom) for atom in way] for way in ways]


@dataclass(frozen=True)
class Choice:
    """A field of the form with its values."""

    name: str
    title: str
    help: str
    value: str
    options: tuple[tuple[str, str], ...]
    optional: bool = False


def profile_choices(found: Room, names: Iterable[str] = PROFILE) -> list[Choice]:
    """The fields that describe what is sent and by whom."""
    given, words = found.question.more, found.law.vocabulary
    titles = {
        "data": (_("Which data?"), _("The most delicate kind among them decides. Check twice if there are several.")),
        "sector": (_("In which business?"), _("The business of whoever sends the data.")),
        "exporter": (_("Who sends them?"), _("Does it decide what the data are for, or work for somebody who does?")),
        "recipient": (_("What will the recipient do with them?"), _("Use them for ends of its own, or follow orders?")),
        "volume": (_("About how many people?"), _("Some laws ask. Leave it open if you do not know.")),
    }
    choices = []
    for name in names:
        options = tuple((term.id, term.label) for term in words.of(TermKind(name)))
        default = "general" if name == "sector" and words.has(TermKind.SECTOR, "general") else ""
        choices.append(Choice(name, *titles[name], given.get(name, default), options, optional=name == "volume"))
    return choices


@dataclass(frozen=True)
class Tick:
    """A safeguard that may be ticked."""

    term: Term
    ticked: bool


def ticks(found: Room, relevant: Iterable[str]) -> tuple[list[Tick], list[Tick]]:
    """Safeguards that the law of the origin asks for, with what counts as them; then all others."""
    wanted = set(relevant)
    first: list[Tick] = []
    rest: list[Tick] = []
    for term in found.law.vocabulary.of(TermKind.SAFEGUARD):
        tick = Tick(term, bool(found.question.more.get(f"holds.{term.id}")))
        named = not wanted.isdisjoint(found.law.vocabulary.wider(TermKind.SAFEGUARD, term.id))
        (first if named else rest).append(tick)
    return first, rest


@dataclass(frozen=True)
class CellView:
    """A decision in a matrix."""

    decision: Decision
    word: str
    mark: str
    address: str = ""


def cell_view(decision: Decision, address: str = "") -> CellView:
    """A decision with its word and its sign."""
    return CellView(decision, decision_word(decision), decision_mark(decision), address)


def frame_of(found: Room) -> dict[str, Any]:
    """What every page of the room needs."""
    return {
        "no_advice": no_advice(),
        "room": found,
        "given": found.question.more,
        "members": [(member, member_name(found.bundle, member)) for member in found.decider.homes],
        "legend": [cell_view(one) for one in Decision],
    }


def values_text(found: Room, values: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The inputs of a cell, with the values that fall into it, in words."""
    titles = {
        "data": _("Data"),
        "sector": _("Business"),
        "exporter": _("Sent by"),
        "recipient": _("Recipient"),
        "volume": _("People"),
        "destination": _("To"),
    }
    lines = []
    for name, words in values.items():
        if name in titles and name != "destination":
            lines.append((titles[name], _many([_value(found, name, word) for word in words])))
        elif name == "destination":
            lines.append((titles[name], _many(list(words))))
        else:
            said = {"true": _("yes"), "false": _("no"), "not stated": _("not stated")}
            lines.append((label(found.law, name), said.get(words[0], words[0])))
    return lines


def _value(found: Room, name: str, word: str) -> str:
    if word == "not stated":
        return _("not stated")
    return found.law.vocabulary.term(TermKind(name), word).label


def _many(words: list[str], most: int = 4) -> str:
    if len(words) <= most:
        return "; ".join(words)
    return _("%(first)s and %(number)s more") % {"first": "; ".join(words[: most - 1]), "number": len(words) - most + 1}
