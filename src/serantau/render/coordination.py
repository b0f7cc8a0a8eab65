"""A coordination run on paper: its map, and a report that says what it rests on, who is over which limit, and where."""

from __future__ import annotations

import gettext as translations
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from serantau.render.border_map import Spot, border_map
from serantau.render.model import Chart
from serantau.render.report.model import Block, Bullets, Column, Heading, Paragraph, Picture, Report, Table
from serantau.spectrum.coordination import Transmitter
from serantau.spectrum.coordination.findings import Finding, strength_rows, worst_margins

MOST_ROWS = 200
"""Transmitters that the report lists; the table that goes with it has all."""
Say = Callable[[str], str]


@dataclass(frozen=True)
class RunPaper:
    """What a report on a run is composed from.

    Attributes:
        title: What was computed.
        day: The day of the run; the date of the file, so that the same run gives the same bytes.
        author: Who speaks.
        edition: Edition of the region's facts.
        said: What it rests on: method, refractivity, ground.
        findings: One for each question.
        batch: The transmitters.
        facts: Further names and values under the title.
    """

    title: str
    day: date
    author: str
    edition: str
    said: Sequence[str]
    findings: Sequence[Finding]
    batch: Sequence[Transmitter]
    facts: Sequence[tuple[str, str]] = ()


def run_map(findings: Sequence[Finding], batch: Sequence[Transmitter], title: str) -> str:
    """The map of a run as SVG."""
    points = []
    for row in strength_rows(findings):
        margin = row["margin_db"]
        label = f"{row['question']}, point {row['point']}: {row['strongest_dbuv_m']} dB(uV/m), {row['transmitter']}"
        points.append(Spot(row["latitude"], row["longitude"], label, margin is not None and margin < 0))
    masts = [Spot(one.latitude, one.longitude, one.id) for one in batch]
    return border_map(points, masts, title)


def drawn(chart: Chart) -> bytes | None:
    """The map inside a report: it is drawn already."""
    held = chart.spec.get("svg")
    return held.encode() if isinstance(held, str) else None


def run_report(paper: RunPaper, say: Say = translations.gettext, language: str = "en") -> Report:
    """Compose the report; write it with :func:`serantau.render.report.write` and :func:`drawn`.

    Args:
        paper: What it rests on.
        say: Translates a sentence.
        language: BCP 47 tag of the language of ``say``.
    """
    _ = say
    return Report(
        title=paper.title,
        subtitle=_("Field strength at the border"),
        language=language,
        day=paper.day,
        author=paper.author,
        facts=(*paper.facts, (_("Edition of the facts"), paper.edition)),
        blocks=tuple(_blocks(paper, say)),
        foot=f"{paper.author} · {paper.title}",
        page_words=_("Page {page} of {pages}"),
    )


def _blocks(paper: RunPaper, _: Say) -> Iterator[Block]:
    yield Heading(_("In short"))
    yield Bullets(tuple(_short(paper, _)))
    yield Heading(_("Map"))
    caption = _("Points of the border and inside the neighbour, and the transmitters")
    alt = _("A map; the table of exceedances below says the same in words.")
    svg = run_map(paper.findings, paper.batch, caption)
    yield Picture(Chart.of({"svg": svg}), caption, alt)
    yield Heading(_("Question by question"))
    yield _questions(paper, _)
    yield Heading(_("Transmitters over a limit"))
    yield from _exceedances(paper, _)
    yield Heading(_("What this rests on"))
    yield Bullets((*paper.said, *dict.fromkeys(one.said for one in paper.findings)))
    yield Paragraph(
        _(
            "A computed field strength is a prediction: the method states a value that is exceeded for a share of time "
            "at a share of places. Every transmitter is taken by itself."
        ),
        "small",
    )


def _short(paper: RunPaper, _: Say) -> Iterator[str]:
    over = worst_margins(paper.findings)
    limited = [one for one in paper.findings if one.limit_dbuv_m is not None]
    yield _("%(count)d transmitters were computed.") % {"count": len(paper.batch)}
    if not limited:
        yield _("Field strength was computed; there is no agreed limit to compare it with.")
        return
    yield _("%(over)d of them are over a limit at some point.") % {"over": len(over)}
    if any(one.example for one in limited):
        yield _("At least one of the limits is an example that binds nobody here.")
    if over:
        worst = min(over.values(), key=lambda one: one.margin_db)
        yield _("The worst is %(who)s, %(by).1f dB over %(limit)s.") % {
            "who": worst.transmitter,
            "by": -worst.margin_db,
            "limit": worst.limit,
        }


def _questions(paper: RunPaper, _: Say) -> Table:
    columns = (
        Column(_("Limit or question"), share=2.2),
        Column(_("Transmitters asked"), number=True),
        Column(_("Strongest, dB(uV/m)"), number=True),
        Column(_("From"), share=1.4),
        Column(_("Limit"), number=True, share=0.8),
        Column(_("Over it"), number=True, share=0.8),
    )
    rows = []
    for one in paper.findings:
        place = one.worst_point
        strongest = "" if place is None else f"{one.strongest_dbuv_m[place]:.1f}"
        limited = one.limit_dbuv_m is not None
        rows.append(
            (
                one.name,
                str(one.asked),
                strongest,
                "" if place is None else str(one.strongest[place]),
                f"{one.limit_dbuv_m:g}" if limited else _("none agreed"),
                str(len(one.exceedances)) if limited else "",
            )
        )
    return Table(_("What was asked, and the strongest transmitter at its strongest point"), columns, tuple(rows))


def _exceedances(paper: RunPaper, _: Say) -> Iterator[Block]:
    over = sorted(worst_margins(paper.findings).values(), key=lambda one: (one.margin_db, one.transmitter))
    if not over:
        yield Paragraph(_("None."))
        return
    columns = (
        Column(_("Transmitter"), share=2),
        Column(_("Limit"), share=2),
        Column(_("Points over it"), number=True),
        Column(_("Highest, dB(uV/m)"), number=True),
        Column(_("Margin, dB"), number=True),
    )
    rows = [
        (one.transmitter, one.limit, str(one.points), f"{one.worst_dbuv_m:.1f}", f"{one.margin_db:.1f}")
        for one in over[:MOST_ROWS]
    ]
    yield Table(
        _("Each with the limit that it exceeds most; a negative margin is over the limit"), columns, tuple(rows)
    )
    if len(over) > MOST_ROWS:
        words = _("and %(more)d more; the table of exceedances has all of them.") % {"more": len(over) - MOST_ROWS}
        yield Paragraph(words, "small")
