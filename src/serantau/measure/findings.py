"""What stands out under a plan: who moved most, where the gap between members closed or opened, what is missing.

No direction is stated that may be chance. A change of a score must keep its direction in nearly all draws of the
choices behind the index; a change of the spread between members must pass a test of paired variances, corrected for
the number of indicators looked at. The method is ``docs/method/findings.md``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from serantau.measure.changes import ChangeSpread, change_spreads, comparable_pairs
from serantau.measure.errors import MeasureError
from serantau.measure.figures import Figures
from serantau.measure.indicators import Direction, Indicator, Role, Scale
from serantau.measure.load import MeasureFacts
from serantau.measure.marks import OLD
from serantau.measure.standing import SCORED, OutcomeScore, Standing
from serantau.measure.together import together

LEAST = 0.05
"""A change smaller than this is shown as none, and is no finding."""

CHANCE = 0.1
"""From this corrected p value on, nothing is said of the gap between members."""


@dataclass(frozen=True)
class Move:
    """A change of one score, with the interval over the draws.

    Attributes:
        score: The score that changed, with its change and over how many indicators.
        spread: The change over the draws.
    """

    score: OutcomeScore
    spread: ChangeSpread


@dataclass(frozen=True)
class Gap:
    """The spread of the members on one indicator, in the same members in two years.

    Attributes:
        indicator: Id of the indicator.
        years: First and last year.
        members: Alpha-3 codes of those compared.
        first: Standard deviation (n - 1) in the first year, on the indicator's scale.
        last: The same in the last year.
        p: Two-sided p value of equal variances, corrected for all indicators compared (Holm 1979); None where no test
            is possible.
        log: Whether the scale is that of natural logarithms, because equal ratios count as equal steps.
    """

    indicator: str
    years: tuple[int, int]
    members: tuple[str, ...]
    first: float
    last: float
    p: float | None
    log: bool

    @property
    def relative(self) -> float:
        """Change of the spread over the first; negative where the gap closed."""
        return (self.last - self.first) / self.first

    @property
    def sure(self) -> bool:
        """Whether the change is hardly chance."""
        return self.p is not None and self.p < CHANCE


@dataclass(frozen=True)
class Missing:
    """What is missing behind the scores.

    Attributes:
        unscored: Outcomes without a score.
        cells: Pairs of a member and an indicator that is wanted for a score.
        empty: How many of them have no figure.
        old: How many of the others rest on an old figure.
        by_member: Members by how many they lack, the most first; those who lack none are left out.
        by_indicator: Indicators by how many members lack them, the most first.
    """

    unscored: tuple[str, ...]
    cells: int
    empty: int
    old: int
    by_member: tuple[tuple[str, int], ...]
    by_indicator: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Findings:
    """What stands out.

    Attributes:
        rises: Sure rises of a score, the largest first.
        falls: Sure falls, the largest first.
        unsure: Scores of which the change is known and its direction is not, or that changed by less than is shown.
        unknown: Scores of which no change is known.
        closed: Indicators on which the members drew together, the strongest first.
        opened: Indicators on which they drew apart.
        unclear: The other indicators compared: no result that may not be chance, in the order of the facts.
        missing: What is missing.
    """

    rises: tuple[Move, ...]
    falls: tuple[Move, ...]
    unsure: int
    unknown: int
    closed: tuple[Gap, ...]
    opened: tuple[Gap, ...]
    unclear: tuple[Gap, ...]
    missing: Missing

    @property
    def sure(self) -> frozenset[tuple[str, str]]:
        """Member and outcome of every change whose direction may be stated."""
        return frozenset((move.score.member, move.score.outcome) for move in (*self.rises, *self.falls))


def findings(facts: MeasureFacts, standing: Standing, figures: Figures) -> Findings:
    """What stands out in a standing.

    Args:
        facts: Indicators and observations.
        standing: Where the members stand.
        figures: The figures known and valid at the time of the question.
    """
    moves, unsure, unknown = _moves(facts, standing, figures)
    gaps = _gaps(facts, standing, figures)
    sure = [gap for gap in gaps if gap.sure]
    return Findings(
        rises=tuple(sorted((m for m in moves if _change(m) > 0), key=lambda m: (-_change(m), *_names(m)))),
        falls=tuple(sorted((m for m in moves if _change(m) < 0), key=lambda m: (_change(m), *_names(m)))),
        unsure=unsure,
        unknown=unknown,
        closed=tuple(sorted((g for g in sure if g.relative < 0), key=lambda g: (g.relative, g.indicator))),
        opened=tuple(sorted((g for g in sure if g.relative > 0), key=lambda g: (-g.relative, g.indicator))),
        unclear=tuple(gap for gap in gaps if not gap.sure),
        missing=_missing(standing),
    )


# --- who moved -------------------------------------------------------------------------------------------------------


def _moves(facts: MeasureFacts, standing: Standing, figures: Figures) -> tuple[list[Move], int, int]:
    scored = [one for one in standing.scores.values() if one.state == SCORED]
    changed = [one for one in scored if one.change is not None]
    definition = facts.definition(standing.index)
    spreads = {}
    if changed and definition.robustness is not None:
        leaves = [facts.by_id[leaf.id] for leaf in definition.indicators]
        now = {key: cell.figure for key, cell in standing.cells.items()}
        window = standing.index.window_years
        pairs = comparable_pairs(leaves, standing.members, figures, standing.period, window, now)
        nodes = tuple(dict.fromkeys(one.outcome for one in changed))
        spreads = change_spreads(definition, pairs, standing.members, nodes)
    sure = []
    for one in changed:
        spread = spreads.get((one.member, one.outcome))
        change = one.change or 0.0
        if spread is not None and spread.sure and abs(change) >= LEAST and change * (spread.up - spread.down) > 0:
            sure.append(Move(one, spread))
    return sure, len(changed) - len(sure), len(scored) - len(changed)


def _change(move: Move) -> float:
    return move.score.change or 0.0


def _names(move: Move) -> tuple[str, str]:
    return move.score.outcome, move.score.member


# --- the gap between members -----------------------------------------------------------------------------------------


def _gaps(facts: MeasureFacts, standing: Standing, figures: Figures) -> list[Gap]:
    """The spread on each scored indicator, before the plan and within it, over constant composition."""
    start = standing.period.start.year - 1
    before = (start - standing.index.window_years + 1, start)
    found = []
    for one in facts.indicators:
        if one.role is Role.SCORE and not one.relative and one.outcome in standing.index.outcomes:
            gap = _gap(one, standing.members, figures, before)
            if gap is not None:
                found.append(gap)
    corrected = holm([gap.p for gap in found])
    return [replace(gap, p=p) for gap, p in zip(found, corrected, strict=True)]


def _gap(indicator: Indicator, members: Sequence[str], figures: Figures, before: tuple[int, int]) -> Gap | None:
    try:
        found = together(indicator, members, figures, before)
    except MeasureError:
        return None
    if found.years is None or found.sigma is None or not found.sigma.rows:
        return None
    log = indicator.goalposts is not None and indicator.goalposts.scale is Scale.LOG
    first, last = (
        [_on_scale(indicator, figures.series(indicator.id, code)[year].value, log=log) for code in found.sigma.members]
        for year in found.years
    )
    if None in first or None in last:
        return None
    x, y = np.array(first, dtype=np.float64), np.array(last, dtype=np.float64)
    if not x.std() > 0:
        return None
    sd = float(x.std(ddof=1)), float(y.std(ddof=1))
    return Gap(indicator.id, found.years, found.sigma.members, *sd, equal_variances(x, y), log)


def _on_scale(indicator: Indicator, value: float, *, log: bool) -> float | None:
    """The value as the goalposts see it: itself, its logarithm, or its distance from the best."""
    if indicator.direction is Direction.REFERENCE:
        value = abs(value - float(indicator.reference or 0.0))
    if not log:
        return value
    return math.log(value) if value > 0 else None


def equal_variances(x: np.typing.NDArray[np.float64], y: np.typing.NDArray[np.float64]) -> float | None:
    """Two-sided p value that two paired samples have the same variance; None with fewer than four pairs.

    The sums and the differences of the pairs are uncorrelated exactly when the variances are equal (Pitman 1939,
    *Biometrika* 31, 9-12; Morgan 1939, *Biometrika* 31, 13-19).

    >>> equal_variances(np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 4, 3]))  # the same values, so the same variance
    1.0
    """
    from scipy.special import stdtr

    total, difference = x + y, x - y
    free = len(x) - 2
    if free < 2 or not total.std() > 0 or not difference.std() > 0:
        return None
    r = float(np.corrcoef(total, difference)[0, 1])
    if abs(r) >= 1.0:
        return 0.0
    return float(2.0 * stdtr(free, -abs(r) * math.sqrt(free / (1.0 - r * r))))


def holm(values: Iterable[float | None]) -> list[float | None]:
    """P values corrected for their number (Holm 1979, *Scandinavian Journal of Statistics* 6, 65-70); None stays.

    >>> holm([0.01, None, 0.04, 0.03])
    [0.03, None, 0.06, 0.06]
    """
    given = list(values)
    order = sorted((p, at) for at, p in enumerate(given) if p is not None)
    corrected: list[float | None] = [None] * len(given)
    largest = 0.0
    for place, (p, at) in enumerate(order):
        largest = max(largest, min(1.0, (len(order) - place) * p))
        corrected[at] = largest
    return corrected


# --- what is missing -------------------------------------------------------------------------------------------------


def _missing(standing: Standing) -> Missing:
    wanted = [(member, name) for one in standing.outcomes for name in one.indicators for member in standing.members]
    empty = [key for key in wanted if standing.cells[key].figure is None]
    members, indicators = Counter(member for member, _ in empty), Counter(name for _, name in empty)
    return Missing(
        unscored=tuple(one.outcome for one in standing.outcomes if not one.scored),
        cells=len(wanted),
        empty=len(empty),
        old=sum(OLD in standing.cells[key].marks for key in wanted),
        by_member=_most(members),
        by_indicator=_most(indicators),
    )


def _most(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
