"""Every chart of the site by kind and subject, so that a page, a file and an embed show the same one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from serantau.measure.definition import StatusRule
from serantau.measure.indicators import Indicator, Observation
from serantau.measure.paths import MemberPath, Way, member_path, model_of
from serantau.measure.standing import SCORED, Standing
from serantau.plan import Outcome
from serantau.plan.targets import target_of
from serantau.region.model import Member
from serantau.web.api.rows import cells_of, observations_in
from serantau.web.measure.charts import (
    base_chart,
    change_chart,
    compare_chart,
    evolution_chart,
    latest_chart,
    profile_chart,
    rank_chart,
    score_chart,
    wheel_chart,
)
from serantau.web.measure.overview import OutcomeView, outcome_views
from serantau.web.measure.parts import ChartView, latest, names_of, source_view
from serantau.web.site.question import Question

MOST_NAMED = 4
"""Publishers named below a chart; its page names all."""


def placed(question: Question, chart: ChartView | None, kind: str, name: str, data: str) -> ChartView | None:
    """The chart with its address and that of its table."""
    if chart is None:
        return None
    return replace(chart, kind=kind, name=name, query=question.query, data=f"{data}{question.query}")


# --- members ---------------------------------------------------------------------------------------------------------


def member_wheel(question: Question, member: Member) -> ChartView | None:
    """All outcomes of a member around a circle; those without a score are empty."""
    standing = _standing_of(question, member)
    if standing is None:
        return None
    rows = _profile_rows(question, standing, member)
    if not any(score.score is not None for _, score, _ in rows):
        return None
    return placed(question, wheel_chart(member.name, rows), "member-wheel", member.id, f"/members/{member.id}.csv")


def member_profile(question: Question, member: Member) -> ChartView | None:
    """The scored outcomes of a member as bars."""
    standing = _standing_of(question, member)
    rows = _profile_rows(question, standing, member, scored_only=True) if standing else []
    chart = profile_chart(member.name, rows) if rows else None
    return placed(question, chart, "member-profile", member.id, f"/members/{member.id}.csv")


def members_compared(question: Question, members: Sequence[Member]) -> ChartView | None:
    """A few members side by side on the outcomes that have a score."""
    standing = question.answers.standing(question.plan, question.asof)
    if standing is None or any(one.id not in standing.members for one in members):
        return None
    rows = [
        (label_of(view), [standing.scores[one.id, view.outcome.id] for one in members])
        for view in outcome_views(question, standing)
        if view.scored
    ]
    if not rows:
        return None
    chart = compare_chart([one.name for one in members], rows)
    chart = placed(question, chart, "compare", "-".join(one.id for one in members), "/compare.csv")
    names = "".join(f"&{place}={one.id}" for place, one in zip("abcd", members, strict=False))
    data = chart.data + (names if "?" in chart.data else "?" + names[1:])
    return replace(chart, data=data)


def _profile_rows(
    question: Question, standing: Standing, member: Member, *, scored_only: bool = False
) -> list[tuple[str, object, tuple[float, ...]]]:
    rows = []
    for view in outcome_views(question, standing):
        if view.summary is None or (scored_only and not view.scored):
            continue
        others = [standing.scores[code, view.outcome.id] for code in standing.members if code != member.id]
        ticks = tuple(other.score for other in others if other.state == SCORED and other.score is not None)
        rows.append((label_of(view), standing.scores[member.id, view.outcome.id], ticks))
    return rows


def _standing_of(question: Question, member: Member) -> Standing | None:
    standing = question.answers.standing(question.plan, question.asof)
    return standing if standing is not None and member.id in standing.members else None


def label_of(view: OutcomeView) -> str:
    """Code and short name of an outcome."""
    return view.outcome.code if view.label == view.outcome.code else f"{view.outcome.code} {view.label}"


# --- outcomes --------------------------------------------------------------------------------------------------------


def outcome_scores(question: Question, outcome: Outcome) -> ChartView | None:
    """Members ranked by their score, with the average."""
    return _outcome_chart(question, outcome, "outcome-scores")


def outcome_ranks(question: Question, outcome: Outcome) -> ChartView | None:
    """Ranks with their intervals."""
    return _outcome_chart(question, outcome, "outcome-ranks")


def outcome_change(question: Question, outcome: Outcome) -> ChartView | None:
    """Scores before and within the plan, over the same indicators."""
    return _outcome_chart(question, outcome, "outcome-change")


def _outcome_chart(question: Question, outcome: Outcome, kind: str) -> ChartView | None:
    standing = question.answers.standing(question.plan, question.asof)
    views = outcome_views(question, standing)
    view = next((one for one in views if one.outcome.id == outcome.id and one.scored), None)
    if standing is None or view is None:
        return None
    members = question.answers.members(question.asof)
    scores, names = [standing.scores[one.id, outcome.id] for one in members], names_of(members)
    if kind == "outcome-scores":
        chart = score_chart(label_of(view), scores, names)
    elif kind == "outcome-ranks":
        chart = rank_chart(label_of(view), scores, names) if outcome.id in standing.robustness else None
    else:
        years = (standing.period.start.year - 1, standing.last_year)
        chart = change_chart(label_of(view), scores, names, years)
    return placed(question, chart, kind, outcome.id, f"/outcomes/{outcome.id}.csv")


# --- indicators ------------------------------------------------------------------------------------------------------


def indicator_latest(question: Question, indicator: Indicator) -> ChartView | None:
    """The latest figure of each member, ranked, with the average; None without any figure."""
    standing = question.answers.standing(question.plan, question.asof)
    members = question.answers.members(question.asof)
    shown = {one.name: latest(question, standing, indicator, one.id) for one in members}
    chart = latest_chart(indicator, shown) if any(shown.values()) else None
    return placed(question, chart, "indicator-latest", indicator.id, f"/indicators/{indicator.id}.csv")


def indicator_base(question: Question, indicator: Indicator) -> ChartView | None:
    """The latest figure of each member as % of the base year's; None where nobody has both."""
    standing = question.answers.standing(question.plan, question.asof)
    members = question.answers.members(question.asof)
    shown = {one.name: standing.cells[one.id, indicator.id].base if standing else None for one in members}
    chart = base_chart(indicator, shown) if any(one is not None for one in shown.values()) else None
    return placed(question, chart, "indicator-base", indicator.id, f"/indicators/{indicator.id}.csv")


