"""What stands out, in sentences: each with its numbers and a link to what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serantau.measure.findings import Findings, Gap, Move
from serantau.measure.indicators import Indicator
from serantau.region.model import Member
from serantau.web.measure.overview import OutcomeView
from serantau.web.measure.parts import names_of
from serantau.web.site.question import Question
from serantau.web.site.templatetags.serantau import change, local, number


@dataclass(frozen=True)
class Sentence:
    """A finding in words.

    Attributes:
        kind: ``up``, ``down``, ``level`` or ``none``, as the name of a style.
        text: The sentence.
        address: Where its numbers stand.
        link: Words of the link.
    """

    kind: str
    text: str
    address: str
    link: str


@dataclass(frozen=True)
class MoveRow:
    """A sure change of a score."""

    move: Move
    member: Member
    outcome: OutcomeView

    @property
    def kind(self) -> str:
        """Whether it rose or fell, as the name of a style."""
        return "up" if (self.move.score.change or 0.0) > 0 else "down"


@dataclass(frozen=True)
class GapRow:
    """The spread of the members on one indicator, before and within the plan."""

    gap: Gap
    indicator: Indicator

    @property
    def percent(self) -> float:
        """Change of the spread in per cent."""
        return 100.0 * self.gap.relative


@dataclass(frozen=True)
class FindingsView:
    """What stands out, for a page.

    Attributes:
        sentences: The findings in words, the most telling first.
        moves: All sure changes, the largest rise first and the largest fall last.
        gaps: The spread on all indicators compared.
        unsure: How many changes have no direction that may be stated.
        unknown: How many scores have no known change.
    """

    sentences: tuple[Sentence, ...]
    moves: tuple[MoveRow, ...]
    gaps: tuple[GapRow, ...]
    unsure: int
    unknown: int


def findings_view(question: Question, outcomes: Sequence[OutcomeView]) -> FindingsView | None:
    """What stands out under the plan; None where nothing is measured."""
    found = question.answers.findings(question.plan, question.asof)
    if found is None:
        return None
    members = {one.id: one for one in question.answers.members(question.asof)}
    views = {view.outcome.id: view for view in outcomes}
    held = question.answers.bundle.measure.by_id
    rows = tuple(
        MoveRow(move, members[move.score.member], views[move.score.outcome])
        for move in (*found.rises, *reversed(found.falls))
        if move.score.outcome in views
    )
    gaps = tuple(GapRow(gap, held[gap.indicator]) for gap in (*found.closed, *found.opened, *found.unclear))
    sentences = (
        *_moved(question, rows),
        *_gap_sentences(question, found, gaps),
        *_missing(question, found, views),
    )
    return FindingsView(sentences, rows, gaps, found.unsure, found.unknown)


def member_moves(question: Question, member: Member, outcomes: Sequence[OutcomeView]) -> tuple[Sentence, ...]:
    """What stands out of one member: its largest sure rise and fall."""
    found = findings_view(question, outcomes)
    return () if found is None else _moved(question, [row for row in found.moves if row.member.id == member.id])


def _moved(question: Question, rows: Sequence[MoveRow]) -> tuple[Sentence, ...]:
    """The largest sure rise and the largest sure fall."""
    ends = [*rows[:1], *(rows[-1:] if len(rows) > 1 else ())]
    return tuple(_move(question, row) for row in ends if row is ends[0] or row.kind == "down")


def _move(question: Question, row: MoveRow) -> Sentence:
    score, spread = row.move.score, row.move.spread
    words = {
        "member": row.member.name,
        "outcome": f"{row.outcome.outcome.code} {row.outcome.label}",
        "change": change(score.change, 1),
        "low": change(spread.low, 1),
        "high": change(spread.high, 1),
        "over": score.change_over,
        "of": score.of,
    }
    if row.kind == "up":
        text = _(
            "Largest rise: %(member)s on %(outcome)s, %(change)s points (%(low)s to %(high)s in 90 %% of the draws), "
            "over %(over)s of %(of)s indicators."
        )
    else:
        text = _(
            "Largest fall: %(member)s on %(outcome)s, %(change)s points (%(low)s to %(high)s in 90 %% of the draws), "
            "over %(over)s of %(of)s indicators."
        )
    address = f"/members/{row.member.id}/{question.query}#{score.outcome}"
    return Sentence(row.kind, text % words, address, _("%(member)s: the figures behind it") % words)


def _gap_sentences(question: Question, found: Findings, gaps: Sequence[GapRow]) -> list[Sentence]:
    """Where the members drew together most and apart most, or that nothing of the kind can be said."""
    held = {row.gap.indicator: row for row in gaps}
    sentences = [_gap(question, held[gap.indicator]) for gap in (*found.closed[:1], *found.opened[:1])]
    if not sentences and gaps:
        text = ngettext(
            "Between the members: on the %(count)s indicator compared, the gap did not change by more than chance allows.",
            "Between the members: on none of the %(count)s indicators compared did the gap change by more than chance allows.",
            len(gaps),
        ) % {"count": len(gaps)}
        sentences.append(Sentence("level", text, "#gaps-title", _("All comparisons")))
    return sentences


def _gap(question: Question, row: GapRow) -> Sentence:
    gap = row.gap
    words = {
        "name": row.indicator.name,
        "by": number(abs(row.percent), 0),
        "count": len(gap.members),
        "first": gap.years[0],
        "last": gap.years[1],
        "p": local(f"{gap.p or 0.0:.3f}"),
    }
    if gap.relative < 0:
        text = _(
            "The gap between members closed most on %(name)s: their standard deviation fell by %(by)s %% "
            "(%(count)s members, %(first)s to %(last)s, corrected p = %(p)s)."
        )
    else:
        text = _(
            "The gap between members opened most on %(name)s: their standard deviation rose by %(by)s %% "
            "(%(count)s members, %(first)s to %(last)s, corrected p = %(p)s)."
        )
    address = f"/indicators/{row.indicator.id}/{question.query}"
    return Sentence("up" if gap.relative < 0 else "down", text % words, address, row.indicator.name)


def _missing(question: Question, found: Findings, views: dict[str, OutcomeView]) -> list[Sentence]:
    missing, sentences = found.missing, []
    if missing.unscored:
        names = ", ".join(
            f"{views[name].outcome.code} {views[name].label}" for name in missing.unscored if name in views
        )
        text = ngettext(
            "No score for %(count)s outcome: %(names)s. Too few digital indicators have figures.",
            "No score for %(count)s outcomes: %(names)s. Too few digital indicators have figures.",
            len(missing.unscored),
        )
        words = {"count": len(missing.unscored), "names": names}
        sentences.append(Sentence("none", text % words, "#unscored-title", _("Why, and who could fill the gap")))
    if missing.empty:
        name = names_of(question.answers.members(question.asof))[missing.by_member[0][0]]
        text = _(
            "Missing: %(empty)s of the %(cells)s figures that scores could use; %(member)s lacks the most (%(most)s). "
            "Of the figures in use, %(old)s are old."
        )
        words = {
            "empty": missing.empty,
            "cells": missing.cells,
            "member": name,
            "most": missing.by_member[0][1],
            "old": missing.old,
        }
        address = f"/data/{question.query}#coverage-title"
        sentences.append(Sentence("none", text % words, address, _("What is there and what is missing")))
    return sentences
