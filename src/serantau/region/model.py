"""A region, its members, its partners and its agreements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec

from serantau.base import AsOf, SerantauError, Truth, suggest
from serantau.facts import Fact, Grade, is_known, is_valid
from serantau.facts.model import Identifier, Text
from serantau.languages import Language

Alpha2 = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]
Alpha3 = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]


class RegionError(SerantauError):
    """A question about a member or partner that the region does not have."""


class Member(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A member state; its validity is its membership.

    Attributes:
        id: ISO 3166-1 alpha-3 code, permanent.
        alpha2: ISO 3166-1 alpha-2 code.
        name: Short name in English.
        languages: BCP 47 tags of its official or national languages.
        currency: ISO 4217 code.
        time_zones: IANA time zones, the capital's first.
        tile: Column and row on the tile-grid map, counted from 0 at the top left.
    """

    id: Alpha3
    alpha2: Alpha2
    name: Text
    languages: tuple[str, ...]
    currency: Alpha3
    time_zones: tuple[str, ...]
    tile: tuple[int, int]


class Partner(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dialogue partner or an organisation that meets with the region."""

    id: Identifier
    name: Text
    kind: str


class Agreement(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An agreement of the region, as far as decisions that carry it out depend on it.

    Attributes:
        id: Permanent identifier.
        title: Its name.
        staying_outside: Whether its own text lets members stay outside ("minus X"); ``unknown`` is honest.
        scope: For what, in our words; empty where it says nothing on that.
    """

    id: Identifier
    title: Text
    staying_outside: Truth
    scope: str = ""

    def lets_outside(self, asof: AsOf) -> bool:
        """Whether a member may rest on it to stay outside.

        Only on a text that somebody read, that holds for certain and says so: what is recalled, or not known, lets
        nobody stay outside.
        """
        read = self.grade is not Grade.MEMORY
        held = is_known(self, asof) and is_valid(self, asof) is Truth.YES
        return self.staying_outside is Truth.YES and read and held


class Profile(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the region itself is called, and what its site shows first.

    Attributes:
        id: Permanent identifier of the region.
        name: Full name in English.
        short_name: Name used in headings.
        working_language: BCP 47 tag.
        time_zone: IANA time zone of the secretariat, used where no body states its own.
        default_plan: Id of the plan that is shown first.
        facts_licence: Licence of the bundle's own rows; tables may state another.
        languages: The languages that its people read, in the order in which the site offers them; those without a
            catalogue are not offered.
    """

    id: Identifier
    name: Text
    short_name: Text
    working_language: str
    time_zone: str
    default_plan: Identifier
    facts_licence: Text
    languages: tuple[Language, ...] = ()


@dataclass(frozen=True)
class Region:
    """A region as loaded from its folder; the members stand in the order of their names."""

    profile: Profile
    members: tuple[Member, ...]
    partners: tuple[Partner, ...]
    agreements: tuple[Agreement, ...] = ()

    def members_at(self, asof: AsOf) -> tuple[Member, ...]:
        """Members on the day of the question, in the order of their names in the facts' own language.

        A membership whose dates cannot tell is left out here and found by
        :meth:`uncertain_members_at`.
        """
        return self._members(asof, Truth.YES)

    def uncertain_members_at(self, asof: AsOf) -> tuple[Member, ...]:
        """Members of whom the dates do not tell whether they were members."""
        return self._members(asof, Truth.UNKNOWN)

    def member(self, code: str) -> Member:
        """The member with an alpha-3 or alpha-2 code, in any case.

        Raises:
            RegionError: if no member has the code.
        """
        wanted = code.upper()
        for member in self.members:
            if wanted in (member.id, member.alpha2):
                return member
        codes = [member.id for member in self.members]
        hint = suggest(wanted, codes)
        raise RegionError(f"{self.profile.short_name} has no member with the code {code!r}. {hint}".strip())

    def _members(self, asof: AsOf, truth: Truth) -> tuple[Member, ...]:
        # Sorted when they were loaded: in another language they keep the order that the region's documents have.
        return tuple(m for m in self.members if is_known(m, asof) and is_valid(m, asof) is truth)
