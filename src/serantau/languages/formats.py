"""Numbers and days as a language writes them, after the Unicode CLDR as Babel carries it.

Years are those of the Gregorian calendar and digits are Western in every language: the figures of one region are read
side by side, and its statistical sources print them so. Where people also count otherwise (Thai law counts from the
Buddhist era) each page and each report says which years are meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

    from serantau.base import PartialDate

MINUS = "\N{MINUS SIGN}"
# English as an international organisation writes it: the day before the month.
LOCALES = {"en": "en_001"}


@dataclass(frozen=True)
class Formats:
    """How one language writes numbers and days.

    Attributes:
        tag: BCP 47 tag.
        decimal: What stands before the decimals.
        group: What stands between thousands.
    """

    tag: str
    decimal: str
    group: str

    def number(self, value: float, decimals: int = 1) -> str:
        """A number with a fixed count of decimals, thousands apart, and a real minus sign.

        >>> formats_of("en").number(-1234.5), formats_of("id").number(-1234.5)
        ('−1,234.5', '−1.234,5')
        """
        return self.local(f"{abs(value):,.{decimals}f}", negative=value < 0)

    def short(self, value: float, digits: int = 6) -> str:
        """A number with as many digits as it needs, at most so many that count.

        >>> formats_of("id").short(0.25), formats_of("en").short(100000)
        ('0,25', '100,000')
        """
        return self.local(f"{abs(value):,.{digits}g}", negative=value < 0)

    def percent(self, share: float) -> str:
        """A share as whole per cent; what is neither never nor always does not read as either.

        >>> [formats_of("en").percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)]
        ['0 %', '<1 %', '50 %', '>99 %', '100 %']
        """
        rounded = round(100 * share)
        if rounded == 0 and share > 0:
            return "<1 %"
        if rounded == 100 and share < 1:
            return ">99 %"
        return f"{rounded} %"

    def day(self, day: date) -> str:
        """A day in full.

        >>> formats_of("en").day(date(2025, 12, 31)), formats_of("id").day(date(2025, 12, 31))
        ('31 December 2025', '31 Desember 2025')
        """
        return self._written(day, "d MMMM y")

    def partial(self, day: PartialDate) -> str:
        """A day, a month or a year, as precisely as it is known; an open or unknown one stays empty.

        >>> from serantau.base import PartialDate
        >>> [formats_of("en").partial(PartialDate.parse(text)) for text in ("2025", "2025-12", "unknown")]
        ['2025', 'December 2025', '']
        """
        if not day.known:
            return ""
        pattern = {4: "y", 7: "LLLL y", 10: "d MMMM y"}[len(day.text)]
        return self._written(day.earliest, pattern)

    def local(self, text: str, *, negative: bool = False) -> str:
        """A number that Python wrote, in the signs of the language."""
        signs = {",": self.group, ".": self.decimal}
        written = "".join(signs.get(sign, sign) for sign in text)
        return MINUS + written if negative and text.strip("0.,") else written

    def _written(self, day: date, pattern: str) -> str:
        from babel.dates import format_date

        return format_date(day, pattern, locale=_locale(self.tag))


@cache
def formats_of(tag: str) -> Formats:
    """The formats of a language; one that the CLDR does not have is written as English is."""
    symbols = _locale(tag).number_symbols.get("latn", {})
    return Formats(tag, symbols.get("decimal", "."), symbols.get("group", ","))


@cache
def _locale(tag: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    for name in (LOCALES.get(tag, tag), tag.partition("-")[0]):
        try:
            return Locale.parse(name.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(LOCALES["en"])
