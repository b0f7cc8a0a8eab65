"""Forms in which people write the same number, brought to one form.

Digits of every script become 0 to 9; the marks that people put between the
parts of a number are taken out.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

SEPARATORS = " -./()\t\n\r\u00a0\u2010\u2011\u2012\u2013\u2212"
"""What stands between the parts of a number and means nothing: space, hyphens, dot, slash, brackets."""

_WITHOUT = str.maketrans("", "", SEPARATORS)


@cache
def foreign_digits() -> dict[str, str]:
    """Every decimal digit of Unicode that is not ASCII, with the ASCII digit of its value.

    >>> foreign_digits()["\u1045"], foreign_digits()["\u0e55"]
    ('5', '5')
    """
    letters = map(chr, range(128, sys.maxunicode + 1))
    return {letter: str(unicodedata.decimal(letter)) for letter in letters if unicodedata.category(letter) == "Nd"}


def ascii_digits(text: str) -> str:
    """The text with digits of every script as 0 to 9.

    >>> ascii_digits("\u0e51\u0e52-3")
    '12-3'
    """
    return text if text.isascii() else text.translate(_digits())


def compact(text: str) -> str:
    """A number without what stands between its parts, in upper case.

    >>> compact("(02) 8123-4567"), compact("s1234567d")
    ('0281234567', 'S1234567D')
    """
    return ascii_digits(text).translate(_WITHOUT).upper()


@cache
def _digits() -> dict[int, str]:
    return {ord(letter): digit for letter, digit in foreign_digits().items()}
