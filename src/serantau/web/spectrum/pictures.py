"""The ladder of a band: on its page, and alone among the charts that may be taken away."""

from __future__ import annotations

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from serantau.base import Truth
from serantau.render.ladder import Block, Look, Rung, band_ladder
from serantau.spectrum.model import Band, Holding, State, holdings_at
from serantau.web.measure.gallery import CHARTS, Shown
from serantau.web.measure.parts import ChartView, source_view
from serantau.web.measure.pictures import placed
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question
from serantau.web.spectrum.asking import facts_of, members_of


def ladder(question: Question, chosen: Band) -> ChartView | None:
    """Rows of the lead range; members without a range in the band have an empty row."""
    lead = chosen.lead
    if lead is None:
        return None
    blocks: dict[str, list[Block]] = {one.id: [] for one in members_of(question)}
    for one in holdings_at(facts_of(question), question.asof):
        fact = one.fact
        if not isinstance(fact, Holding) or fact.member not in blocks or fact.lead is None:
            continue
        if not fact.lead.overlaps(lead):
            continue
        look = Look.SURE if one.holds is Truth.YES else Look.REPORTED
        if fact.state is State.UNASSIGNED:
            look = Look.EMPTY
        label = fact.holder or _("nobody")
        if fact.duplex is not chosen.duplex:
            label, look = f"{label} ({fact.duplex.value})", Look.OTHER
        low, high = max(fact.lead.low, lead.low), min(fact.lead.high, lead.high)
        blocks[fact.member].append(Block(low, high, label, look))
    rungs = [
        Rung(one.name, tuple(blocks[one.id]), f"/spectrum/members/{one.id}/{question.query}")
        for one in members_of(question)
    ]
    caption = _(
        "Who uses %(band)s, by its uplink or its one range, in MHz. Solid: surely on that day. Pale and dashed: "
        "reported, and nobody says until when. Dotted frame: known not to be assigned. Outlined: used with another duplex. An empty row: no range is held."
    ) % {"band": chosen.id}
    svg = band_ladder(caption, rungs, (lead.low, lead.high))
    view = ChartView(mark_safe(svg.decode()), caption, wide=True)  # noqa: S308 - written element by element by ourselves
    return placed(question, view, "band-ladder", chosen.id, "/spectrum-holdings.csv")


def _alone(question: Question, name: str) -> Shown | None:
    chosen = facts_of(question).band(name)
    if chosen is None:
        raise NotHereError(_("There is no band %s.") % repr(name[:40]), {"/spectrum/": _("Spectrum")})
    chart = ladder(question, chosen)
    if chart is None:
        return None
    members = {one.id for one in members_of(question)}
    held = [one.fact for one in holdings_at(facts_of(question), question.asof) if one.fact.member in members]
    behind = [
        one for one in held if isinstance(one, Holding) and one.lead and chosen.lead and one.lead.overlaps(chosen.lead)
    ]
    named = list(dict.fromkeys(source_view(question.answers.bundle, row.source).title for row in behind))
    source = _("Sources: %(sources)s. Serantau, edition %(edition)s.") % {
        "sources": "; ".join(named[:4]),
        "edition": question.answers.edition,
    }
    title = _("Band %(name)s") % {"name": chosen.id}
    return Shown(chart, title, f"/spectrum/bands/{chosen.id}/{question.query}", source, question)


CHARTS["band-ladder"] = _alone
