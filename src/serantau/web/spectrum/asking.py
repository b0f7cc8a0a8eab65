"""What the pages and files of spectrum ask of the engine, once."""

from __future__ import annotations

from serantau.base import Truth
from serantau.facts.model import is_known, is_valid
from serantau.region.model import Member
from serantau.spectrum.harmonise import Holdings
from serantau.spectrum.model import Band, Held, Policy, SpectrumFacts, Total, holdings_at
from serantau.web.site.question import Question


def facts_of(question: Question) -> SpectrumFacts:
    """The spectrum facts of the edition."""
    return question.answers.bundle.spectrum


def members_of(question: Question) -> tuple[Member, ...]:
    """The members on the day of the question, by name."""
    return question.answers.members(question.asof)


def holdings_of(question: Question) -> Holdings:
    """What all members hold on the day."""
    return Holdings(facts_of(question), [member.id for member in members_of(question)], question.asof)


def bands_in_use(question: Question) -> tuple[Band, ...]:
    """The bands in which any member has something on the day, or may have."""
    used = {name for held in holdings_at(facts_of(question), question.asof) for name in bands_of(held)}
    return tuple(band for band in facts_of(question).bands if band.id in used)


def bands_of(held: Held) -> tuple[str, ...]:
    """The bands of a holding or an amount."""
    return held.fact.band_ids if isinstance(held.fact, Total) else (held.fact.band,)


def policies_of(question: Question) -> tuple[Policy, ...]:
    """The policy records known by then that hold on the day, or may."""
    return tuple(
        one
        for one in facts_of(question).policies
        if is_known(one, question.asof) and is_valid(one, question.asof) is not Truth.NO
    )
