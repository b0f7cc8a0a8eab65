"""The page of a plan: its outcomes, actions and meetings, each with source and grade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import AsOf
from serantau.plan import Action, CountShown, Declaration, Kind, Meeting, Outcome, Output, Plan, State
from serantau.web.config.access import Role, access
from serantau.web.measure.notes import notes
from serantau.web.measure.parts import SourceView, find, for_plan, moved, source_view
from serantau.web.plan.actions import actions_context, meetings_context
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.question import Question


@dataclass(frozen=True)
class OutcomeGroup:
    """An outcome and its actions."""

    outcome: Outcome
    source: SourceView
    actions: tuple[tuple[Action, SourceView], ...]


@dataclass(frozen=True)
class MeetingView:
    """A meeting, with what it declared and produced."""

    meeting: Meeting
    source: SourceView
    host: str
    declarations: tuple[Declaration, ...]
    outputs: tuple[Output, ...]


@access(Role.PUBLIC)
@answering()
def plan(request: HttpRequest, question: Question, plan: str) -> HttpResponse:
    """One plan: outcomes, actions, meetings."""
    plans = question.answers.bundle.plans
    known = {one.id: one.title for one in plans.all_plans}
    folded = {name.casefold(): name for name in known}
    found = find(lambda: plans.plan(folded.get(plan.casefold(), plan)), plan, known, "/plans/%s/")
    if found.id != plan:
        return moved(request, f"/plans/{found.id}/")
    question = for_plan(question, found)
    return page(request, question, "plan/plan.html", {"notes": notes(question), **_context(question, found)})


@access(Role.PUBLIC)
@answering()
def actions(request: HttpRequest, question: Question) -> HttpResponse:
    """The actions of a plan: dependencies, windows, and what is not known."""
    return page(request, question, "plan/actions.html", {"notes": notes(question), **actions_context(question)})


@access(Role.PUBLIC)
@answering()
def meetings(request: HttpRequest, question: Question) -> HttpResponse:
    """The meetings on a line of years, with what each declared and produced."""
    return page(request, question, "plan/meetings.html", {"notes": notes(question), **meetings_context(question)})


def _context(question: Question, plan: Plan) -> dict[str, object]:
    bundle, asof = question.answers.bundle, question.asof
    plans = bundle.plans
    groups = [
        OutcomeGroup(
            one,
            source_view(bundle, one.source),
            tuple((a, source_view(bundle, a.source)) for a in plans.actions(plan.id, asof, one.id)),
        )
        for one in plans.outcomes(plan.id, asof)
    ]
    counts = plans.counts(plan.id, asof)
    return {
        "state": _state(plan.state_on(asof.valid)),
        "plan_source": source_view(bundle, plan.source),
        "vision_source": source_view(bundle, plan.vision.source) if plan.vision else None,
        "counts": [(_kind(one.kind), one, source_view(bundle, one.source) if one.source else None) for one in counts],
        "groups": groups,
        "action_count": _shown(counts, Kind.ACTIONS),
        "relatives": _relatives(question, plan),
        "meetings": [_meeting(question, one) for one in plans.meetings(AsOf(asof.valid, asof.known))],
        "measured": question.answers.index_of(plan),
    }


def _shown(counts: Sequence[CountShown], kind: Kind) -> int:
    return next((one.shown for one in counts if one.kind is kind), 0)


def _relatives(question: Question, plan: Plan) -> list[tuple[str, Plan]]:
    """The plans before and after."""
    held = {one.id: one for one in question.answers.bundle.plans.all_plans}
    found = [(_("before it"), held[name]) for name in plan.predecessors if name in held]
    if plan.successor in held:
        found.append((_("after it"), held[plan.successor]))
    return found


def _meeting(question: Question, meeting: Meeting) -> MeetingView:
    bundle, asof = question.answers.bundle, question.asof
    members = {one.id: one.name for one in bundle.region.members}
    return MeetingView(
        meeting,
        source_view(bundle, meeting.source),
        members.get(meeting.host or "", ""),
        bundle.plans.declarations(meeting.id, asof),
        bundle.plans.outputs(meeting.id, asof),
    )


def _state(state: State) -> str:
    return {
        State.NOT_BEGUN: _("not begun"),
        State.RUNNING: _("running"),
        State.ENDED: _("ended"),
        State.UNKNOWN: _("its dates are not known well enough to say"),
    }[state]


def _kind(kind: Kind) -> str:
    return {Kind.OUTCOMES: _("Outcomes"), Kind.ACTIONS: _("Actions"), Kind.PROJECTS: _("Projects")}[kind]
