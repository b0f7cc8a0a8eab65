"""The region's agreements, as far as papers carry them out: whether one lets members stay outside is a fact and no wish."""

from __future__ import annotations

from datetime import UTC, datetime

from serantau.base import AsOf
from serantau.region import Agreement
from serantau.web.bundles import keeper
from serantau.web.review.clock import day_of


def held() -> tuple[Agreement, ...]:
    """Every agreement of the region, as its facts were last read: whoever serves a request has just looked at them."""
    bundle = keeper().held()
    return () if bundle is None else bundle.region.agreements


def find(name: str) -> Agreement | None:
    """An agreement by its id."""
    return next((one for one in held() if one.id == name), None) if name else None


def title_of(name: str) -> str:
    """Its title; what papers said before there were facts stays as it was said."""
    found = find(name)
    return found.title if found else name


def lets_outside(name: str) -> bool:
    """Whether an agreement lets members stay outside, by a text that somebody read."""
    found = find(name)
    return found is not None and found.lets_outside(AsOf(day_of(datetime.now(UTC))))
