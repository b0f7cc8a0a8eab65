"""A fitted path into the future and its predictive distribution.

All our models have one form: on its own scale the central path is
``start + slope * g(h)``, h years after the last observation, with ``g(h) = h``
or, for a damped trend, ``phi + phi**2 + ... + phi**h``. The scale is the
indicator's own or, under a ceiling C, the logit ``ln(y / (C - y))``. A future
value is distributed about that path as Student's t. So the year of arrival,
intervals and probabilities are closed formulas, here, once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

HORIZON = 100
"""A year of arrival farther off than this is not given."""

TINY = 1e-12
"""Relative size below which a difference of floats is rounding noise."""


class Spread(Protocol):
    """The variance of a future value about the central path."""

    def variance(self, ahead: float) -> float:
        """Variance ``ahead`` years after the last observation."""
        ...


@dataclass(frozen=True)
class QuadraticSpread:
    """Variance ``sigma2 * (constant + linear h + square h**2)``.

    A random walk with drift has (0, 1, k), k the variance of the estimated slope over ``sigma2``;
    a regression line has the textbook prediction variance written out in h.
    """

    sigma2: float
    constant: float
    linear: float
    square: float

    def variance(self, ahead: float) -> float:
        """Variance ``ahead`` years after the last observation."""
        return self.sigma2 * (self.constant + self.linear * ahead + self.square * ahead * ahead)


@dataclass(frozen=True)
class InnovationsSpread:
    """Forecast variance of ETS(A,Ad,N) (Hyndman and Athanasopoulos, fpp3, section 8.7).

    An error j years before shifts the level by ``alpha`` and the trend by ``beta``, in all by
    ``c(j) = alpha + beta (phi + ... + phi**j)``; the variance is ``sigma2 (1 + c(1)**2 + ... + c(h-1)**2)``.
    """

    sigma2: float
    alpha: float
    beta: float
    phi: float

    def variance(self, ahead: float) -> float:
        """Variance ``ahead`` whole years after the last observation."""
        return self.sigma2 * spread_factor(round(ahead), self.alpha, self.beta, self.phi)


def spread_factor(ahead: int, alpha: float, beta: float, phi: float) -> float:
    """Forecast variance of ETS(A,Ad,N) over that of one step.

    >>> spread_factor(1, 0.5, 0.1, 0.9)
    1.0
    >>> round(spread_factor(3, 0.5, 0.1, 0.9), 6)  # 1 + 0.59**2 + 0.671**2
    1.798341
    """
    total, reach, power = 1.0, 0.0, 1.0
    for _ in range(1, ahead):
        power *= phi
        reach += power
        total += (alpha + beta * reach) ** 2
    return total


def logit(value: float, ceiling: float) -> float:
    """``ln(value / (ceiling - value))``; infinite at and beyond 0 and the ceiling.

    >>> logit(50.0, 100.0), logit(100.0, 100.0)
    (0.0, inf)
    """
    if value <= 0:
        return -math.inf
    return math.inf if value >= ceiling else math.log(value / (ceiling - value))


def expit(logit_value: float, ceiling: float) -> float:
    """The value with this logit, without overflow.

    >>> expit(0.0, 100.0), expit(-800.0, 100.0) < 1e-300
    (50.0, True)
    """
    if logit_value >= 0:
        return ceiling / (1 + math.exp(-logit_value))
    power = math.exp(logit_value)
    return ceiling * power / (1 + power)


def within(value: float, low: float, high: float) -> bool:
    """Whether ``low <= value <= high``, forgiving rounding noise at the ends."""
    near = math.isclose(value, low, rel_tol=TINY) or math.isclose(value, high, rel_tol=TINY)
    return low <= value <= high or near


@dataclass(frozen=True)
class Fit:
    """A fitted path and what surrounds it.

    Attributes:
        model: ``linear``, ``trend``, ``logistic`` or ``damped``.
        rule: How the parameters came about, in words.
        origin: Year of the last observation.
        used: Number of observations the fit rests on.
        start: Central path at the origin, on the model's scale.
        slope: Change in the first year over ``phi``, on the model's scale.
        phi: Damping; 1 for none.
        ceiling: Ceiling of the logit scale, or None for the indicator's own scale.
        spread: Variance about the path, or None where there are too few observations to tell.
        df: Degrees of freedom of the t distribution (0 where ``spread`` is None).
        notes: What the reader must know: observations left out, why there is no interval.
    """

    model: str
    rule: str
    origin: int
    used: int
    start: float
    slope: float
    phi: float = 1.0
    ceiling: float | None = None
    spread: Spread | None = None
    df: int = 0
    notes: tuple[str, ...] = ()

    def central(self, ahead: float) -> float:
        """Central path ``ahead`` years after the origin: the mean, or under a ceiling the median."""
        return self._back(self.start + self.slope * self._reach(ahead))

    def interval(self, ahead: float, level: float) -> tuple[float, float] | None:
        """Prediction interval of a level (0.9: nine future values in ten), or None."""
        if self.spread is None:
            return None
        from scipy.special import stdtrit

        middle = self.start + self.slope * self._reach(ahead)
        half = float(stdtrit(self.df, (1 + level) / 2)) * self._sd(ahead)
        return self._back(middle - half), self._back(middle + half)

    def probability(self, ahead: float, low: float, high: float) -> float | None:
        """Probability of a value from ``low`` to ``high`` (either may be infinite), or None."""
        if self.spread is None:
            return None
        from scipy.special import stdtr

        sd = self._sd(ahead)
        if sd == 0:
            return 1.0 if within(self.central(ahead), low, high) else 0.0
        middle = self.start + self.slope * self._reach(ahead)
        below, above = (middle - self._scaled(low)) / sd, (self._scaled(high) - middle) / sd
        # The tail itself, not one minus the other tail: so a question and its mirror image agree to the last bit.
        if high == math.inf:
            return float(stdtr(self.df, below))
        if low == -math.inf:
            return float(stdtr(self.df, above))
        return max(0.0, float(stdtr(self.df, above)) - float(stdtr(self.df, -below)))

    def crossing(self, value: float) -> float | None:
        """Years after the origin at which the central path passes a value; None if it never does.

        Linear: (v - y) / slope. Logistic: (logit v - logit y) / slope. Damped: with
        r = (v - level) / trend, ln(1 - r (1 - phi) / phi) / ln phi.
        """
        goal = self._scaled(value)
        if self.slope == 0 or not (math.isfinite(goal) and math.isfinite(self.start)):
            return None
        reach = (goal - self.start) / self.slope
        if reach <= 0:
            return None
        if self.phi == 1:
            return reach
        left = 1 - reach * (1 - self.phi) / self.phi
        return math.log(left) / math.log(self.phi) if left > 0 else None

    def arrival(self, low: float, high: float) -> float | None:
        """Year at which the central path enters ``low`` to ``high``, with its fraction.

        A path that starts inside although the last observation was outside (models that do not pass
        through it) arrives in the next year, if it is still inside then. None if it does not arrive
        within :data:`HORIZON` years.

        >>> path = Fit("linear", "given slope", 2022, 1, start=9.3702, slope=0.334202)
        >>> round(path.arrival(20.0, math.inf), 1)
        2053.8
        """
        start = self.central(0)
        if low <= start <= high:
            return float(self.origin + 1) if within(self.central(1), low, high) else None
        ahead = self.crossing(low if start < low else high)
        return None if ahead is None or ahead > HORIZON else self.origin + ahead

    def _reach(self, ahead: float) -> float:
        if self.phi == 1:
            return ahead
        return self.phi * (1 - math.pow(self.phi, ahead)) / (1 - self.phi)

    def _sd(self, ahead: float) -> float:
        return math.sqrt(self.spread.variance(ahead)) if self.spread is not None else math.nan

    def _scaled(self, value: float) -> float:
        return value if self.ceiling is None else logit(value, self.ceiling)

    def _back(self, scaled: float) -> float:
        return scaled if self.ceiling is None else expit(scaled, self.ceiling)
