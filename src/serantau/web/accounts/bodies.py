"""Whom a person can act for: the members and partners of the region, by their permanent ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from serantau.base import AsOf
from serantau.region import Region
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.roles import OF_A_MEMBER, OF_A_PARTNER, Role
from serantau.web.bundles import keeper


@dataclass(frozen=True)
class Bodies:
    """Names of the members and partners of a day, by id."""

    members: Mapping[str, str]
    partners: Mapping[str, str]

    def name(self, role: Role, body: str) -> str:
        """The name of a body; its id where the region no longer has it."""
        return self._of(role).get(body, body)

    def check(self, role: Role, body: str) -> None:
        """Refuse a body that the role does not go with.

        Raises:
            AccountError: naming the field.
        """
        known = self._of(role)
        if body and not known:
            raise AccountError(f"The role {role.value} acts for the region as a whole. Leave the body empty.", "body")
        if known and body not in known:
            raise AccountError(f"The region has no {_kind(role)} {body!r} today. Choose one of the list.", "body")

    def _of(self, role: Role) -> Mapping[str, str]:
        if role in OF_A_MEMBER:
            return self.members
        return self.partners if role in OF_A_PARTNER else {}


def _kind(role: Role) -> str:
    return "member" if role in OF_A_MEMBER else "partner"


def bodies_of(region: Region, today: date) -> Bodies:
    """Those of one day. A membership or partnership whose dates are not known well enough still counts."""
    asof = AsOf(today, date.max)
    members = (*region.members_at(asof), *region.uncertain_members_at(asof))
    return Bodies(
        {one.id: one.name for one in sorted(members, key=lambda one: one.name)},
        {one.id: one.name for one in sorted(region.partners, key=lambda one: one.name)},
    )


def bodies_today(today: date) -> Bodies:
    """Those of the region that this site serves."""
    return bodies_of(keeper().answers().bundle.region, today)
