"""Closing assessment of a plan: before, within, change, gap, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from serantau.measure.figures import Figure, Figures
from serantau.measure.indicators import Direction, Indicator


@dataclass(frozen=True)
class Period:
    """First and last day of a plan."""

    start: date
    end: date


@dataclass(frozen=True)
class AssessmentRow:
    """One indicator of one member under a plan.

    Attributes:
        indicator: Id of the indicator.
        member: Alpha-3 code.
        before: Last figure before the plan's first year, or None.
        latest: Latest figure within the plan, or None.
        change: Latest minus before, in the indicator's unit; None without both, for relative ratings and across a
            break in the series.
        better: Whether the change is for the better; None where it is not known or nil.
        gap: Distance from the latest figure to the value that scores 100, in the unit, never negative.
        missing: What is missing, in words; empty if nothing is.
    """

    indicator: str
    member: str
    before: Figure | None
    latest: Figure | None
    change: float | None
    better: bool | None
    gap: float | None
    missing: str


def assess(
    indicators: Iterable[Indicator], members: Iterable[str], figures: Figures, period: Period, window_years: int
) -> tuple[AssessmentRow, ...]:
    """Closing assessment of every indicator and member.

    Args:
        indicators: The indicators to assess.
        members: Alpha-3 codes.
        figures: The figures known and valid at the time of the question.
        period: The plan's period.
        window_years: How far before the plan a figure may lie.
    """
    chosen = tuple(members)
    return tuple(
        assess_one(indicator, member, figures, period, window_years) for indicator in indicators for member in chosen
    )


def assess_one(indicator: Indicator, member: str, figures: Figures, period: Period, window_years: int) -> AssessmentRow:
    """Closing assessment of one indicator and member."""
    first = period.start.year
    before = figures.latest(indicator.id, member, first - window_years, first - 1)
    latest = figures.latest(indicator.id, member, first, period.end.year)
    breaks = figures.breaks(indicator.id, member, before.year, latest.year) if before and latest else ()
    comparable = not indicator.relative and not breaks
    change = latest.value - before.value if before and latest and comparable else None
    return AssessmentRow(
        indicator=indicator.id,
        member=member,
        before=before,
        latest=latest,
        change=change,
        better=_better(indicator, before, latest) if change is not None else None,
        gap=gap_to_goalpost(indicator, latest.value) if latest else None,
        missing=_missing(indicator, before, latest, first, breaks),
    )


def gap_to_goalpost(indicator: Indicator, value: float) -> float | None:
    """Distance to the value that scores 100, in the indicator's unit; 0 beyond it; None without goalposts."""
    if indicator.goalposts is None:
        return None
    if indicator.direction is Direction.REFERENCE:
        return max(0.0, abs(value - float(indicator.reference or 0.0)) - indicator.goalposts.high)
    distance = indicator.goalposts.high - value
    return max(0.0, -distance if indicator.direction is Direction.LOWER else distance)


def _better(indicator: Indicator, before: Figure | None, latest: Figure | None) -> bool | None:
    assert before is not None and latest is not None
    if indicator.direction is Direction.REFERENCE:
        reference = float(indicator.reference or 0.0)
        gain = abs(before.value - reference) - abs(latest.value - reference)
    else:
        gain = latest.value - before.value
        gain = -gain if indicator.direction is Direction.LOWER else gain
    return None if gain == 0 else gain > 0


def _missing(
    indicator: Indicator, before: Figure | None, latest: Figure | None, first: int, breaks: Sequence[int]
) -> str:
    if before is None and latest is None:
        return "no figure"
    if latest is None:
        return f"no figure since {first}"
    if before is None:
        return f"no figure before {first}"
    if indicator.relative:
        return "rated against other countries in each edition, so editions are not compared"
    if breaks:
        return f"the series breaks in {breaks[-1]}, so the two figures are not compared"
    return ""
