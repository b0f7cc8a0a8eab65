"""Pages about many flows: the matrix, the gap map, what changes between two days, and reforms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import AsOf
from serantau.govern import Decision, Flow, GovernError
from serantau.govern.analyse import Changed, diff
from serantau.govern.analyse import matrix as matrix_of
from serantau.govern.model import TermKind
from serantau.govern.reform import Change, ChangeKind, Scored, flows_of
from serantau.govern.reform import reforms as search
from serantau.govern.table import Profile
from serantau.web.config.access import Role, access
from serantau.web.govern.asking import PROFILE, Room, day, holds_of, named, profile_of, room
from serantau.web.govern.parts import (
    Tick,
    cell_view,
    evidence_label,
    frame_of,
    profile_choices,
    sets,
    values_text,
)
from serantau.web.govern.words import cite, member_name
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import Question

SHOWN = 60
MOST_TOGETHER = 3


def _profile_context(found: Room) -> dict[str, Any]:
    """The form of a kind of flow, with its safeguards and circumstances."""
    words = found.law.vocabulary
    given = found.question.more
    return {
        **frame_of(found),
        "choices": profile_choices(found),
        "ticks": [Tick(term, bool(given.get(f"holds.{term.id}"))) for term in words.of(TermKind.SAFEGUARD)],
        "facts": [
            (term, given.get(f"fact.{term.id}", "")) for term in words.of(TermKind.FACT) if _asked(found, term.id)
        ],
    }


def _asked(found: Room, fact: str) -> bool:
    """Whether any member's law turns on a circumstance."""
    return any(fact in found.law.rules(member, found.question.asof).facts for member in found.law.members)


def _own(given: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name in PROFILE or name.startswith(("holds.", "fact."))}


@access(Role.PUBLIC)
@answering(*PROFILE, named=named)
def matrix(request: HttpRequest, question: Question) -> HttpResponse:
    """Who may send what to whom, with what is ticked."""
    found = room(question)
    profile, holds = profile_of(found), holds_of(question.more)
    table = found.decider.table(question.asof)
    answer = matrix_of(table, profile, holds)
    own = {**_plain(profile), **_own(question.more), **{name: question.given[name] for name in question.given}}
    rows = []
    for origin, cells in zip(answer.origins, answer.cells, strict=True):
        home = found.decider.homes[origin]
        shown = [
            cell_view(cell.decision, "/govern/?" + urlencode({"from": home, "to": there, **own}))
            for there, cell in zip(answer.destinations, cells, strict=True)
        ]
        abroad = next((cell for there, cell in zip(answer.destinations, cells, strict=True) if there != home), None)
        missing = sets(found.law, abroad.missing[:3]) if abroad else []
        rows.append((member_name(found.bundle, origin), shown, abroad.confidence if abroad else None, missing))
    by_home = {code: member for member, code in found.decider.homes.items()}
    columns = [(code, member_name(found.bundle, by_home[code])) for code in answer.destinations]
    context = {**_profile_context(found), "rows": rows, "columns": columns}
    return page(request, question, "govern/matrix.html", context)


def _plain(profile: Profile) -> dict[str, str]:
    words = {name: getattr(profile, name) for name in PROFILE}
    return {name: value for name, value in words.items() if value is not None}


@access(Role.PUBLIC)
@answering("sector", "exporter", "recipient", "volume", named=named)
def gaps(request: HttpRequest, question: Question) -> HttpResponse:
    """For which data no lawful path is known, member by member."""
    found = room(question)
    profile = profile_of(found)
    table = found.decider.table(question.asof)
    data = found.law.vocabulary.of(TermKind.DATA)
    elsewhere = next(code for code in found.decider.countries if code not in found.decider.homes.values())
    rows = []
    for member in found.decider.homes:
        cells = []
        for term in data:
            flow = Flow(member, elsewhere, *profile._replace(data=term.id))
            explained = table.explain(flow)
            path = bool(explained.answer.ways)
            decision = Decision.PERMITTED if path else explained.decision
            cells.append((cell_view(decision), len(explained.answer.ways)))
        rows.append((member_name(found.bundle, member), cells))
    choices = profile_choices(found, ("sector", "exporter", "recipient", "volume"))
    context = {**_profile_context(found), "choices": choices, "rows": rows, "data": data}
    return page(request, question, "govern/gaps.html", context)


