"""The pages' charts: engine answers as rows and points, drawn with the words of the page's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.languages import SOURCE, formats_of
from serantau.measure.figures import BREAK, Figures
from serantau.measure.indicators import Direction, Indicator
from serantau.measure.paths import MemberPath
from serantau.measure.standing import OutcomeScore
from serantau.render.charts import (
    Band,
    Bar,
    Chart,
    DotRow,
    Line,
    Point,
    Span,
    Words,
    dots,
    draw,
    in_signs,
    lines,
    profile,
    rank_intervals,
    ranked_bar,
    wheel,
)
from serantau.web.measure.marks import marks_of
from serantau.web.measure.parts import ChartView, FigureView, chart_view
from serantau.web.site.templatetags.serantau import number


def words(missing: str = "") -> Words:
    """The words that a chart writes itself, in the language of the page."""
    return Words(
        missing=missing or _("no figure"),
        target=_("target"),
        projection=_("projection"),
        flagged=_("flagged figure"),
        gap=_("years without a figure"),
        others=_("the other members"),
        interval=_("interval"),
        rank=_("rank"),
        average=_("average"),
    )


def drawn(chart: Chart, caption: str, *, wide: bool = False) -> ChartView:
    """Draw, or find drawn, a chart, its axes in the signs of the page's language."""
    signs = formats_of(get_language() or SOURCE)
    return chart_view(
        draw(in_signs(chart, signs.decimal, signs.group), Path(settings.SERANTAU_DATA) / "charts"), caption, wide=wide
    )


def profile_chart(name: str, rows: Sequence[tuple[str, OutcomeScore, tuple[float, ...]]]) -> ChartView:
    """A member's score on each outcome, with the others as ticks."""
    bars = [
        Bar(label, score.score, text=number(score.score, 1) if score.score is not None else None, others=others)
        for label, score, others in rows
    ]
    caption = _("Scores of %s from 0 to 100; the thin ticks are the other members.") % name
    return drawn(profile(caption, bars, words=words(_("no score"))), caption)


def wheel_chart(name: str, rows: Sequence[tuple[str, OutcomeScore, tuple[float, ...]]]) -> ChartView:
    """A member's scores around a circle, with the others as marks."""
    bars = [
        Bar(label, score.score, text=_short(score), note=_rank_note(score), others=others)
        for label, score, others in rows
    ]
    caption = _("Scores of %s from 0 to 100. A dashed sector has no score: that is not known, and not zero.") % name
    return drawn(wheel(caption, bars, words=words(_("no score"))), caption)


def _short(score: OutcomeScore) -> str | None:
    return None if score.score is None else number(score.score, 1)


def _rank_note(score: OutcomeScore) -> str:
    if score.rank is None:
        return ""
    low, high = score.rank_low, score.rank_high
    span = f"{score.rank}" if low is None or low == high else f"{low}–{high}"
    return _("rank %s") % span


def change_chart(
    title: str, scores: Sequence[OutcomeScore], names: Mapping[str, str], years: tuple[int, int]
) -> ChartView | None:
    """Each member's score before the plan and now, over the same indicators; None where nobody has both."""
    series = [
        Line(names[one.member], (Point(years[0], one.before), Point(years[1], one.before + one.change)))
        for one in scores
        if one.change is not None and one.before is not None
    ]
    if not series:
        return None
    caption = _(
        "%(title)s: score before the plan (figures up to %(first)s) and now (up to %(last)s), for each member over the "
        "indicators that it has comparable figures of on both sides."
    ) % {"title": title, "first": years[0], "last": years[1]}
    return drawn(lines(caption, _("score, 0 to 100"), series, words=words()), caption, wide=True)


def compare_chart(members: Sequence[str], rows: Sequence[tuple[str, Sequence[OutcomeScore]]]) -> ChartView:
    """A few members side by side on each outcome."""
    caption = _("Scores from 0 to 100 of %s, each with a sign of its own.") % ", ".join(members)
    shown = [DotRow(label, tuple(one.score for one in scores)) for label, scores in rows]
    return drawn(dots(caption, _("score, 0 to 100"), members, shown, words=words(_("no score"))), caption)


