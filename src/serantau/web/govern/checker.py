"""The checker: may these data go there? A form, and its answer; the address is the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.govern import Decision, GovernError
from serantau.govern.decide import Decided
from serantau.govern.interpret import Ruling
from serantau.govern.model import Coverage, TermKind
from serantau.render.transfer import KINDS
from serantau.web.config.access import Role, access
from serantau.web.govern.asking import PLAIN, Room, day, flow_of, is_asked, named, room
from serantau.web.govern.parts import (
    duty_view,
    frame_of,
    label,
    profile_choices,
    rule_view,
    sets,
    ticks,
)
from serantau.web.govern.words import (
    country_name,
    decision_mark,
    decision_sentence,
    decision_word,
    member_name,
    paper_title,
)
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import Question


@access(Role.PUBLIC)
@answering(*PLAIN, named=named)
def check(request: HttpRequest, question: Question) -> HttpResponse:
    """The form; with an answer once enough is given."""
    found = room(question)
    context: dict[str, Any] = {
        **frame_of(found),
        "origins": [(found.decider.homes[one], member_name(found.bundle, one)) for one in found.decider.homes],
        "countries": sorted(
            ((code, country_name(found.bundle, code)) for code in found.decider.countries), key=lambda pair: pair[1]
        ),
        "choices": profile_choices(found),
    }
    origin = found.decider.member(question.more.get("from", ""))
    rules = found.law.rules(origin, question.asof) if origin in found.decider.homes else None
    atoms = () if rules is None else rules.atoms
    context["ticks"], context["other_ticks"] = ticks(found, atoms)
    context["judgements"] = _judgements(found, atoms)
    context["circumstances"] = _circumstances(found, origin)
    if is_asked(question.more):
        context.update(_answer(found))
    return page(request, question, "govern/check.html", context)


@dataclass(frozen=True)
class Circumstance:
    """A circumstance of the form."""

    name: str
    label: str
    text: str
    value: str


def _circumstances(found: Room, origin: str) -> list[Circumstance]:
    """What the law of the origin asks about, for the decision first and then for duties; nothing without an origin."""
    if origin not in found.decider.homes:
        return []
    rules = found.law.rules(origin, found.question.asof)
    names = [*rules.facts, *(name for rule in rules.provisions for one in rule.when for name in one.facts)]
    return [
        Circumstance(name, term.label, term.text, found.question.more.get(f"fact.{name}", ""))
        for name in dict.fromkeys(names)
        for term in [found.law.vocabulary.term(TermKind.FACT, name)]
    ]


@dataclass(frozen=True)
class Judgement:
    """A judgement of the form."""

    name: str
    label: str
    text: str
    value: str
    by: str
    on: str


def _judgements(found: Room, atoms: tuple[str, ...]) -> list[Judgement]:
    asked = {atom.partition("=")[0] for atom in atoms if "=" in atom}
    given = found.question.more
    return [
        Judgement(
            term.id,
            term.label,
            term.text,
            given.get(f"judged.{term.id}", ""),
            given.get(f"judged.{term.id}.by", ""),
            given.get(f"judged.{term.id}.on", ""),
        )
        for term in found.law.vocabulary.of(TermKind.ASSESSMENT)
        if term.id in asked
    ]


def decided(found: Room) -> Decided:
    """The answer to a question that is complete.

    Raises:
        QuestionError: if it cannot be answered.
    """
    if not is_asked(found.question.more):
        raise QuestionError(_("Say from where to where, which data, who sends them and who gets them."), "from")
    flow, judged = flow_of(found)
    first = found.question.more.get("first")
    try:
        return found.decider.decide(flow, found.question.asof, judged, day(first, "first") if first else None)
    except GovernError as error:
        raise QuestionError(str(error)) from error


def _answer(found: Room) -> dict[str, Any]:
    """What the page shows of the answer."""
    answer = decided(found)
    flow = answer.flow
    change = answer.next_change
    return {
        "answer": answer,
        "papers": [(kind, paper_title(kind)) for kind in KINDS],
        "address": urlencode(sorted({**found.question.given, **found.question.more}.items())),
        "word": decision_word(answer.decision),
        "mark": decision_mark(answer.decision),
        "sentence": decision_sentence(answer.decision),
        "kind": answer.decision.value,
        "origin_name": member_name(found.bundle, flow.origin),
        "destination_name": country_name(found.bundle, flow.destination),
        "rules": [rule_view(found, rule) for rule in answer.rules],
        "missing": sets(found.law, answer.missing),
        "turns_on": [label(found.law, name) for name in answer.turns_on],
        "unresolved": [rule_view(found, rule, doubtful=True) for rule in answer.unresolved],
        "duties": [duty_view(found, due) for due in answer.duties],
        "importing": [rule_view(found, rule) for rule in answer.importing.rules],
        "abroad": flow.destination != found.decider.homes[flow.origin],
        "change": change,
        "change_word": decision_word(change.decision) if change else "",
        "new_duties": [rule_view(found, rule) for rule in change.new_duties] if change else [],
        "ended_duties": [rule_view(found, rule) for rule in change.ended_duties] if change else [],
        "steps": _steps(found, answer),
        "conflicts": [
            one
            for one in found.law.conflicts
            if one.kind != "gap" and {rule.id for rule in (*answer.rules, *answer.unresolved)} & set(one.provisions)
        ],
    }


@dataclass(frozen=True)
class Step:
    """What one layer says, in one reading."""

    title: str
    said: str
    rules: tuple[str, ...]


@dataclass(frozen=True)
class ReadingView:
    """One reading, step by step."""

    supposed: tuple[str, ...]
    word: str
    steps: tuple[Step, ...]
    looked: str


def _steps(found: Room, answer: Decided) -> list[ReadingView]:
    """One reading for each decision that the readings come to."""
    first: dict[Decision, ReadingView] = {}
    stated = dict(answer.flow.facts)
    for reading in answer.readings:
        if reading.decision in first:
            continue
        supposed = [
            f"{label(found.law, name)}: {_('yes') if value else _('no')}"
            for name, value in reading.flow.facts
            if name not in stated
        ]
        if answer.flow.volume is None and reading.flow.volume is not None:
            supposed.append(found.law.vocabulary.term(TermKind.VOLUME, reading.flow.volume).label)
        supposed += [_("%s does not hold") % rule_view(found, found.law.by_id[name]).where for name in reading.without]
        looked = next((fact.looked for fact in reading.path if isinstance(fact, Coverage)), "")
        steps = tuple(
            Step(
                found.law.layer_of[layer.layer].title,
                _said(layer.ruling),
                tuple(rule_view(found, rule).where for rule in layer.path),
            )
            for layer in reading.layers
        )
        first[reading.decision] = ReadingView(tuple(supposed), decision_word(reading.decision), steps, looked)
    return list(first.values())


def _said(ruling: Ruling) -> str:
    return {
        Ruling.NOT_BOUND: _("does not bind this sender, or says nothing of these data"),
        Ruling.NOT_A_TRANSFER: _("does not count this as a transfer"),
        Ruling.SILENT: _("binds, and puts no bar"),
        Ruling.PASSED: _("lets it pass"),
        Ruling.BLOCKED: _("bars it until something more is in hand"),
        Ruling.CLOSED: _("bars it, and knows no way past"),
    }[ruling]
