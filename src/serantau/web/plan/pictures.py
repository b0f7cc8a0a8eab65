"""The charts of a plan: what depends on what, when actions are due, when the meetings were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from serantau.base import PartialDate
from serantau.facts import Grade, Sourced
from serantau.plan import Action, Meeting, Plan, Priority
from serantau.render.graph import Node, dependency_graph
from serantau.render.timeline import Stretch, timeline
from serantau.web.measure.gallery import CHARTS, Shown
from serantau.web.measure.parts import ChartView, find, for_plan, source_view
from serantau.web.measure.pictures import placed
from serantau.web.site.question import Question


def dependencies(question: Question, plan: Plan) -> ChartView | None:
    """Actions and what must come before them; None where no dependency is held."""
    actions = question.answers.bundle.plans.actions(plan.id, question.asof)
    if not any(action.depends_on for action in actions):
        return None
    nodes = [
        Node(one.id, one.code, f"/actions/{question.query}#{one.id}", doubtful=one.grade is Grade.MEMORY)
        for one in actions
    ]
    caption = _("What must come before what: an arrow leads from an action to one that needs it first.")
    svg = dependency_graph(caption, nodes, {one.id: one.depends_on for one in actions})
    return _placed(question, svg, caption, "plan-dependencies", plan, "/actions.csv")


def windows(question: Question, plan: Plan) -> ChartView | None:
    """Actions of which a source names a window; None where none does."""
    plans, asof = question.answers.bundle.plans, question.asof
    held = [(one, plans.priority(one.id, asof)) for one in plans.actions(plan.id, asof)]
    dated = [(one, row) for one, row in held if row is not None and (row.window_start or row.window_end)]
    if not dated:
        return None
    rows = [_window(question, one, row) for one, row in dated]
    caption = _("When actions may start and are due, as far as a source says. Pale: what the dates leave open.")
    svg = timeline(caption, rows, *_years(rows, plan, asof.valid), today=asof.valid)
    return _placed(question, svg, caption, "plan-windows", plan, "/actions.csv")


def meetings(question: Question, plan: Plan) -> ChartView | None:
    """The meetings up to the day of the question; None without any."""
    held = question.answers.bundle.plans.meetings(question.asof)
    rows = [
        Stretch(name_of(one), _days(one.start), _days(one.end), f"/meetings/{question.query}#{one.id}")
        for one in held
        if one.start.known
    ]
    if not rows:
        return None
    caption = _("When the ministers met. Pale: the day is not known.")
    svg = timeline(caption, rows, *_years(rows, None, question.asof.valid), today=question.asof.valid)
    return _placed(question, svg, caption, "plan-meetings", plan, "/meetings.csv")


def name_of(meeting: Meeting) -> str:
    """What a meeting is called."""
    return f"{meeting.body} {meeting.number}"


def _placed(question: Question, svg: bytes, caption: str, kind: str, plan: Plan, data: str) -> ChartView | None:
    view = ChartView(mark_safe(svg.decode()), caption, wide=True)  # noqa: S308 - written element by element by ourselves
    return placed(question, view, kind, plan.id, data)


def _window(question: Question, action: Action, row: Priority) -> Stretch:
    start = _days(row.window_start) if row.window_start else None
    end = _days(row.window_end) if row.window_end else None
    return Stretch(action.code, start, end, f"/actions/{question.query}#{action.id}")


def _days(day: PartialDate) -> tuple[date, date] | None:
    """First and last day that a date may mean; None where it names no year."""
    return (day.earliest, day.latest) if day.known else None


def _years(rows: Sequence[Stretch], plan: Plan | None, today: date) -> tuple[int, int]:
    """The years shown: those of the plan and of every date."""
    years = [day.year for row in rows for pair in (row.start, row.end) if pair for day in pair]
    years += [year for year in (plan.first_year, plan.last_year) if year] if plan else [today.year]
    return min(years, default=today.year), max(years, default=today.year)


# --- alone -----------------------------------------------------------------------------------------------------------


def _alone(question: Question, name: str, kind: str) -> Shown | None:
    plans = question.answers.bundle.plans
    known = {one.id: one.title for one in plans.all_plans}
    plan = find(lambda: plans.plan(name), name, known, "/plans/%s/")
    asked = for_plan(question, plan)
    draw, address = {
        "plan-dependencies": (dependencies, "/actions/"),
        "plan-windows": (windows, "/actions/"),
        "plan-meetings": (meetings, "/meetings/"),
    }[kind]
    chart = draw(asked, plan)
    if chart is None:
        return None
    rows: Iterable[Sourced] = (
        plans.meetings(asked.asof) if kind == "plan-meetings" else plans.actions(plan.id, asked.asof)
    )
    named = list(dict.fromkeys(source_view(asked.answers.bundle, row.source).title for row in rows))
    source = _("Sources: %(sources)s. Serantau, edition %(edition)s.") % {
        "sources": "; ".join(named[:4]),
        "edition": asked.answers.edition,
    }
    return Shown(chart, plan.title, f"{address}{asked.query}", source, asked)


CHARTS.update(
    {
        "plan-dependencies": lambda question, name: _alone(question, name, "plan-dependencies"),
        "plan-windows": lambda question, name: _alone(question, name, "plan-windows"),
        "plan-meetings": lambda question, name: _alone(question, name, "plan-meetings"),
    }
)
