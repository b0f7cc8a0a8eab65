"""The law browser: every provision with its versions, sources and grade; what is open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import Truth
from serantau.facts import is_known, is_valid
from serantau.govern.model import Provision, TermKind
from serantau.web.config.access import Role, access
from serantau.web.govern.asking import Room, room
from serantau.web.govern.parts import evidence_label, frame_of, rule_view
from serantau.web.govern.words import deadline_text, member_name
from serantau.web.measure.parts import source_view
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import NotHereError, QuestionError
from serantau.web.site.question import Question


@access(Role.PUBLIC)
@answering("member", "all")
def law(request: HttpRequest, question: Question) -> HttpResponse:
    """The provisions of a member on the day of the question, layer by layer; with ``all=yes`` of all times."""
    found = room(question)
    member = _member(found)
    every = question.more.get("all") == "yes"
    rules = found.law.rules(member, question.asof)
    held = [rule for rule in found.law.of(member) if is_known(rule, question.asof)]
    shown = held if every else [*rules.provisions, *rules.imports]
    layers = [
        (
            layer,
            [
                (rule_view(found, rule, doubtful=rule.id in rules.doubtful), _holds(question, rule))
                for rule in shown
                if rule.layer == layer.id
            ],
        )
        for layer in found.law.layers
        if layer.member == member
    ]
    context = {
        **frame_of(found),
        "member": member,
        "member_name": member_name(found.bundle, member),
        "layers": [(layer, rows) for layer, rows in layers if rows],
        "coverage": [rule_view(found, row) for row in rules.coverage],
        "instruments": [
            (one, source_view(found.bundle, one.source)) for one in found.law.instruments if one.member == member
        ],
        "classes": [
            (one, [found.law.vocabulary.term(TermKind.DATA, word).label for word in one.data])
            for one in found.law.classes
            if one.member == member and one.id in rules.classes
        ],
        "conflicts": [one for one in found.law.conflicts if one.member in {member, None}],
        "every": every,
        "boundaries": found.law.boundaries(member, question.asof.known),
    }
    return page(request, question, "govern/law.html", context)


@access(Role.PUBLIC)
@answering()
def provision(request: HttpRequest, question: Question, provision: str) -> HttpResponse:
    """One provision: whom it binds, what it asks, its versions, its sources."""
    found = room(question)
    rule = found.law.by_id.get(provision)
    if rule is None:
        raise NotHereError(_("There is no provision %s.") % provision[:80], {"/govern/law/": _("Law")})
    member = found.law.member_of(rule)
    versions = [one for one in found.law.of(member) if rule.series is not None and one.series == rule.series]
    words = found.law.vocabulary
    context = {
        **frame_of(found),
        "rule": rule,
        "view": rule_view(found, rule),
        "instrument": found.law.instrument_of[rule.instrument],
        "layer": found.law.layer_of[rule.layer],
        "member": member,
        "member_name": member_name(found.bundle, member),
        "versions": [(rule_view(found, one), one.id == rule.id) for one in versions],
        "conditions": [_condition(found, one, member) for one in rule.when],
        "ways": [([evidence_label(found.law, atom) for atom in way.holds], way.article) for way in rule.ways],
        "lifts": [rule_view(found, found.law.by_id[name]) for name in rule.lifts],
        "frees": [rule_view(found, found.law.by_id[name]) for name in rule.frees],
        "duties": [(one, deadline_text(one.deadline)) for one in rule.duties],
        "more_sources": [source_view(found.bundle, name) for name in rule.more_sources],
        "conflicts": [one for one in found.law.conflicts if rule.id in one.provisions],
        "holds": _holds(question, rule),
        "unresolved": rule.standing.value == "unresolved",
        "words": words,
    }
    return page(request, question, "govern/provision.html", context)


@access(Role.PUBLIC)
@answering()
def open_points(request: HttpRequest, question: Question) -> HttpResponse:
    """Sources that contradict each other, and texts that nobody has read."""
    found = room(question)
    rows = [
        (one, member_name(found.bundle, one.member) if one.member else "", source_view(found.bundle, one.source))
        for one in found.law.conflicts
    ]
    return page(request, question, "govern/open.html", {**frame_of(found), "rows": rows})


def _member(found: Room) -> str:
    wanted = found.question.more.get("member")
    if wanted is None:
        return found.law.members[0]
    member = found.decider.member(wanted)
    if member not in found.law.members:
        raise QuestionError(_("No law is held of %s.") % wanted, "member")
    return member


def _holds(question: Question, rule: Provision) -> str:
    truth = is_valid(rule, question.asof)
    return {Truth.YES: _("in force"), Truth.NO: _("not in force"), Truth.UNKNOWN: _("perhaps in force")}[truth]


def _condition(found: Room, condition: object, member: str) -> list[str]:
    """A condition in words."""
    law = found.law
    classes = {row.id: row.title for row in law.classes if row.member == member}
    parts = []
    for kind in (TermKind.DATA, TermKind.SECTOR, TermKind.EXPORTER, TermKind.RECIPIENT, TermKind.VOLUME):
        words = getattr(condition, kind.value)
        if words:
            labels = [classes.get(word) or law.vocabulary.term(kind, word).label for word in words]
            parts.append(" / ".join(labels))
    for name, value in getattr(condition, "facts").items():  # noqa: B009 - a condition of any kind
        term = law.vocabulary.term(TermKind.FACT, name).label
        parts.append(f"{term}: {_('yes') if value else _('no')}")
    return parts
