"""The target that a figure is judged against: the indicator's own, else that of an imported plan."""

from __future__ import annotations

from serantau.base import AsOf
from serantau.measure.indicators import Indicator, Target
from serantau.plan.facts import PlanFacts, listed


def target_of(plans: PlanFacts, indicator: Indicator, member: str, asof: AsOf) -> Target | None:
    """The published target of an indicator, else the one of a plan's KPI: the member's own before the region's.

    Args:
        plans: What the plans say.
        indicator: The indicator.
        member: Alpha-3 code.
        asof: Day and knowledge of the question.
    """
    if indicator.target is not None:
        return indicator.target
    kpis = {kpi.id for kpi in listed(plans.all_kpis, asof) if kpi.indicator == indicator.id}
    found = [
        row
        for row in listed(plans.all_targets, asof)
        if row.kpi in kpis and row.member in (None, member) and row.due.known
    ]
    if not found:
        return None
    best = max(found, key=lambda row: (row.member is not None, row.due.latest, row.known.latest))
    return Target(value=best.value, year=best.due.latest.year, source=best.source, grade=best.grade)
