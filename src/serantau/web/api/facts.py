"""Operations that read facts out: region, members, plans, outcomes, actions, meetings, indicators."""

from __future__ import annotations

from typing import Any

from serantau.base import AsOf
from serantau.plan import Meeting, Plan
from serantau.plan.model import Action, Outcome
from serantau.web.api.asking import Asked
from serantau.web.api.model import (
    ActionRow,
    ActionsAnswer,
    Count,
    IndicatorsAnswer,
    MeetingRow,
    MeetingsAnswer,
    MembersAnswer,
    OutcomeRow,
    OutcomesAnswer,
    PlanRow,
    PlansAnswer,
    RegionAnswer,
)
from serantau.web.api.router import operation
from serantau.web.api.rows import head, sources_in

TIMES = ("as_of", "known")
GROUP = "Facts"


@operation("/region", RegionAnswer, *TIMES, group=GROUP)
def region(asked: Asked) -> RegionAnswer:
    """The region, its partners, and the licences of its tables of figures."""
    held, asof = asked.bundle.region, asked.question.asof
    sources = sources_in((held.profile, *held.partners))
    return RegionAnswer(
        **head(asked.question, sources=sources),
        region=held.profile,
        partners=held.partners,
        members=len(held.members_at(asof)),
        tables=asked.bundle.measure.tables,
    )


@operation("/members", MembersAnswer, *TIMES, group=GROUP)
def members(asked: Asked) -> MembersAnswer:
    """The members on a day, by name.

    Members whose dates do not tell whether they were members are listed apart.
    """
    held, asof = asked.bundle.region, asked.question.asof
    rows, uncertain = held.members_at(asof), held.uncertain_members_at(asof)
    sources = sources_in((*rows, *uncertain))
    return MembersAnswer(**head(asked.question, sources=sources), rows=rows, uncertain=uncertain)


@operation("/plans", PlansAnswer, *TIMES, group=GROUP)
def plans(asked: Asked) -> PlansAnswer:
    """The plans of the region, with their periods and with how much of each is held."""
    asof = asked.question.asof
    rows = tuple(_plan_row(asked, plan, asof) for plan in asked.bundle.plans.plans(asof))
    return PlansAnswer(**head(asked.question, sources=sources_in(rows)), rows=rows)


def _plan_row(asked: Asked, plan: Plan, asof: AsOf) -> PlanRow:
    held = tuple(
        Count(of=one.kind.value, held=one.shown, official=one.official, source=one.source, grade=one.grade)
        for one in asked.bundle.plans.counts(plan.id, asof)
    )
    measured = asked.question.answers.index_of(plan) is not None
    return PlanRow(**_fields(plan), state=plan.state_on(asof.valid), held=held, measured=measured)


@operation("/outcomes", OutcomesAnswer, "plan", *TIMES, group=GROUP)
def outcomes(asked: Asked) -> OutcomesAnswer:
    """The desired outcomes of a plan, by number.

    Numbers are used again by later plans with other meanings; ids are not. Crosswalks say how outcomes relate.
    """
    plan, asof = asked.question.plan, asked.question.asof
    rows = tuple(_outcome_row(asked, one, asof) for one in asked.bundle.plans.outcomes(plan.id, asof))
    sources = sources_in((*rows, *(walk for row in rows for walk in row.crosswalks)))
    return OutcomesAnswer(**head(asked.question, sources=sources), plan=plan.id, rows=rows)


def _outcome_row(asked: Asked, outcome: Outcome, asof: AsOf) -> OutcomeRow:
    return OutcomeRow(**_fields(outcome), crosswalks=asked.bundle.plans.crosswalks(outcome.id, asof))


@operation("/actions", ActionsAnswer, "plan", "outcome", *TIMES, group=GROUP)
def actions(asked: Asked) -> ActionsAnswer:
    """The enabling actions of a plan, or of one of its outcomes, by code."""
    plan, asof, wanted = asked.question.plan, asked.question.asof, asked.outcome()
    found = asked.bundle.plans.actions(plan.id, asof, wanted.id if wanted else None)
    rows = tuple(_action_row(asked, one, asof) for one in found)
    sources = sources_in((*rows, *(row.timing for row in rows if row.timing)))
    return ActionsAnswer(**head(asked.question, sources=sources), plan=plan.id, rows=rows)


def _action_row(asked: Asked, action: Action, asof: AsOf) -> ActionRow:
    held = asked.bundle.plans
    unlocks = tuple(one.id for one in held.unlocks(action.id, asof))
    return ActionRow(**_fields(action), unlocks=unlocks, timing=held.priority(action.id, asof))


@operation("/meetings", MeetingsAnswer, *TIMES, group=GROUP)
def meetings(asked: Asked) -> MeetingsAnswer:
    """The meetings that had taken place, with declarations and other outputs, the earliest first."""
    asof = asked.question.asof
    rows = tuple(_meeting_row(asked, one, asof) for one in asked.bundle.plans.meetings(asof))
    sources = sources_in((*rows, *(part for row in rows for part in (*row.declarations, *row.outputs))))
    return MeetingsAnswer(**head(asked.question, sources=sources), rows=rows)


def _meeting_row(asked: Asked, meeting: Meeting, asof: AsOf) -> MeetingRow:
    held = asked.bundle.plans
    return MeetingRow(
        **_fields(meeting), declarations=held.declarations(meeting.id, asof), outputs=held.outputs(meeting.id, asof)
    )


@operation("/indicators", IndicatorsAnswer, "plan", "outcome", "indicator", "role", *TIMES, group=GROUP)
def indicators(asked: Asked) -> IndicatorsAnswer:
    """The indicators: definition, unit, direction, goalposts and their basis, licence, official addresses.

    All of them, or those of one outcome or role. The plan matters only where an outcome is given by its code.
    """
    one, outcome, role = asked.indicator(), asked.outcome(), asked.values["role"]
    rows = tuple(
        row
        for row in asked.bundle.measure.indicators
        if (one is None or row.id == one.id)
        and (outcome is None or row.outcome == outcome.id)
        and role in (None, row.role.value)
    )
    return IndicatorsAnswer(**head(asked.question, sources=sources_in(rows)), rows=rows)


def _fields(record: Any) -> dict[str, Any]:  # noqa: ANN401
    return {name: getattr(record, name) for name in record.__struct_fields__}
