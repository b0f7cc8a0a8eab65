"""The trajectory of one indicator for one member: change, gap, projection, outlook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serantau.measure.projection import Model, Projection, project
from serantau.measure.series import Change, Gap, NotEnoughDataError, Series, after_break, change, gap
from serantau.measure.status import Aim, Outlook, outlook


@dataclass(frozen=True)
class Trajectory:
    """What happened, what is left to do, and where it goes.

    Attributes:
        series: All observations, also those before a break.
        change: From the first to the last of them, or None with fewer than two.
        gap: To the goalpost, or None without a goalpost or an observation.
        projection: The path ahead, or None where the model has too few observations or ``until`` is past.
        outlook: Status against the target.
        notes: Why something is missing, and what the reader must know about the fit.
    """

    series: Series
    change: Change | None
    gap: Gap | None
    projection: Projection | None
    outlook: Outlook
    notes: tuple[str, ...]


def trajectory(
    series: Series, model: Model, aim: Aim, until: int, level: float = 0.9, breaks: Iterable[int] = ()
) -> Trajectory:
    """Change, gap, projection and outlook of a series.

    Args:
        series: The observations; it may be empty.
        model: How the path goes on.
        aim: Direction, target, goalpost and thresholds.
        until: Last year of the projection.
        level: Level of the prediction intervals.
        breaks: Years in which a new series begins. Change, gap closed and fit use only the observations from the last
            of them on, and a note says so; what is observed before it is kept in ``series``.

    Raises:
        MeasureError: If the model, the aim, the year or the level is impossible. Too few observations
            are no error: what they do not answer is None, with a note.

    >>> from serantau.measure.indicators import Direction
    >>> from serantau.measure.projection import Linear
    >>> view = trajectory(Series((2019, 2024), (40.0, 55.0)), Linear(), Aim(Direction.HIGHER, goalpost=100.0), 2026)
    >>> view.projection.mean, view.gap.closed, view.outlook.status.value
    ((58.0, 61.0), 0.25, 'no published target')
    """
    notes: list[str] = []
    changed = None
    whole, series = series, after_break(series, breaks)
    if len(series) < len(whole):
        notes.append(
            f"the series breaks in {series.years[0]}: change and projection use the {len(series)} observations "
            f"from then on, not the {len(whole) - len(series)} before"
        )
    try:
        changed = change(series)
    except NotEnoughDataError as error:
        notes.append(error.message)
    left = gap(series, aim.goalpost, aim.direction) if aim.goalpost is not None and len(series) else None
    ahead = None
    if len(series) and series.years[-1] >= until:
        notes.append(f"observed to {series.years[-1]}, so there is nothing to project to {until}")
    else:
        try:
            ahead = project(series, model, until, level)
            notes.extend(ahead.notes)
        except NotEnoughDataError as error:
            notes.append(error.message)
    return Trajectory(whole, changed, left, ahead, outlook(series, model, aim), tuple(notes))
