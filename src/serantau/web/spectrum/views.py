"""The pages of spectrum: what members have in common, one band, policy, and one member's recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.spectrum.concentration import concentration, market
from serantau.spectrum.conflicts import conflicts_between
from serantau.spectrum.harmonise import SIDES, radio_of, radios_of
from serantau.spectrum.model import Band, Dimension, Holding, holdings_at
from serantau.spectrum.prices import prices
from serantau.spectrum.recommend import findings, rank_ranges, recommendations
from serantau.web.config.access import Role, access
from serantau.web.measure.parts import SourceView, find, source_view
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question
from serantau.web.spectrum import choosing, words
from serantau.web.spectrum.asking import (
    bands_in_use,
    bands_of,
    facts_of,
    holdings_of,
    members_of,
    policies_of,
)
from serantau.web.spectrum.pictures import ladder


@dataclass(frozen=True)
class HeldView:
    """A row of a table of holdings."""

    member: str
    name: str
    range: str
    mhz: float | None
    holder: str
    area: str
    holds: str
    fact: object
    source: SourceView


@access(Role.PUBLIC)
@answering(named=choosing.names, costly=True)
def overview(request: HttpRequest, question: Question) -> HttpResponse:
    """What members have in common, all or those chosen, band by band; concentration and prices."""
    choice = choosing.chosen(question)
    held = choice.holdings(question)
    found = [held.common(radio_of(one)) for one in choice.bands]
    holdings = holdings_of(question)
    whole = [held.common(radio).amount for radio in radios_of(choice.bands)]
    names = _names(question)
    bundle = question.answers.bundle
    context = {
        "choice": choice,
        "choice_query": choosing.query_of(question, choice),
        "offered_members": [(choosing.MEMBER + one.id, one.name) for one in members_of(question)],
        "offered_bands": [(choosing.BAND + one.id, one.id) for one in bands_in_use(question)],
        "rows": [
            (one, [names[code] for code, mhz in one.narrowing.items() if mhz == max(one.narrowing.values()) > 0])
            for one in found
        ],
        "total": [sum(getattr(one, name) for one in whole) for name in ("lower", "reported", "upper")],
        "members": members_of(question),
        "concentrated": [(names[code], concentration(holdings, code)) for code in holdings.members],
        "prices": [
            (one, names.get(one.award.member, one.award.member), source_view(bundle, one.award.source))
            for one in prices(facts_of(question), question.asof, list(holdings.members))
        ],
    }
    return page(request, question, "spectrum/overview.html", context)


@access(Role.PUBLIC)
@answering()
def band(request: HttpRequest, question: Question, band: str) -> HttpResponse:
    """One band: the ladder, who holds what, what is common, what disturbs whom."""
    known = {one.id: one.id for one in facts_of(question).bands}
    if band not in known:
        raise NotHereError(_("There is no band %s.") % repr(band[:40]), {"/spectrum/": _("Spectrum")})
    chosen = next(one for one in facts_of(question).bands if one.id == band)
    holdings = holdings_of(question)
    common = holdings.common(radio_of(chosen))
    names = _names(question)
    pairs = combinations(holdings.members, 2)
    meetings = [
        (one, words.conflict(one.kind), names[one.ours.member], names[one.theirs.member])
        for ours, theirs in pairs
        for one in conflicts_between(facts_of(question), ours, theirs, question.asof)
        if chosen.id in {one.ours.band, one.theirs.band}
    ]
    context = {
        "band": chosen,
        "band_source": source_view(question.answers.bundle, chosen.source),
        "covers": [one.id for one in facts_of(question).bands if one is not chosen and chosen.covers(one)],
        "chart": ladder(question, chosen),
        "held": _held(question, chosen),
        "common": common,
        "uses": [(names[use.member], use) for use in common.uses],
        "conflicts": meetings,
    }
    return page(request, question, "spectrum/band.html", context)


@access(Role.PUBLIC)
@answering()
def policy(request: HttpRequest, question: Question) -> HttpResponse:
    """What members do, dimension by dimension."""
    names, bundle = _names(question), question.answers.bundle
    held = [one for one in policies_of(question) if one.member in names]
    groups = [
        (
            one.value,
            words.dimension(one),
            [(row, names[row.member], source_view(bundle, row.source)) for row in held if row.dimension is one],
        )
        for one in Dimension
    ]
    return page(request, question, "spectrum/policy.html", {"groups": groups})


@access(Role.PUBLIC)
@answering()
def member(request: HttpRequest, question: Question, member: str) -> HttpResponse:
    """One member: what it might do, by which criterion, and who has done it."""
    names = _names(question)
    # An address may name a member in small letters, too.
    member = find(lambda: question.answers.bundle.region.member(member), member, names, "/spectrum/members/%s/").id
    if member not in names:
        raise NotHereError(_("That was no member on that day."), {"/spectrum/": _("Spectrum")})
    found = findings(facts_of(question), list(names), question.asof)
    ranks = {one.member: one for one in rank_ranges(found)}
    context = {
        "member": question.answers.bundle.region.member(member),
        "rows": [
            (one, words.truth(one.finding.met), [(peer, names[peer.member]) for peer in one.peers])
            for one in recommendations(facts_of(question), member, list(names), question.asof)
        ],
        "rank": ranks.get(member),
        "of": len(ranks),
        "concentration": concentration(holdings_of(question), member),
        "held": [one for chosen in bands_in_use(question) for one in _held(question, chosen, member)],
        "market": [
            (one, [source_view(question.answers.bundle, name) for name in sorted({row.source for row in one.facts})])
            for one in market(facts_of(question), member, question.asof)
        ],
    }
    return page(request, question, "spectrum/member.html", context)


def _names(question: Question) -> dict[str, str]:
    return {one.id: one.name for one in members_of(question)}


def _held(question: Question, chosen: Band, member: str | None = None) -> list[HeldView]:
    names = _names(question)
    rows = []
    for one in holdings_at(facts_of(question), question.asof):
        fact = one.fact
        if chosen.id not in bands_of(one) or fact.member not in names or member not in {None, fact.member}:
            continue
        ranged = isinstance(fact, Holding)
        rows.append(
            HeldView(
                fact.member,
                names[fact.member],
                " / ".join(map(str, fact.occupied)) if ranged else "",
                fact.lead.width * SIDES[fact.duplex] if ranged and fact.lead else getattr(fact, "total_mhz", None),
                fact.holder or _("nobody"),
                fact.area,
                words.truth(one.holds),
                fact,
                source_view(question.answers.bundle, fact.source),
            )
        )
    return rows
