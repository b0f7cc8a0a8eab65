"""Whether the members draw together on one indicator, as every door asks it: which years, which members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serantau.measure.convergence import (
    LEAST_MEMBERS,
    BetaConvergence,
    LeftOut,
    SigmaConvergence,
    beta_convergence,
    sigma_convergence,
)
from serantau.measure.figures import Figures
from serantau.measure.indicators import Indicator
from serantau.measure.series import Series


@dataclass(frozen=True)
class Together:
    """Sigma and beta convergence of one indicator between two years.

    Attributes:
        indicator: The indicator.
        years: First and last year, or None where no two serve.
        sigma: Dispersion in both; None without years.
        beta: Growth on the initial level; None without years.
        note: What is missing; empty if nothing is.
        left_out: Members that are not compared, and why, by code.
    """

    indicator: Indicator
    years: tuple[int, int] | None
    sigma: SigmaConvergence | None
    beta: BetaConvergence | None
    note: str
    left_out: tuple[LeftOut, ...]


def together(
    indicator: Indicator,
    members: Sequence[str],
    figures: Figures,
    before: tuple[int, int],
    first: int | None = None,
    last: int | None = None,
) -> Together:
    """Compare the members that have a figure in both years, and no break in the series between them.

    Args:
        indicator: The indicator.
        members: Alpha-3 codes.
        figures: The figures known and valid at the time of the question.
        before: First and last year of the window before the plan, where the first year is looked for.
        first: First year; None for the one of the pair that most members share.
        last: Last year; None likewise.

    Raises:
        MeasureError: if the last year is not later than the first.
    """
    panel = {
        code: Series.of({year: one.value for year, one in figures.series(indicator.id, code).items()})
        for code in members
    }
    breaks = {code: figures.breaks(indicator.id, code) for code in members}
    years = _years(panel, breaks, before, first, last)
    if years is None:
        return Together(indicator, None, None, None, "not enough data: no year before and after", ())
    broken = {code: year for code in panel for year in breaks[code] if years[0] < year <= years[1]}
    whole = {code: series for code, series in panel.items() if code not in broken}
    sigma, beta = sigma_convergence(whole, years), beta_convergence(whole, *years)
    left_out = [*sigma.left_out, *(LeftOut(code, f"the series breaks in {year}") for code, year in broken.items())]
    ordered = tuple(sorted(left_out, key=lambda one: one.member))
    return Together(indicator, years, sigma, beta, sigma.note or beta.note, ordered)


def _years(
    panel: Mapping[str, Series],
    breaks: Mapping[str, Sequence[int]],
    before: tuple[int, int],
    first: int | None,
    last: int | None,
) -> tuple[int, int] | None:
    """The years asked for; else the pair, one before the plan and one after, that most members share.

    Of equals the one that ends last, then the one that starts last. Members whose series breaks between do not count.
    """
    if first is not None and last is not None:
        return first, last
    held = sorted({year for series in panel.values() for year in series.years})
    firsts = [first] if first is not None else [year for year in held if before[0] <= year <= before[1]]
    lasts = [last] if last is not None else [year for year in held if first is not None or year > before[1]]

    def shared(early: int, late: int) -> int:
        return sum(
            early in series.years and late in series.years and not any(early < year <= late for year in breaks[code])
            for code, series in panel.items()
        )

    pairs = [(shared(early, late), late, early) for early in firsts for late in lasts if late > early]
    best = max(pairs, default=None)
    return (best[2], best[1]) if best is not None and best[0] >= LEAST_MEMBERS else None


def together_row(found: Together) -> dict[str, object]:
    """A comparison as one row of an answer, of plain types: what is not known is None."""
    sigma, beta = found.sigma, found.beta
    changes = {one.measure: one for one in sigma.changes} if sigma else {}
    cv, estimate = changes.get("cv"), beta.estimate if beta else None
    return {
        "indicator": found.indicator.id,
        "unit": found.indicator.unit,
        "first_year": found.years[0] if found.years else None,
        "last_year": found.years[1] if found.years else None,
        "members": list(sigma.members) if sigma else [],
        "compared": len(sigma.members) if sigma else 0,
        "cv_first": cv.first if cv else None,
        "cv_last": cv.last if cv else None,
        "cv_change": cv.relative if cv else None,
        "dispersion": {
            name: {"first": one.first, "last": one.last, "relative": one.relative} for name, one in changes.items()
        },
        "beta": estimate.slope if estimate else None,
        "beta_stderr": estimate.stderr if estimate else None,
        "beta_p": estimate.p if estimate else None,
        "beta_members": len(beta.points) if beta else 0,
        "half_life": estimate.half_life if estimate else None,
        "left_out": [{"member": one.member, "reason": one.reason} for one in found.left_out],
        "note": found.note or None,
    }