def score_chart(title: str, scores: Sequence[OutcomeScore], names: Mapping[str, str]) -> ChartView:
    """Members ranked by their score on one outcome."""
    bars = [Bar(names[one.member], one.score, text=number(one.score, 1), note=letters(one.marks)) for one in scores]
    caption = _("%s: score from 0 to 100. Letters are marks of the figures behind it.") % title
    unit = _("score, 0 to 100")
    return drawn(ranked_bar(caption, unit, bars, average=True, words=words(_("no score"))), caption)


def rank_chart(title: str, scores: Sequence[OutcomeScore], names: Mapping[str, str]) -> ChartView:
    """Ranks with their intervals."""
    spans = [Span(names[one.member], one.rank, one.rank_low, one.rank_high) for one in scores if one.rank is not None]
    caption = _("%s: rank (dot) and the ranks of 90 %% of all draws (line).") % title
    return drawn(rank_intervals(caption, spans, words=words()), caption)


def letters(marks: Mapping[str, int] | Sequence[str]) -> str:
    """The letters of some marks."""
    return "".join(mark.letter for mark in marks_of(marks))


def latest_chart(indicator: Indicator, shown: Mapping[str, FigureView | None]) -> ChartView:
    """The latest figures, ranked; members without one come last."""
    years = {view.year for view in shown.values() if view is not None}
    same = len(years) == 1
    bars = [
        Bar(name)
        if view is None
        else Bar(
            name,
            view.value,
            text=number(view.value, indicator.decimals),
            note=f"{'' if same else view.year} {''.join(mark.letter for mark in view.marks)}".strip(),
        )
        for name, view in shown.items()
    ]
    said = {"name": indicator.name, "unit": indicator.unit, "year": next(iter(years), "")}
    if same:
        caption = _("%(name)s, %(unit)s: figure of each member in %(year)s, with its marks.") % said
    else:
        caption = _("%(name)s, %(unit)s: latest figure of each member, with its year and marks.") % said
    if indicator.direction is Direction.REFERENCE:
        caption += " " + _("In the order of the figures; best is nearest to %s.") % f"{indicator.reference:g}"
    least = indicator.direction is Direction.LOWER
    chart = ranked_bar(caption, indicator.unit, bars, lowest_first=least, average=same, words=words())
    return drawn(chart, caption)


def base_chart(indicator: Indicator, shown: Mapping[str, float | None]) -> ChartView:
    """The latest figure of each member as % of the base year's."""
    bars = [Bar(name, base, text=None if base is None else number(base, 1)) for name, base in shown.items()]
    caption = _("%(name)s: latest figure in %% of that of %(year)s.") % {
        "name": indicator.name,
        "year": indicator.base_year,
    }
    if indicator.direction is Direction.LOWER:
        caption += " " + _("Less is better.")
    least = indicator.direction is Direction.LOWER
    unit = _("%% of %s") % indicator.base_year
    return drawn(ranked_bar(caption, unit, bars, lowest_first=least, words=words()), caption)


def evolution_chart(
    indicator: Indicator, figures: Figures, names: Mapping[str, str], path: MemberPath | None
) -> ChartView | None:
    """The figures over the years; of the member in question also the projection. None without a figure.

    Args:
        indicator: The indicator.
        figures: What is known.
        names: Names of the members by code.
        path: The path of the member in question; None where there is none.
    """
    series = [
        Line(
            name,
            tuple(
                Point(year, figure.value, letters(figure.flags), BREAK in figure.flags)
                for year, figure in figures.series(indicator.id, code).items()
            ),
        )
        for code, name in names.items()
    ]
    series = [line for line in series if line.points]
    if not series:
        return None
    ahead = path.view.projection if path else None
    bands = (
        [
            Band(year, ahead.mean[at], ahead.low[at] if ahead.low else None, ahead.high[at] if ahead.high else None)
            for at, year in enumerate(ahead.years)
        ]
        if ahead
        else []
    )
    target = indicator.target.value if indicator.target else path.target.value if path and path.target else None
    chosen = names[path.member] if path and any(line.label == names[path.member] for line in series) else None
    caption = _("%(name)s, %(unit)s, over the years.") % {"name": indicator.name, "unit": indicator.unit}
    if chosen and bands:
        caption += " " + _("Dashed: where the past path of %s would lead, with its 90 %% interval.") % chosen
    chart = lines(caption, indicator.unit, series, bands, target, chosen, words=words())
    return drawn(chart, caption, wide=True)
