"""Permanent identifiers, and help for a person who mistyped one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

_IDENTIFIER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,78}[A-Za-z0-9])?")


def is_identifier(text: str) -> bool:
    """Whether the text may be a permanent id: letters, digits, ``_ . -``, 1 to 80 characters.

    >>> is_identifier("adm2025-do1"), is_identifier("../etc"), is_identifier("")
    (True, False, False)
    """
    return _IDENTIFIER.fullmatch(text) is not None


def suggest(wrong: str, known: Iterable[str]) -> str:
    """A sentence that names the nearest known ids, or all of them where they are few.

    >>> suggest("fixed_brodband", ["fixed_broadband", "cov_4g"])
    'Did you mean fixed_broadband?'
    """
    choices = sorted(known)
    near = difflib.get_close_matches(wrong, choices, n=3, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    if 0 < len(choices) <= 12:
        return f"Known are: {', '.join(choices)}."
    return ""
