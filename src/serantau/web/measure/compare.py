"""The page *compare*: two to four members side by side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext as _

from serantau.measure.indicators import Indicator, Role
from serantau.measure.standing import Standing
from serantau.region.model import Member
from serantau.render.dots import MOST
from serantau.web.measure.overview import OutcomeView, ScoreView, outcome_views, score_view
from serantau.web.measure.parts import FigureView, find, key_of, latest, names_of
from serantau.web.measure.pictures import members_compared
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import Question
from serantau.web.site.templatetags.serantau import day

PLACES = ("a", "b", "c", "d")
"""Parameters of the page: one member each."""

LEAST = 2
SURE = 0.95
"""Share of the draws from which the order of two members is called sure."""

assert len(PLACES) == MOST


@dataclass(frozen=True)
class OutcomeRow:
    """One outcome: a cell for each member, and how sure the order of each pair is.

    Attributes:
        pairs: Per cent of the draws in which the first of a pair scores above the second; None without a score.
    """

    view: OutcomeView
    cells: tuple[ScoreView | None, ...]
    pairs: tuple[int | None, ...]


@dataclass(frozen=True)
class FigureRow:
    """One indicator: the figure of each member, and who is best."""

    indicator: Indicator
    code: str
    figures: tuple[FigureView | None, ...]
    scores: tuple[float | None, ...]


@dataclass(frozen=True)
class Place:
    """One choice of the form."""

    name: str
    number: int
    chosen: Member | None


def chosen_members(question: Question) -> tuple[Member, ...]:
    """The members of the address, each once, in its order.

    Raises:
        NotHereError: if one is no member, with the nearest.
        QuestionError: if one was none on the day of the question.
    """
    members = question.answers.members(question.asof)
    region = question.answers.bundle.region
    found: list[Member] = []
    for name in PLACES:
        wanted = question.more.get(name)
        if wanted is None:
            continue
        member = find(lambda wanted=wanted: region.member(wanted), wanted, names_of(members), "/members/%s/")
        if member not in members:
            message = _("As far as was known, %(name)s was not a member on %(day)s.")
            raise QuestionError(message % {"name": member.name, "day": day(question.asof.valid)}, name)
        if member not in found:
            found.append(member)
    return tuple(found)


def compare_context(question: Question, chosen: tuple[Member, ...]) -> dict[str, object]:
    """What the page shows."""
    members = question.answers.members(question.asof)
    standing = question.answers.standing(question.plan, question.asof)
    places = [Place(n, at + 1, chosen[at] if at < len(chosen) else None) for at, n in enumerate(PLACES)]
    context: dict[str, object] = {"members": members, "chosen": chosen, "places": places, "standing": standing}
    if len(chosen) < LEAST or standing is None:
        return context
    views = outcome_views(question, standing)
    rows = _figure_rows(question, standing, views, chosen)
    pairs = list(combinations(chosen, 2))
    outcome_rows = [_outcome_row(question, standing, view, chosen, pairs) for view in views if view.summary]
    query = "".join(f"{'&' if at or question.query else '?'}{n}={m.id}" for at, (n, m) in enumerate(_named(chosen)))
    return context | {
        "outcome_rows": outcome_rows,
        "pairs": pairs,
        "chart": members_compared(question, chosen),
        "figure_rows": rows,
        "sentences": _sentences(outcome_rows, chosen) if len(chosen) == LEAST else (),
        "compared_query": f"{question.query}{query}",
        "page_marks": key_of(one for row in rows for one in row.figures),
    }


def _named(chosen: tuple[Member, ...]) -> list[tuple[str, Member]]:
    return list(zip(PLACES, chosen, strict=False))


def _outcome_row(
    question: Question,
    standing: Standing,
    view: OutcomeView,
    chosen: tuple[Member, ...],
    pairs: list[tuple[Member, Member]],
) -> OutcomeRow:
    sure = question.answers.sure_changes(question.plan, question.asof)
    cells = tuple(score_view(standing.scores[one.id, view.outcome.id], sure) for one in chosen)
    robust = standing.robustness.get(view.outcome.id)
    shares = []
    for one, other in pairs:
        both = all(standing.scores[member.id, view.outcome.id].score is not None for member in (one, other))
        shares.append(round(100 * robust.prob_above(one.id, other.id)) if robust is not None and both else None)
    return OutcomeRow(view, cells, tuple(shares))


def _sentences(rows: list[OutcomeRow], chosen: tuple[Member, ...]) -> tuple[str, ...]:
    """On which outcomes the order of two members is sure, and on which it is not."""
    ahead: dict[str, list[str]] = {"first": [], "second": [], "open": []}
    for row in rows:
        (share,) = row.pairs
        if share is not None:
            kind = "first" if share >= 100 * SURE else "second" if share <= 100 - 100 * SURE else "open"
            ahead[kind].append(f"{row.view.outcome.code} {row.view.label}")
    words = {"first": chosen[0].name, "second": chosen[1].name}
    said = []
    for kind, member in (("first", chosen[0]), ("second", chosen[1])):
        if ahead[kind]:
            text = _("%(member)s is surely ahead on %(outcomes)s.")
            said.append(text % {"member": member.name, "outcomes": ", ".join(ahead[kind])})
    if ahead["open"]:
        text = _("Which of %(first)s and %(second)s is ahead on %(outcomes)s depends on the choices.")
        said.append(text % {**words, "outcomes": ", ".join(ahead["open"])})
    return tuple(said)


def _figure_rows(
    question: Question, standing: Standing, views: tuple[OutcomeView, ...], chosen: tuple[Member, ...]
) -> list[FigureRow]:
    """The scored indicators and those of recovery, of which any of the members has a figure."""
    rows = []
    for view in views:
        for one in question.answers.bundle.measure.indicators:
            wanted = one.role is Role.SCORE or one.base_year is not None
            if one.outcome == view.outcome.id and wanted and one.role in (Role.SCORE, Role.FIGURE):
                figures = tuple(latest(question, standing, one, member.id) for member in chosen)
                scores = tuple(standing.cells[member.id, one.id].score for member in chosen)
                if any(figures):
                    rows.append(FigureRow(one, view.outcome.code, figures, scores))
    return rows
