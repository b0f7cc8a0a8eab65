"""Which members, and a radio for which bands, a question on common megahertz is about: all, where none is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from serantau.region.model import Member
from serantau.spectrum.harmonise import Holdings
from serantau.spectrum.model import Band
from serantau.web.bundles import keeper
from serantau.web.site.question import Question
from serantau.web.spectrum.asking import bands_in_use, facts_of, members_of

MEMBER, BAND = "in-", "on-"
"""Beginnings of the parameters; the rest is the id of a member or of a band."""


@dataclass(frozen=True)
class Chosen:
    """What a question is about.

    Attributes:
        members: Members of the day, those chosen or all.
        bands: Bands that the radio has: those chosen, or all in which a member has anything.
        given: The parameters that chose them.
    """

    members: tuple[Member, ...]
    bands: tuple[Band, ...]
    given: Mapping[str, str]

    def holdings(self, question: Question) -> Holdings:
        """What the chosen members hold on the day."""
        return Holdings(facts_of(question), [one.id for one in self.members], question.asof)


def names() -> Iterator[str]:
    """Names of the parameters: one for each member and each band of the facts."""
    bundle = keeper().held()
    if bundle is not None:
        yield from (MEMBER + one.id for one in bundle.region.members)
        yield from (BAND + one.id for one in bundle.spectrum.bands)


def chosen(question: Question) -> Chosen:
    """What the address chooses; a member that was none on that day, and a band that nobody uses, choose nothing."""
    members, bands = members_of(question), bands_in_use(question)
    of_members = tuple(one for one in members if question.more.get(MEMBER + one.id))
    of_bands = tuple(one for one in bands if question.more.get(BAND + one.id))
    given = {MEMBER + one.id: "1" for one in of_members} | {BAND + one.id: "1" for one in of_bands}
    return Chosen(of_members or members, of_bands or bands, given)


def query_of(question: Question, choice: Chosen) -> str:
    """What carries question and choice over to a file."""
    both = {**question.given, **choice.given}
    return "?" + urlencode(sorted(both.items())) if both else ""