@access(Role.PUBLIC)
@answering("member", "before", "after", costly=True)
def changes(request: HttpRequest, question: Question) -> HttpResponse:
    """What changes between two days, cell by cell."""
    found = room(question)
    given = question.more
    wanted = given.get("member", "")
    member = found.decider.member(wanted) if wanted else found.law.members[0]
    if member not in found.law.members:
        raise QuestionError(_("No law is held of %s.") % wanted, "member")
    edges = found.law.boundaries(member, question.asof.known)
    latest = max((one for one in edges if one <= question.asof.valid), default=question.asof.valid)
    after = day(given["after"], "after") if given.get("after") else latest
    before = day(given["before"], "before") if given.get("before") else after - timedelta(days=1)
    tables = [found.decider.table(AsOf(one, question.asof.known)) for one in (before, after)]
    differing = diff(tables[0], tables[1], [member])
    groups: dict[tuple[object, ...], list[Changed]] = {}
    for one in differing:
        groups.setdefault((one.before, one.after, one.ways_before, one.ways_after), []).append(one)
    rows = [_change_row(found, group) for group in sorted(groups.values(), key=len, reverse=True)]
    context = {
        **frame_of(found),
        "member": member,
        "member_name": member_name(found.bundle, member),
        "before": before,
        "after": after,
        "edges": edges,
        "rows": rows[:SHOWN],
        "left_out": max(0, len(rows) - SHOWN),
        "cells": len(differing),
    }
    return page(request, question, "govern/changes.html", context)


def _change_row(found: Room, group: list[Changed]) -> dict[str, Any]:
    first = group[0]
    opened = [way for way in first.ways_after if way not in first.ways_before]
    closed = [way for way in first.ways_before if way not in first.ways_after]
    return {
        "cells": len(group),
        "before": cell_view(first.before),
        "after": cell_view(first.after),
        "opened": sets(found.law, opened),
        "closed": sets(found.law, closed),
        "example": values_text(found, first.values),
    }


@access(Role.PUBLIC)
@answering(*PROFILE, "most", named=named, costly=True)
def reforms(request: HttpRequest, question: Question) -> HttpResponse:
    """Which legal changes would open most, for a kind of flow and what is in hand."""
    found = room(question)
    profile, holds = profile_of(found), holds_of(question.more)
    most = question.more.get("most", "2")
    if most not in {"1", "2", "3"}:
        raise QuestionError(_("most=%s: write a number from 1 to 3.") % most, "most")
    accept = tuple(sorted(holds))
    flows = flows_of(found.decider.homes, [profile], holds)
    key = ("reforms", profile, holds, question.asof, most)

    def compute() -> object:
        return search(found.law, found.decider.homes, flows, question.asof, accept, int(most))

    try:
        answer = question.answers.memo.get(key, compute)
    except GovernError as error:
        raise QuestionError(str(error)) from error
    context = {
        **_profile_context(found),
        "reforms": answer,
        "singles": [_scored(found, one, answer.total) for one in answer.singles if one.opened][:20],
        "pairs": [_scored(found, one, answer.total) for one in answer.pairs if one.opened][:20],
        "best": [_scored(found, one, answer.total) for one in answer.best],
        "most": most,
        "accept": [evidence_label(found.law, one) for one in accept],
        "share_now": 100 * answer.open_now / answer.total if answer.total else 0,
    }
    return page(request, question, "govern/reforms.html", context)


def _scored(found: Room, scored: Scored, total: float) -> tuple[list[str], float, float]:
    words = [_change(found, one) for one in scored.changes]
    return words, scored.opened, 100 * scored.opened / total if total else 0


def _change(found: Room, change: Change) -> str:
    who = member_name(found.bundle, change.member)
    if change.kind is ChangeKind.ACCEPT:
        text = _("%(who)s accepts %(what)s under “%(layer)s”")
        what = evidence_label(found.law, change.safeguard)
        return text % {"who": who, "what": what, "layer": found.law.layer_of[change.target].title}
    where = cite(found.law, found.law.by_id[change.target])
    text = {
        ChangeKind.REPEAL: _("%(who)s repeals %(where)s"),
        ChangeKind.SETTLE_OUT: _("it is settled that %(where)s of %(who)s does not hold"),
        ChangeKind.SETTLE_IN: _("it is settled that %(where)s of %(who)s holds"),
    }[change.kind]
    return text % {"who": who, "where": where}
