"""Telephone numbers of members, by the numbering plans that the library `phonenumbers` publishes.

Its plans are regular expressions over national numbers. Asking the library
about one number costs twelve microseconds; here each member's plan becomes one
pattern over a whole column, which the tests compare with the library.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serantau.govern.scan.model import Pattern, Recogniser

ABROAD_ELSEWHERE = 1e-4
"""How often a cell of other data looks like a number written with + and a member's country code: our judgement."""

SHAPE = r"[+(]{0,2}9[9 ()./+-]{4,24}(?: ?A{1,3}[. ]?9{1,6})?"
"""Shapes of cells that may be telephone numbers, with or without an extension."""

_KINDS = (
    *("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost"),
    *("personal_number", "voip", "pager", "uan", "voicemail"),
)
_EXTENSION = "(?:(?:X|EXT)[0-9]{1,6})?"


@dataclass(frozen=True)
class Union:
    """Recognisers that share a shape, and one that tells whether any of them matches.

    One pattern over every cell of a column costs what eleven would, so the members are told apart on a sample.
    """

    whole: Recogniser
    members: tuple[Recogniser, ...]


def phone_unions(members: Mapping[str, str]) -> tuple[Union, ...]:
    """Numbers written as at home, and numbers written with + and the country code, of every member with a plan.

    Args:
        members: Alpha-2 code by alpha-3 code.
    """
    home: list[Recogniser] = []
    abroad: list[Recogniser] = []
    for member, plan in _plans(members):
        kinds = (getattr(plan, name) for name in _KINDS)
        national = _either(one.national_number_pattern for one in kinds if one and one.national_number_pattern)
        trunk = f"(?:{plan.national_prefix})?" if plan.national_prefix else ""
        code = plan.country_code
        title = f"telephone number, country code {code}"
        outside = rf"\+{code}{trunk}(?:{national}){_EXTENSION}"
        inside = rf"(?:0?0?{code}|{trunk})(?:{national}){_EXTENSION}"
        abroad.append(_phone(f"phone-{member.lower()}-abroad", title, outside, "+", ABROAD_ELSEWHERE, member))
        home.append(_phone(f"phone-{member.lower()}", title, inside, "", None, member))
    if not home:
        return ()
    return (
        Union(_phone("phone-home", "telephone number", _any(home), "", None), tuple(home)),
        Union(_phone("phone-members", "telephone number", _any(abroad), "+", ABROAD_ELSEWHERE), tuple(abroad)),
    )


def _plans(members: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    from phonenumbers import PhoneMetadata

    for member, region in members.items():
        plan = PhoneMetadata.metadata_for_region(region, None)
        if plan is not None:
            yield member, plan


def _any(recognisers: Iterable[Recogniser]) -> str:
    return "|".join(f"(?:{one.pattern.regex})" for one in recognisers if one.pattern)


def _phone(
    name: str, title: str, regex: str, needs: str, elsewhere: float | None, member: str | None = None
) -> Recogniser:
    pattern = Pattern(regex=regex, elsewhere=elsewhere, compact=True, needs=needs, shape=SHAPE)
    return Recogniser(id=name, kind="phone", title=title, member=member, pattern=pattern)


def _either(patterns: Iterable[str]) -> str:
    """One pattern for several; the library writes them over lines, and its digits are ASCII."""
    return "|".join(dict.fromkeys(re.sub(r"\s", "", pattern).replace(r"\d", "[0-9]") for pattern in patterns))
