"""The operation that reads figures out, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from serantau.measure.figures import Figure
from serantau.web.answers import Memo
from serantau.web.api.asking import Asked
from serantau.web.api.model import ObservationsAnswer
from serantau.web.api.router import operation
from serantau.web.api.rows import all_figures, encode, figure_head, figure_row, observations_in

MOST_ENCODED = 4
"""How many times of a question have all their rows kept in memory, some megabytes each."""


@dataclass(frozen=True)
class Encoded:
    """A figure and its row, encoded once for all pages that show it."""

    figure: Figure
    row: msgspec.Raw


@operation(
    "/observations",
    ObservationsAnswer,
    "indicator",
    "member",
    "from",
    "to",
    "limit",
    "offset",
    "as_of",
    "known",
    group="Figures",
)
def observations(asked: Asked) -> ObservationsAnswer:
    """The figures themselves, with source, grade, licence, flags and known-date.

    Of each the newest revision known at the time of the question. Figures computed here from two published ones are
    included and marked. Ordered by indicator, member and year; at most 1000 rows in one answer, and the Link header
    leads through all of them.
    """
    indicator, member = asked.indicator(), asked.member()
    first, last = asked.years()
    limit, offset = asked.values["limit"], asked.values["offset"]
    found = [
        one
        for one in _encoded(asked)
        if (indicator is None or one.figure.indicator == indicator.id)
        and (member is None or one.figure.member == member.id)
        and (first is None or one.figure.year >= first)
        and (last is None or one.figure.year <= last)
    ]
    page = found[offset : offset + limit]
    return ObservationsAnswer(
        **figure_head(asked.question, observations_in(one.figure for one in page)),
        total=len(found),
        limit=limit,
        offset=offset,
        rows=tuple(one.row for one in page),
    )


def _encoded(asked: Asked) -> tuple[Encoded, ...]:
    """All figures of the question's times, encoded once; questions that share their figures share the rows."""
    question, bundle = asked.question, asked.bundle
    held: Memo = question.answers.memo.get("encoded figures", lambda: Memo(MOST_ENCODED))
    return held.get(
        question.answers.figures(question.asof),
        lambda: tuple(
            Encoded(figure, msgspec.Raw(encode(figure_row(bundle, figure)))) for figure in all_figures(question)
        ),
    )
