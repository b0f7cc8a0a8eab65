"""Where a member stands against a target: status, year of arrival, probability of arriving in time.

Only a target with a source makes a status. A path is drawn without one, but nobody is called on or
off a track that nobody laid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import Enum

from serantau.base.ranking import round_score
from serantau.facts.model import RECALLED
from serantau.measure.definition import StatusRule
from serantau.measure.errors import MeasureError
from serantau.measure.indicators import Direction, Target
from serantau.measure.predictive import Fit, within
from serantau.measure.projection import Model, fit
from serantau.measure.series import NotEnoughDataError, Series


class Status(Enum):
    """Where a member stands against a target."""

    REACHED = "reached"
    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OFF_TRACK = "off track"
    NOT_ENOUGH_DATA = "not enough data"
    NO_TARGET = "no published target"


@dataclass(frozen=True)
class Aim:
    """What a series is judged against.

    Attributes:
        direction: Which way is better.
        target: Published or imported target, if there is one.
        goalpost: Value that scores full marks, for the gap; None for no gap.
        reference: The best value, for direction ``reference``. A value meets the target where it is no
            farther from the reference, on either side, than the target is.
        tolerance: Distance from the reference that counts as having met it; needed where the target
            is the reference itself, because no figure hits a point exactly.
        rule: Thresholds of the statuses.
    """

    direction: Direction = Direction.HIGHER
    target: Target | None = None
    goalpost: float | None = None
    reference: float | None = None
    tolerance: float = 0.0
    rule: StatusRule = field(default_factory=StatusRule)

    def __post_init__(self) -> None:
        """Refuse thresholds and references that cannot be applied."""
        if self.rule.at_risk > self.rule.on_track:
            raise MeasureError(
                f"the threshold of `at risk` ({self.rule.at_risk:g}) is above that of `on track` "
                f"({self.rule.on_track:g}). Exchange them."
            )
        if self.direction is Direction.REFERENCE and self.reference is None:
            raise MeasureError("direction `reference` needs the reference value. Give it with the indicator.")

    @property
    def has_target(self) -> bool:
        """Whether there is a target with a source; a recalled one has none."""
        return self.target is not None and self.target.source != RECALLED

    def band(self, target: Target) -> tuple[float, float]:
        """Lowest and highest value that meet a target.

        Raises:
            MeasureError: If a single point would meet it.

        >>> from serantau.facts import Grade
        >>> parity = Target(value=0.97, year=2030, source="plan", grade=Grade.PRIMARY)
        >>> low, high = Aim(Direction.REFERENCE, parity, reference=1.0).band(parity)
        >>> round(low, 9), round(high, 9)
        (0.97, 1.03)
        """
        if self.direction is Direction.HIGHER:
            return target.value, math.inf
        if self.direction is Direction.LOWER:
            return -math.inf, target.value
        reference = target.value if self.reference is None else self.reference
        allowed = max(abs(target.value - reference), self.tolerance)
        if allowed == 0:
            raise MeasureError(
                f"the target {target.value:g} is the reference value itself, which no figure hits exactly. "
                "Give a tolerance: the distance from it that counts as having met it."
            )
        return reference - allowed, reference + allowed


@dataclass(frozen=True)
class Outlook:
    """A status and what it rests on.

    Attributes:
        status: Where the member stands.
        reason: Why, in one sentence.
        target: The target judged against, or None.
        arrival: Year of arrival, with its fraction: observed where the target is reached, else that of
            the central path; None if the path does not arrive within 100 years.
        probability: Probability that the value of the target's year meets the target; 1 or 0 where
            observation has decided it; None where it cannot be told.
        shortfall: What the central path lacks in the target's year (negative: to spare), in the
            indicator's unit; None where observation has decided or nothing can be projected.
    """

    status: Status
    reason: str
    target: Target | None = None
    arrival: float | None = None
    probability: float | None = None
    shortfall: float | None = None


def outlook(series: Series, model: Model, aim: Aim) -> Outlook:
    """Judge a series against a target.

    What is observed decides first: the observation of the target's year (or the last before it) once
    that year has come, and the last observation at any time. Otherwise the status follows from the
    probability that the target's year meets the target, by the thresholds of ``aim.rule``.

    Raises:
        MeasureError: If the model or the aim is impossible (too few observations are no error, but a status).

    >>> from serantau.facts import Grade
    >>> goal = Target(value=20.0, year=2030, source="plan", grade=Grade.PRIMARY)
    >>> from serantau.measure.projection import Linear
    >>> view = outlook(Series((2022,), (9.3702,)), Linear(slope=0.334202), Aim(target=goal))
    >>> view.status.value, round(view.shortfall, 3), round(view.arrival, 1)
    ('not enough data', 7.956, 2053.8)
    """
    target = aim.target
    if target is None:
        return Outlook(Status.NO_TARGET, "No office has published a target for this indicator.")
    if not aim.has_target:
        return Outlook(Status.NO_TARGET, "The target is recalled and has no source.", target)
    if not len(series):
        return Outlook(Status.NOT_ENOUGH_DATA, "There is no observation.", target)
    low, high = aim.band(target)
    return _observed(series, target, low, high) or _projected(series, model, aim, target)


def _observed(series: Series, target: Target, low: float, high: float) -> Outlook | None:
    """What the observations decide by themselves, or None."""
    met = [within(value, low, high) for value in series.values]
    in_time = [index for index, year in enumerate(series.years) if year <= target.year]
    due = series.years[-1] >= target.year
    if due and in_time and met[in_time[-1]]:
        start = _run_start(met, in_time[-1])
        fell = "" if met[-1] else f"; the value of {series.years[-1]} no longer meets it"
        reason = f"Met in {series.years[start]}, in time for {target.year}{fell}."
        return Outlook(Status.REACHED, reason, target, float(series.years[start]), 1.0)
    if met[-1]:
        year = series.years[_run_start(met, len(met) - 1)]
        late = f", after {target.year}" if year > target.year else ""
        return Outlook(Status.REACHED, f"Met since {year}{late}.", target, float(year), 0.0 if late else 1.0)
    return None


def _run_start(met: list[bool], end: int) -> int:
    """Where the unbroken run of years that meet the target, up to ``end``, began."""
    start = end
    while start and met[start - 1]:
        start -= 1
    return start


def _projected(series: Series, model: Model, aim: Aim, target: Target) -> Outlook:
    low, high = aim.band(target)
    overdue = series.years[-1] >= target.year
    try:
        path = fit(series, model)
    except NotEnoughDataError as error:
        if overdue:
            return Outlook(Status.OFF_TRACK, f"Not met by {target.year}.", target, None, 0.0)
        return Outlook(Status.NOT_ENOUGH_DATA, f"Not projected: {error.message}", target)
    arrival = path.arrival(low, high)
    if overdue:
        return Outlook(Status.OFF_TRACK, f"Not met by {target.year}.", target, arrival, 0.0)
    ahead = target.year - path.origin
    shortfall = _outside(path.central(ahead), low, high)
    probability = path.probability(ahead, low, high)
    if probability is None:
        return Outlook(Status.NOT_ENOUGH_DATA, _why(path), target, arrival, None, shortfall)
    status = _by_probability(probability, aim.rule)
    reason = f"The probability of meeting it in {target.year} is {probability:.2f} (on track from {aim.rule.on_track:g}"
    return Outlook(status, f"{reason}, off track below {aim.rule.at_risk:g}).", target, arrival, probability, shortfall)


def _why(path: Fit) -> str:
    """Why there is no probability: the last of the fit's notes, as a sentence."""
    note = path.notes[-1] if path.notes else "there is no predictive distribution"
    return f"{note[0].upper()}{note[1:]}."


def _by_probability(probability: float, rule: StatusRule) -> Status:
    # Rounded as scores are before ranking: a path that just arrives must not miss one half by the last bit.
    rounded = round_score(probability)
    if rounded >= rule.on_track:
        return Status.ON_TRACK
    return Status.AT_RISK if rounded >= rule.at_risk else Status.OFF_TRACK


def _outside(value: float, low: float, high: float) -> float:
    """How far a value is outside a band; negative inside."""
    return max(low - value, value - high)
