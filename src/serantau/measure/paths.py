"""The path of one indicator and member as every door shows it: which model, against which target, with which notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from serantau.measure.definition import StatusRule
from serantau.measure.errors import MeasureError
from serantau.measure.figures import Figures
from serantau.measure.indicators import Basis, Direction, Indicator, Scale, Target
from serantau.measure.projection import Damped, Linear, Logistic, Model, Trend
from serantau.measure.series import Series
from serantau.measure.status import Aim, Outlook, Status
from serantau.measure.trajectory import Trajectory, trajectory

AHEAD = 5
"""Years projected beyond the day of the question where nobody says how far."""

MODELS = ("linear", "trend", "logistic", "damped")
"""Names of the models that may be asked for."""

WITH_SLOPE = ("linear", "logistic")
"""Models whose slope may be given."""


class ModelError(MeasureError):
    """The model and its parameters do not go together."""


@dataclass(frozen=True)
class Way:
    """How the path of a member goes on.

    Attributes:
        model: The model.
        until: Last year of the projection; None for the target's, else :data:`AHEAD` years after the question.
        spare: Where the model does not fit a member, show its figures and say so instead of refusing: for a model that
            nobody chose.
    """

    model: Model
    until: int | None = None
    spare: bool = False


@dataclass(frozen=True)
class MemberPath:
    """The trajectory of one member, with what it is drawn from.

    Attributes:
        indicator: The indicator.
        member: Alpha-3 code.
        view: Change, gap, projection and outlook.
        flags: Flags of the figures by year, oldest first.
        target: What it is judged against, or None.
        notes: What the reader must know of this member's path.
    """

    indicator: Indicator
    member: str
    view: Trajectory
    flags: Mapping[int, tuple[str, ...]]
    target: Target | None
    notes: tuple[str, ...]


def require_trend(indicator: Indicator) -> None:
    """Refuse an indicator of which no path may be drawn.

    Raises:
        MeasureError: if it rates a member against other countries of one edition.
    """
    if indicator.relative:
        raise MeasureError(
            f"{indicator.id} rates a member against other countries in each edition, so it is never read as a trend."
        )


def default_model(indicator: Indicator) -> str:
    """A share cannot pass its bound, so its path bends below it; anything else goes straight on."""
    posts = indicator.goalposts
    bounded = (
        posts is not None
        and posts.basis is Basis.NATURAL
        and posts.scale is Scale.LINEAR
        and indicator.direction is Direction.HIGHER
        and posts.low == 0.0
    )
    return "logistic" if bounded else "linear"


def model_of(
    indicator: Indicator, name: str | None = None, slope: float | None = None, ceiling: float | None = None
) -> Model:
    """The model that was asked for.

    Args:
        indicator: What it is for.
        name: One of :data:`MODELS`; None for :func:`default_model`.
        slope: Change a year (logistic: of the logit); None for a fitted one.
        ceiling: Of the logistic curve; None for the natural bound.

    Raises:
        ModelError: if the parameters do not go with the model, or no ceiling is known.
    """
    name = name or default_model(indicator)
    if name not in MODELS:
        raise ModelError(f"there is no model {name!r}. Known are: {', '.join(MODELS)}.")
    if slope is not None and name not in WITH_SLOPE:
        raise ModelError(f"a slope is for the models linear and logistic, not {name}.")
    if ceiling is not None and name != "logistic":
        raise ModelError("a ceiling is for the model logistic.")
    if name == "linear":
        return Linear(slope=slope)
    if name == "trend":
        return Trend()
    if name == "damped":
        return Damped()
    if ceiling is None and default_model(indicator) != "logistic":
        raise ModelError(
            f"{indicator.id} has no natural upper bound among its goalposts, so no ceiling is known; give one."
        )
    if ceiling is None:
        assert indicator.goalposts is not None
        ceiling = indicator.goalposts.high
    return Logistic(ceiling=ceiling, slope=slope)


def member_path(
    figures: Figures,
    indicator: Indicator,
    member: str,
    way: Way,
    target: Target | None,
    rule: StatusRule,
) -> MemberPath:
    """Follow one member.

    Args:
        figures: The figures known and valid at the time of the question.
        indicator: The indicator.
        member: Alpha-3 code.
        way: How the path goes on.
        target: What it is judged against, or None.
        rule: Thresholds of the statuses.

    Raises:
        MeasureError: if the model does not fit, or the last year is not possible.
    """
    held = figures.series(indicator.id, member)
    series = Series.of({year: figure.value for year, figure in held.items()})
    last = way.until or (target.year if target else figures.asof.valid.year + AHEAD)
    aim = _aim(indicator, target, rule)
    try:
        view = trajectory(series, way.model, aim, last, breaks=figures.breaks(indicator.id, member))
    except MeasureError as error:
        if not way.spare:
            raise MeasureError(f"{indicator.id} of {member}: {error.message}") from error
        # The model chosen for all does not fit this member (a share above 100 %, say): its figures are still shown.
        status = Status.NO_TARGET if target is None else Status.NOT_ENOUGH_DATA
        view = Trajectory(series, None, None, None, Outlook(status, error.message), (error.message,))
    flags = {year: figure.flags for year, figure in held.items()}
    return MemberPath(indicator, member, view, flags, target, (*view.notes, *_beyond(indicator, view)))


def _aim(indicator: Indicator, target: Target | None, rule: StatusRule) -> Aim:
    goal = indicator.goalposts.high if indicator.goalposts else None
    if indicator.direction is Direction.REFERENCE:
        goal = indicator.reference
    return Aim(
        direction=indicator.direction,
        target=target,
        goalpost=goal,
        reference=indicator.reference,
        tolerance=rule.tolerance,
        rule=rule,
    )


def _beyond(indicator: Indicator, view: Trajectory) -> tuple[str, ...]:
    """A warning where a path, or its interval, says more than the observations do or leaves what the unit allows."""
    ahead = view.projection
    if ahead is None:
        return ()
    if ahead.low is not None and ahead.high is not None and ahead.low[-1] == ahead.high[-1]:
        return ("the observations lie on the path, so its interval has no width; that is no certainty",)
    lowest, highest = min(ahead.low or ahead.mean), max(ahead.high or ahead.mean)
    if ahead.model == "logistic":
        return ()
    if indicator.unit.startswith("%") and (lowest < 0 or highest > 100):
        return (
            (
                "the path or its interval leaves 0 to 100, which a straight line does not know; if this is a share, "
                "ask for the logistic model with the ceiling 100"
            ),
        )
    if lowest < 0 and min(view.series.values) >= 0:
        return ("the path or its interval falls below zero, where no figure was; read it as far as zero at most",)
    return ()


def path_row(path: MemberPath) -> dict[str, object]:
    """A path as one row of an answer, of plain types: what is not known is None."""
    change, gap, ahead, outlook = path.view.change, path.view.gap, path.view.projection, path.view.outlook
    series, target = path.view.series, path.target
    return {
        "indicator": path.indicator.id,
        "member": path.member,
        "unit": path.indicator.unit,
        "first_year": change.first_year if change else None,
        "first": change.first if change else None,
        "last_year": series.years[-1] if len(series) else None,
        "last": series.values[-1] if len(series) else None,
        "change_a_year": change.annual if change else None,
        "gap": gap.last if gap else None,
        "gap_closed": gap.closed if gap else None,
        "projected_year": ahead.years[-1] if ahead else None,
        "projected": ahead.mean[-1] if ahead else None,
        "projected_low": ahead.low[-1] if ahead and ahead.low else None,
        "projected_high": ahead.high[-1] if ahead and ahead.high else None,
        "status": outlook.status.value,
        "reason": outlook.reason,
        "target": target.value if target else None,
        "target_year": target.year if target else None,
        "target_source": target.source if target else None,
        "arrival": outlook.arrival,
        "probability": outlook.probability,
        "observed": [
            {"year": year, "value": value, "flags": list(path.flags[year])}
            for year, value in zip(series.years, series.values, strict=True)
        ],
        "path": [
            {
                "year": year,
                "value": ahead.mean[at],
                "low": ahead.low[at] if ahead.low else None,
                "high": ahead.high[at] if ahead.high else None,
            }
            for at, year in enumerate(ahead.years)
        ]
        if ahead
        else [],
        "marks": [
            flag for at, flags in path.flags.items() if change is None or at >= change.first_year for flag in flags
        ],
        "notes": list(path.notes),
    }