def indicator_years(question: Question, indicator: Indicator, member: Member | None) -> ChartView | None:
    """The figures over the years, with the path of one member; None for a relative rating, or without a figure."""
    if indicator.relative:
        return None
    members = question.answers.members(question.asof)
    figures = question.answers.figures(question.asof)
    path = path_of(question, indicator, member) if member and figures.series(indicator.id, member.id) else None
    chart = evolution_chart(indicator, figures, names_of(members), path)
    chart = placed(question, chart, "indicator-years", indicator.id, f"/indicators/{indicator.id}.csv")
    if chart is None or member is None:
        return chart
    return replace(chart, query=f"{chart.query}{'&' if chart.query else '?'}member={member.id}")


def path_of(question: Question, indicator: Indicator, member: Member) -> MemberPath:
    """The path of one member on one indicator, against its target if it has one."""
    index, plans = question.answers.index_of(question.plan), question.answers.bundle.plans
    rule = index.status if index else StatusRule()
    target = target_of(plans, indicator, member.id, question.asof)
    figures = question.answers.figures(question.asof)
    return member_path(figures, indicator, member.id, Way(model_of(indicator), spare=True), target, rule)


# --- what they rest on -----------------------------------------------------------------------------------------------


def observations_behind(
    question: Question, subject: Member | Outcome | Indicator | tuple[Member, ...]
) -> tuple[Observation, ...]:
    """The published figures behind the charts of a subject."""
    if isinstance(subject, Indicator):
        figures = question.answers.figures(question.asof)
        members = question.answers.members(question.asof)
        return observations_in(figure for one in members for figure in figures.series(subject.id, one.id).values())
    standing = question.answers.standing(question.plan, question.asof)
    if standing is None:
        return ()
    scored = [one.outcome for one in standing.outcomes if one.scored]
    if isinstance(subject, Member | tuple):
        chosen = subject if isinstance(subject, tuple) else (subject,)
        members = [one.id for one in chosen if one.id in standing.members]
        return observations_in(cell.figure for cell in cells_of(standing, scored, members))
    return observations_in(cell.figure for cell in cells_of(standing, [subject.id], standing.members))


def source_line(question: Question, rows: Iterable[Observation]) -> str:
    """Who published the figures and on which terms, in a line."""
    bundle = question.answers.bundle
    used = tuple(rows)
    publishers = list(dict.fromkeys(source_view(bundle, row.source).organisation or row.source for row in used))
    licences = list(dict.fromkeys(one.licence for row in used if (one := bundle.measure.table_of(row)) is not None))
    said = _("Serantau, edition %(edition)s, as of %(day)s.") % {
        "edition": question.answers.edition,
        "day": question.asof.valid,
    }
    if not used:
        return said
    words = {"publishers": ", ".join(publishers[:MOST_NAMED]), "licences": ", ".join(licences)}
    if len(publishers) > MOST_NAMED:
        more = len(publishers) - MOST_NAMED
        figures = _("Figures: %(publishers)s and %(more)s more (%(licences)s).") % {**words, "more": more}
    else:
        figures = _("Figures: %(publishers)s (%(licences)s).") % words
    return f"{figures} {said}"
