"""The page of a plan's progress: what the members report, what their figures say, what lies beyond; each apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from serantau.base import suggest
from serantau.measure.indicators import Indicator
from serantau.plan import Action, Outcome, Plan, ProjectReport
from serantau.plan.progress import (
    Answer,
    AnswerTable,
    Compliance,
    Due,
    Levels,
    answer_table,
    due_of,
    levels,
    projects_of,
)
from serantau.plan.reports import ActionReport
from serantau.region.model import Member
from serantau.web.config.access import Role, access
from serantau.web.measure.notes import notes
from serantau.web.measure.parts import FigureView, SourceView, figure_view, find, for_plan, moved, source_view
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import Question, whole

FIRST_YEAR, LAST_YEAR = 1950, 2100


@dataclass(frozen=True)
class ReportRow:
    """What one member says of one action."""

    action: Action
    answer: Answer
    report: ActionReport | None
    due: Due
    source: SourceView | None
    projects: tuple[ProjectReport, ...]


@dataclass(frozen=True)
class LevelRow:
    """One outcome's three levels, as the page shows them."""

    outcome: Outcome
    levels: Levels
    said: list[tuple[Answer, int]]
    impact: list[tuple[Indicator, FigureView | None, float | None]]


@access(Role.PUBLIC)
@answering("year", "member")
def progress(request: HttpRequest, question: Question, plan: str) -> HttpResponse:
    """How far the members say they are with a plan's actions."""
    plans = question.answers.bundle.plans
    known = {one.id: one.title for one in plans.all_plans}
    found = find(lambda: plans.plan(plan), plan, known, "/plans/%s/progress/")
    if found.id != plan:
        return moved(request, f"/plans/{found.id}/progress/")
    question = for_plan(question, found)
    years = _years(question, found)
    year = whole(question.more, "year", years[-1], FIRST_YEAR, LAST_YEAR)
    members = question.answers.members(question.asof)
    chosen = _chosen(question, members)
    table = answer_table(plans, found.id, [one.id for one in members], sorted({*years, year}), question.asof)
    context = {
        "notes": notes(question),
        "year": year,
        "years": years,
        "members": members,
        "chosen": chosen,
        "total": _counted(table.compliance(year)),
        "by_member": [(one, _counted(table.compliance(year, [one.id]))) for one in members],
        "words": list(Answer),
        "rows": _rows(question, table, members, year),
        "reports": _reports(question, table, chosen, year) if chosen else [],
        "levels": _levels(question, table, chosen, year) if chosen else [],
    }
    return page(request, question, "plan/progress.html", context)


def _years(question: Question, plan: Plan) -> list[int]:
    """The years of the plan up to the question's, and any other that somebody reported on."""
    last = min(plan.last_year or question.asof.valid.year, question.asof.valid.year)
    first = plan.first_year or last
    reports = question.answers.bundle.plans.all_action_reports
    said = {one.year for one in reports if one.action in {a.id for a in _actions(question, plan)}}
    return sorted({*range(max(first, last - 9), last + 1), *said} or {last})


def _actions(question: Question, plan: Plan) -> tuple[Action, ...]:
    return question.answers.bundle.plans.actions(plan.id, question.asof)


def _chosen(question: Question, members: Sequence[Member]) -> Member | None:
    name = question.more.get("member", "")
    if not name:
        return None
    found = next((one for one in members if name.upper() in (one.id, one.alpha2)), None)
    if found is None:
        hint = suggest(name.upper(), [one.id for one in members])
        raise QuestionError(f"member={name} is no member on that day. {hint}".strip(), "member")
    return found


def _counted(compliance: Compliance) -> tuple[int, list[tuple[Answer, int]]]:
    return compliance.asked, [(answer, compliance.counts[answer]) for answer in Answer]


def _rows(
    question: Question, table: AnswerTable, members: Sequence[Member], year: int
) -> list[tuple[Action, list[tuple[Member, Answer]]]]:
    actions = _actions(question, question.plan)
    return [(action, [(one, table.answer(action.id, one.id, year)) for one in members]) for action in actions]


def _reports(question: Question, table: AnswerTable, member: Member, year: int) -> list[ReportRow]:
    bundle, asof = question.answers.bundle, question.asof
    rows = []
    for action in _actions(question, question.plan):
        report = table.reports.get((action.id, member.id, year))
        mine = tuple(one for one in projects_of(bundle.plans, action.id, asof) if one.member == member.id)
        rows.append(
            ReportRow(
                action=action,
                answer=table.answer(action.id, member.id, year),
                report=report,
                due=due_of(bundle.plans, table, action.id, member.id, asof),
                source=source_view(bundle, report.source) if report else None,
                projects=mine,
            )
        )
    return rows


def _levels(question: Question, table: AnswerTable, member: Member, year: int) -> list[LevelRow]:
    bundle, asof = question.answers.bundle, question.asof
    standing = question.answers.standing(question.plan, asof)
    found = levels(bundle.plans, table, year, member.id, asof, standing, bundle.measure.indicators)
    outcomes = {one.id: one for one in bundle.plans.outcomes(question.plan.id, asof)}
    return [LevelRow(outcomes[one.outcome], one, _said(one), _impact(question, one)) for one in found]


def _said(one: Levels) -> list[tuple[Answer, int]]:
    return [(answer, number) for answer, number in one.compliance.counts.items() if number]


def _impact(question: Question, one: Levels) -> list[tuple[Indicator, FigureView | None, float | None]]:
    bundle = question.answers.bundle
    found = []
    for cell in one.impact:
        indicator = bundle.measure.by_id[cell.indicator]
        found.append((indicator, figure_view(bundle, indicator, cell.figure, cell.marks), cell.base))
    return found
